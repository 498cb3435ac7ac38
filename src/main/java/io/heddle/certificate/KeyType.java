package io.heddle.certificate;

import java.security.Key;
import java.security.PublicKey;
import java.security.interfaces.ECKey;
import java.security.interfaces.RSAKey;
import java.util.Locale;

/** The kind of a key, as far as TLS chooses certificates by it. */
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
    /** Something that Java cannot use, for instance a curve that it lacks. */
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
            // The JDK says EdDSA for both; the object identifier in the encoding tells them apart (RFC 8410 section 3).
            case "EDDSA" -> key.getEncoded().length == 44 ? ED25519 : ED448;
            default -> UNKNOWN;
        };
    }

    /** Returns the algorithm of a key, and its size in bits where it says so, such as {@code RSA 2048}. */
    static String describe(Key key) {
        return switch (key) {
            case RSAKey rsa -> key.getAlgorithm() + " " + rsa.getModulus().bitLength();
            case ECKey ec ->
                key.getAlgorithm() + " " + ec.getParams().getOrder().bitLength();
            default -> key.getAlgorithm();
        };
    }
}
