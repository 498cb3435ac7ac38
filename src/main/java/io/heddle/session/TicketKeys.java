package io.heddle.session;

import io.heddle.failure.InvalidOption;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;

/**
 * The ticket keys of a server at one time: the first seals, all open. To rotate, put a new key first and keep the old
 * ones for as long as their tickets should work.
 *
 * <p>Immutable and thread-safe.
 *
 * @see <a href="https://nodejs.org/api/tls.html#serversetticketkeyskeys">Node server.setTicketKeys</a>
 */
public final class TicketKeys {
    private final List<TicketKey> keys;

    private TicketKeys(List<TicketKey> keys) {
        this.keys = keys;
    }

    /**
     * Returns these keys, of which the first seals.
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
     * Returns these keys, of which the first seals.
     *
     * @param keys one or more, each of exactly 48 bytes: name, HMAC key, AES key
     * @throws InvalidOption with {@code ERR_INVALID_ARG_VALUE} if there is none or one has another length
     */
    public static TicketKeys fromBytes(byte[]... keys) {
        return of(Arrays.stream(keys).map(TicketKey::of).toList());
    }

    /** Returns one new key from {@code random}. */
    public static TicketKeys random(SecureRandom random) {
        return of(List.of(TicketKey.random(random)));
    }

    /** Returns the 48 bytes of the sealing key, as Node's {@code getTicketKeys()} does. */
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

    /** Returns the names of the keys and no secret. */
    @Override
    public String toString() {
        return "TicketKeys" + keys;
    }
}
