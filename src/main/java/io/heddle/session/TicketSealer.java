package io.heddle.session;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The encryption of sessions into tickets, and their decryption: RFC 5077 section 4 with AES-128-CBC and HMAC-SHA-256,
 * byte for byte Node's tickets, in TLS 1.2 and 1.3.
 *
 * <p>Thread-safe, without a common lock.
 */
public final class TicketSealer {
    private static final int SHORTEST = TicketCipher.sealedLength(0);
    private static final int LONGEST = TicketCipher.sealedLength(SessionBounds.LONGEST_TICKET_PLAINTEXT);

    private final TicketKeyManager keys;
    private final SecureRandom random;

    /** Creates a sealer that uses the current keys at each call; {@code random} generates the IVs. */
    public TicketSealer(TicketKeyManager keys, SecureRandom random) {
        this.keys = keys;
        this.random = random;
    }

    /**
     * Returns a new ticket of a session under the sealing key, 80 to 65376 bytes. Two tickets of one session differ.
     *
     * @return empty if the session has more than 65280 bytes in DER (a peer with a huge chain); no ticket must be
     *     sent then
     */
    public Optional<byte[]> seal(SessionState session) {
        byte[] iv = new byte[TicketCipher.IV_LENGTH];
        random.nextBytes(iv);
        return seal(session, iv);
    }

    Optional<byte[]> seal(SessionState session, byte[] iv) {
        byte[] plaintext = session.toDer();
        try {
            if (plaintext.length > SessionBounds.LONGEST_TICKET_PLAINTEXT) {
                return Optional.empty();
            }
            TicketKey key = keys.current().sealing();
            byte[] ticket = new byte[TicketCipher.sealedLength(plaintext.length)];
            key.copyNameTo(ticket);
            System.arraycopy(iv, 0, ticket, TicketKey.NAME_LENGTH, iv.length);
            TicketCipher cipher = key.acquire();
            cipher.seal(plaintext, ticket);
            key.release(cipher);
            return Optional.of(ticket);
        } finally {
            Arrays.fill(plaintext, (byte) 0);
        }
    }

    /**
     * Opens a ticket that any server with one of the keys has sealed. {@code ResumptionPolicy} decides whether the
     * session may resume.
     *
     * @param ticket the bytes that the peer sent, of any length
     * @return empty if it is not a ticket under these keys or contains no session; a full handshake follows, never
     *     an alert
     */
    public Optional<Opened> open(byte[] ticket) {
        if (ticket.length < SHORTEST
                || ticket.length > LONGEST
                || (ticket.length - SHORTEST) % TicketCipher.BLOCK != 0) {
            return Optional.empty();
        }
        TicketKeys current = keys.current();
        for (TicketKey key : current.all()) {
            // Several keys may have one name, so the next one is tried too.
            byte[] plaintext = key.isNamedIn(ticket) ? open(key, ticket) : null;
            if (plaintext != null && plaintext.length <= SessionBounds.LONGEST_TICKET_PLAINTEXT) {
                return parse(plaintext, key != current.sealing());
            }
        }
        return Optional.empty();
    }

    private static byte @Nullable [] open(TicketKey key, byte[] ticket) {
        TicketCipher cipher = key.acquire();
        byte[] plaintext = cipher.open(ticket);
        key.release(cipher);
        return plaintext;
    }

    private static Optional<Opened> parse(byte[] plaintext, boolean renew) {
        try {
            return Optional.of(new Opened(SessionState.fromDer(plaintext), renew));
        } catch (MalformedSession notOneOfOurs) {
            return Optional.empty();
        } finally {
            Arrays.fill(plaintext, (byte) 0);
        }
    }

    /**
     * The content of a ticket.
     *
     * @param state the session
     * @param renew whether the ticket is under a key that is no longer the sealing key, so that the client should get a
     *     new one
     */
    public record Opened(SessionState state, boolean renew) {}
}
