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
    /** FIPS 204, parameter set ML-DSA-44; TLS 1.3 alone. */
    ML_DSA_44,
    /** FIPS 204, parameter set ML-DSA-65; TLS 1.3 alone. */
    ML_DSA_65,
    /** FIPS 204, parameter set ML-DSA-87; TLS 1.3 alone. */
    ML_DSA_87,
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
            // The JDK calls all three ML-DSA, and before 24 it has only the identifiers of RFC 9881 section 2.
            case "ML-DSA", "ML-DSA-44", "ML-DSA-65", "ML-DSA-87" -> mlDsa(key);
            case "2.16.840.1.101.3.4.3.17", "2.16.840.1.101.3.4.3.18", "2.16.840.1.101.3.4.3.19" -> mlDsa(key);
            default -> UNKNOWN;
        };
    }

    /**
     * Returns the parameter set by the length of the encoding, which is different in each: the key of FIPS 204 table 2
     * behind 22 bytes with an identifier that has no parameters (RFC 9881 section 2).
     */
    private static KeyType mlDsa(PublicKey key) {
        byte[] encoded = key.getEncoded();
        return switch (encoded == null ? 0 : encoded.length) {
            case 22 + 1312 -> ML_DSA_44;
            case 22 + 1952 -> ML_DSA_65;
            case 22 + 2592 -> ML_DSA_87;
            default -> UNKNOWN;
        };
    }

    /** Returns the name of the algorithm, such as {@code ML-DSA-65}. */
    public String text() {
        return name().replace('_', '-');
    }

    /** Returns whether this is a key for ML-DSA. */
    public boolean isMlDsa() {
        return this == ML_DSA_44 || this == ML_DSA_65 || this == ML_DSA_87;
    }
}
