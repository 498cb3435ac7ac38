package io.heddle.protocol.rules;

/** The requirements of OpenSSL's security levels 0 to 5 (manual page {@code SSL_CTX_set_security_level}). */
public final class SecurityLevel {
    /** The highest level. */
    public static final int HIGHEST = 5;

    private static final int[] BITS = {0, 80, 112, 128, 192, 256};

    /** The minimum prime of Diffie-Hellman by level, of the strength that OpenSSL counts. */
    private static final int[] PRIME_BITS = {0, 1024, 2048, 3072, 7680, 15360};

    private SecurityLevel() {}

    /** Returns the minimum strength of keys, digests and suites in bits. */
    public static int bits(int level) {
        return BITS[level];
    }

    /** Returns whether a level permits a strength in bits. */
    public static boolean permits(int level, int strength) {
        return strength >= bits(level);
    }

    /** Returns the minimum size in bits of the prime of a Diffie-Hellman group. */
    public static int primeBits(int level) {
        return PRIME_BITS[level];
    }
}
