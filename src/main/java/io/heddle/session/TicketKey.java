package io.heddle.session;

import io.heddle.failure.InvalidOption;
import io.heddle.provider.ObjectPool;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/**
 * A key for session tickets: 48 bytes in Node's order, which are a public name of 16 bytes, a key for HMAC-SHA-256 of
 * 16 and a key for AES-128 of 16. (nginx has the same length with the last two swapped.)
 *
 * <p>Immutable and thread-safe. The bytes are secret: with them every connection that was resumed with a ticket under
 * this key can be read (in TLS 1.2), and tickets with any client's identity can be forged.
 *
 * <h2>Why there is no method to wipe a key</h2>
 *
 * A key that is replaced may still be sealing a ticket on another thread, and the application may set it again later:
 * wiping it at once would seal tickets under a key of zeros. So the bytes are overwritten when the last reference to
 * the key is gone and no thread can be using them. The copies inside the JDK's cipher objects cannot be overwritten;
 * they are released together with the key.
 *
 * @see <a href="https://nodejs.org/api/tls.html#tlscreateserveroptions-secureconnectionlistener">Node
 *     option ticketKeys</a>
 */
public final class TicketKey {
    /** The length of a key in bytes. */
    public static final int LENGTH = 48;

    static final int NAME_LENGTH = 16;
    private static final int SECRET_LENGTH = 16;
    private static final int SHORTEST_TICKET = TicketCipher.sealedLength(0);
    private static final int LONGEST_TICKET = TicketCipher.sealedLength(SessionBounds.LONGEST_TICKET_PLAINTEXT);
    private static final Cleaner CLEANER = Cleaner.create();

    private final byte[] bytes; // read in part() only
    private final byte[] name;
    private final ObjectPool<TicketCipher> idle = new ObjectPool<>();

    private TicketKey(byte[] bytes) {
        this.bytes = bytes;
        this.name = Arrays.copyOf(bytes, NAME_LENGTH);
        CLEANER.register(this, wiping(bytes));
    }

    /** A separate method, because an action that captures {@code this} would keep the key alive. */
    private static Runnable wiping(byte[] bytes) {
        return () -> Arrays.fill(bytes, (byte) 0);
    }

    /**
     * Returns the key with these bytes.
     *
     * @param bytes name, HMAC key and AES key, exactly 48 bytes
     * @throws InvalidOption with {@code ERR_INVALID_ARG_VALUE} for any other length
     */
    public static TicketKey of(byte[] bytes) {
        if (bytes.length != LENGTH) {
            throw new InvalidOption(
                    "ERR_INVALID_ARG_VALUE",
                    "ticketKeys: a key of %d bytes was given, a ticket key has exactly 48 (name, HMAC key and AES key of 16 each)"
                            .formatted(bytes.length));
        }
        return new TicketKey(bytes.clone());
    }

    /** Returns a new key from {@code random}. */
    public static TicketKey random(SecureRandom random) {
        byte[] bytes = new byte[LENGTH];
        random.nextBytes(bytes);
        return new TicketKey(bytes);
    }

    /** Returns the name at the start of every ticket under this key, 16 bytes; not a secret. */
    public byte[] name() {
        return name.clone();
    }

    /** Returns the 48 bytes. The caller should overwrite the array after use. */
    public byte[] toBytes() {
        return part(0, LENGTH);
    }

    /**
     * Returns a new ticket of a session under this key, byte for byte as Node seals it, 80 to 65376 bytes. Two tickets of
     * one session differ. RFC 5077 section 4 with AES-128-CBC and HMAC-SHA-256.
     *
     * @param random generates the IV
     * @return empty if the session has more than 65280 bytes in DER
     */
    public Optional<byte[]> seal(SessionState session, SecureRandom random) {
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
            byte[] ticket = new byte[TicketCipher.sealedLength(plaintext.length)];
            System.arraycopy(name, 0, ticket, 0, NAME_LENGTH);
            System.arraycopy(iv, 0, ticket, NAME_LENGTH, iv.length);
            TicketCipher cipher = acquire();
            cipher.seal(plaintext, ticket);
            idle.give(cipher);
            return Optional.of(ticket);
        } finally {
            Arrays.fill(plaintext, (byte) 0);
        }
    }

    /**
     * Returns the session in a ticket under this key.
     *
     * @param ticket bytes of any content and length
     * @return empty if it is not a ticket under this key or contains no session
     */
    public Optional<SessionState> open(byte[] ticket) {
        if (ticket.length < SHORTEST_TICKET
                || ticket.length > LONGEST_TICKET
                || (ticket.length - SHORTEST_TICKET) % TicketCipher.BLOCK != 0
                || !Arrays.equals(name, 0, NAME_LENGTH, ticket, 0, NAME_LENGTH)) {
            return Optional.empty();
        }
        TicketCipher cipher = acquire();
        byte[] plaintext = cipher.open(ticket);
        idle.give(cipher);
        return plaintext == null ? Optional.empty() : parse(plaintext);
    }

    private static Optional<SessionState> parse(byte[] plaintext) {
        try {
            return plaintext.length > SessionBounds.LONGEST_TICKET_PLAINTEXT
                    ? Optional.empty()
                    : Optional.of(SessionState.fromDer(plaintext));
        } catch (MalformedSession notOneOfOurs) {
            return Optional.empty();
        } finally {
            Arrays.fill(plaintext, (byte) 0);
        }
    }

    /**
     * Returns ciphers for exclusive use, until they are given back. Setting up a cipher and a MAC costs several times as
     * much as sealing, so idle ones are kept. The pool belongs to the key and is released with it.
     */
    TicketCipher acquire() {
        TicketCipher kept = idle.take();
        if (kept != null) {
            return kept;
        }
        byte[] hmacKey = part(NAME_LENGTH, NAME_LENGTH + SECRET_LENGTH);
        byte[] aesKey = part(NAME_LENGTH + SECRET_LENGTH, LENGTH);
        try {
            return new TicketCipher(hmacKey, aesKey);
        } finally {
            Arrays.fill(hmacKey, (byte) 0);
            Arrays.fill(aesKey, (byte) 0);
        }
    }

    private byte[] part(int from, int to) {
        try {
            return Arrays.copyOfRange(bytes, from, to);
        } finally {
            // Otherwise the cleaner could overwrite the bytes while they are copied, if this call is the last use of
            // the key.
            Reference.reachabilityFence(this);
        }
    }

    /** Returns the name in hex and no secret. */
    @Override
    public String toString() {
        return "TicketKey[" + HexFormat.of().formatHex(name) + "]";
    }
}
