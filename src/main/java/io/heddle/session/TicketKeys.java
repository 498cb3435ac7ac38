package io.heddle.session;

import io.heddle.failure.InvalidOption;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;

/**
 * The ticket keys of a server at one moment: the first seals, all open. Put a new key in front and keep the old ones for as
 * long as tickets under them shall work.
 *
 * <p>Immutable and safe for any number of threads.
 *
 * @see <a href="https://nodejs.org/api/tls.html#serversetticketkeyskeys">Node server.setTicketKeys</a>
 */
public final class TicketKeys {
    private final List<TicketKey> keys;

    private TicketKeys(List<TicketKey> keys) {
        this.keys = keys;
    }

    /**
     * Returns keys of which the first seals.
     *
     * @throws InvalidOption with {@code ERR_INVALID_ARG_VALUE} if there is none
     */
    public static TicketKeys of(List<TicketKey> keys) {
        if (keys.isEmpty()) {
            throw new InvalidOption("ERR_INVALID_ARG_VALUE", "ticketKeys: no key was given, at least one is needed");
        }
        return new TicketKeys(List.copyOf(keys));
    }

    /**
     * Returns keys of which the first seals.
     *
     * @param keys one or more, each of exactly 48 bytes: name, HMAC key, AES key
     * @throws InvalidOption with {@code ERR_INVALID_ARG_VALUE} if there is none or one has another length
     */
    public static TicketKeys fromBytes(byte[]... keys) {
        return of(Arrays.stream(keys).map(TicketKey::of).toList());
    }

    /** Returns one new key that {@code random} made. */
    public static TicketKeys random(SecureRandom random) {
        return of(List.of(TicketKey.random(random)));
    }

    /** Returns the 48 bytes of the key that seals, as Node's {@code getTicketKeys()} does. */
    public byte[] toBytes() {
        return sealing().toBytes();
    }

    /** Returns all keys, the sealing one first. */
    public List<TicketKey> all() {
        return keys;
    }

    TicketKey sealing() {
        return keys.getFirst();
    }

    /** Returns the names of the keys, nothing secret. */
    @Override
    public String toString() {
        return "TicketKeys" + keys;
    }
}
