package io.heddle;

import io.heddle.cipher.Sigalg;

/** The JCA names of signature algorithms, for key and trust managers. */
final class JcaNames {
    private JcaNames() {}

    static String of(Sigalg sigalg) {
        return switch (sigalg) {
            case ED25519 -> "Ed25519";
            case ED448 -> "Ed448";
            case RSA_PSS_RSAE_SHA256, RSA_PSS_RSAE_SHA384, RSA_PSS_RSAE_SHA512 -> "RSASSA-PSS";
            case RSA_PSS_PSS_SHA256, RSA_PSS_PSS_SHA384, RSA_PSS_PSS_SHA512 -> "RSASSA-PSS";
            default -> {
                // OpenSSL's form is "ECDSA+SHA256".
                String[] parts = sigalg.opensslName().split("\\+", 2);
                yield parts[1] + "with" + parts[0];
            }
        };
    }
}
