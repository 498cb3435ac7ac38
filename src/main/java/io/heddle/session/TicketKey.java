package io.heddle.session;

import io.heddle.failure.InvalidOption;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * One key that seals and opens session tickets: 48 bytes in Node's order, a public name of 16 bytes, a key for HMAC-SHA-256
 * of 16, a key for AES-128 of 16. (nginx has the same length with the last two swapped.)
 *
 * <p>Immutable and safe for any number of threads. Whoever has the bytes can read every connection that was resumed with a
 * ticket under this key (in TLS 1.2), and can make tickets that assert any client's identity.
 *
 * <h2>Why nobody can wipe a key</h2>
 *
 * A key that is replaced may still be sealing a ticket on another thread, and the application may set it again later: wiping
 * it at once would make tickets under a key of zeros. So the bytes are overwritten when the last reference to the key is
 * gone and no thread can be using them. What the JDK's cipher objects keep inside is out of reach for us; they are dropped
 * together with the key.
 *
 * @see <a href="https://nodejs.org/api/tls.html#tlscreateserveroptions-secureconnectionlistener">Node option ticketKeys</a>
 */
public final class TicketKey {
    /** The length of a key in bytes. */
    public static final int LENGTH = 48;

    static final int NAME_LENGTH = 16;
    private static final int SECRET_LENGTH = 16;
    private static final Cleaner CLEANER = Cleaner.create();
    /** Idle cipher pairs that are kept; a power of two, enough for the threads that seal at the same instant. */
    private static final int SLOTS =
            Math.min(16, Integer.highestOneBit(Runtime.getRuntime().availableProcessors() * 2));

    private final byte[] bytes; // read in part() only
    private final byte[] name;
    private final AtomicReferenceArray<@Nullable TicketCipher> idle = new AtomicReferenceArray<>(SLOTS);

    private TicketKey(byte[] bytes) {
        this.bytes = bytes;
        this.name = Arrays.copyOf(bytes, NAME_LENGTH);
        CLEANER.register(this, wiping(bytes));
    }

    /** In a method of its own, because an action that saw {@code this} would keep the key alive. */
    private static Runnable wiping(byte[] bytes) {
        return () -> Arrays.fill(bytes, (byte) 0);
    }

    /**
     * Returns the key with these bytes.
     *
     * @param bytes name, HMAC key and AES key, exactly 48 bytes
     * @throws InvalidOption with {@code ERR_INVALID_ARG_VALUE} if there are more or fewer
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

    /** Returns a new key that {@code random} made. */
    public static TicketKey random(SecureRandom random) {
        byte[] bytes = new byte[LENGTH];
        random.nextBytes(bytes);
        return new TicketKey(bytes);
    }

    /** Returns the name that stands at the start of every ticket under this key, 16 bytes; not a secret. */
    public byte[] name() {
        return name.clone();
    }

    /** Returns the 48 bytes. The caller should overwrite the array when it is done with it. */
    public byte[] toBytes() {
        return part(0, LENGTH);
    }

    /** Returns whether a ticket, of at least 16 bytes, says that it is under this key. */
    boolean isNamedIn(byte[] ticket) {
        return Arrays.equals(name, 0, NAME_LENGTH, ticket, 0, NAME_LENGTH);
    }

    void copyNameTo(byte[] ticket) {
        System.arraycopy(name, 0, ticket, 0, NAME_LENGTH);
    }

    /**
     * Returns ciphers for the caller alone, which gives them back with {@link #release}. Setting up a cipher and a MAC costs
     * several times what sealing does, so a few that are idle are kept. They sit in slots rather than in thread locals,
     * because a virtual thread lives for one connection only.
     */
    TicketCipher acquire() {
        TicketCipher kept = idle.getAndSet(slot(), null);
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
            // Else the cleaner could overwrite the bytes while they are copied, if this call is the last use of the
            // key.
            Reference.reachabilityFence(this);
        }
    }

    void release(TicketCipher cipher) {
        idle.lazySet(slot(), cipher);
    }

    private static int slot() {
        return (int) Thread.currentThread().threadId() & (SLOTS - 1);
    }

    /** Returns the name in hex, nothing secret. */
    @Override
    public String toString() {
        return "TicketKey[" + HexFormat.of().formatHex(name) + "]";
    }
}
