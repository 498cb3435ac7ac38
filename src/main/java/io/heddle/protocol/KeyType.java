package io.heddle.protocol;

import java.security.PublicKey;
import java.util.Locale;

/** A kind of key by which TLS selects certificates and signature schemes. */
public enum KeyType {
    /** An RSA key that may be used with PKCS#1 v1.5 and with PSS ({@code rsaEncryption}). */
    RSA,
    /** An RSA key for PSS alone ({@code id-RSASSA-PSS}). */
    RSA_PSS,
    /** A key for ECDSA on a named curve. */
    EC,
    /** RFC 8032 on Curve25519. */
    ED25519,
    /** RFC 8032 on Curve448. */
    ED448,
    /** Classic DSA; no TLS 1.3. */
    DSA,
    /** A key that Java does not support, for instance on another curve. */
    UNKNOWN;

    /** Returns the kind of a public key. */
    public static KeyType of(PublicKey key) {
        return switch (key.getAlgorithm().toUpperCase(Locale.ROOT)) {
            case "RSA" -> RSA;
            case "RSASSA-PSS" -> RSA_PSS;
            case "EC" -> EC;
            case "DSA" -> DSA;
            case "ED25519" -> ED25519;
            case "ED448" -> ED448;
            // The JDK calls both EdDSA; their encodings have different lengths (RFC 8410 section 4).
            case "EDDSA" -> key.getEncoded().length == 44 ? ED25519 : ED448;
            default -> UNKNOWN;
        };
    }
}
