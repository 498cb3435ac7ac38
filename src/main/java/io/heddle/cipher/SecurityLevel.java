package io.heddle.cipher;

import io.heddle.cipher.Suite.Authentication;
import io.heddle.cipher.Suite.Mac;

/** What OpenSSL's security levels 0 to 5 ask of a suite (manual page {@code SSL_CTX_set_security_level}). */
final class SecurityLevel {
    /** The least bits of security by level. */
    private static final int[] BITS = {0, 80, 112, 128, 192, 256};

    private static final int FORWARD_SECRECY_FROM = 3;
    private static final int SHA1_BITS = 160;

    /** The smallest prime of Diffie-Hellman by level: as strong as OpenSSL counts it. */
    private static final int[] PRIME_BITS = {0, 1024, 2048, 3072, 7680, 15360};

    private SecurityLevel() {}

    static int leastPrimeBits(int level) {
        return PRIME_BITS[level];
    }

    /** Returns whether the level lets a connection use the suite. Level 0 forbids nothing. */
    static boolean allows(int level, Suite suite) {
        return level == 0
                || (suite.strength() >= BITS[level]
                        && suite.authentication() != Authentication.NONE
                        && (BITS[level] <= SHA1_BITS || suite.mac() != Mac.SHA1)
                        && (level < FORWARD_SECRECY_FROM || suite.keyExchange().isForwardSecret()));
    }
}
