package io.heddle.managers;

import io.heddle.protocol.KeyType;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;

/**
 * The names of key types in requests to key managers, for requests to foreign managers and in requests to Heddle's.
 *
 * <p>JSSE does not specify them. The JDK's managers use the algorithm of the public key, those of BouncyCastle for a
 * server the key exchange or, in TLS 1.3, key and curve; each returns null for the names of the other. So all are tried
 * in order, the JDK's first, which most other managers support as well.
 *
 * <p>{@code EdDSA} stands for two types, {@code ML-DSA} for three, and a manager may return any alias, so the type of
 * the key behind it has to be checked. Thread-safe.
 */
final class KeyTypeNames {
    private KeyTypeNames() {}

    /**
     * Returns the names of a key type, for servers and clients alike, the JDK's first.
     *
     * @return at least one name; none for {@link KeyType#UNKNOWN}, which cannot be requested
     */
    static List<String> of(KeyType type) {
        return switch (type) {
            // BouncyCastle's KE:RSA is a key for decryption, which need not be allowed to sign.
            case RSA -> List.of("RSA", "ECDHE_RSA", "DHE_RSA", "KE:RSA");
            case RSA_PSS -> List.of("RSASSA-PSS");
            // EC_EC and EC_RSA include the issuer's key type; a manager with only these names has keys for ECDHE too.
            case EC -> List.of("EC", "EC_EC", "EC_RSA", "EC/secp256r1", "EC/secp384r1", "EC/secp521r1", "ECDHE_ECDSA");
            case ED25519 -> List.of("EdDSA", "Ed25519");
            case ED448 -> List.of("EdDSA", "Ed448");
            // The identifiers are the names of a JDK without ML-DSA.
            case ML_DSA_44 -> List.of("ML-DSA", "ML-DSA-44", "2.16.840.1.101.3.4.3.17");
            case ML_DSA_65 -> List.of("ML-DSA", "ML-DSA-65", "2.16.840.1.101.3.4.3.18");
            case ML_DSA_87 -> List.of("ML-DSA", "ML-DSA-87", "2.16.840.1.101.3.4.3.19");
            case DSA -> List.of("DSA", "DHE_DSS");
            case UNKNOWN -> List.of();
        };
    }

    /** Returns whether the key is of the type that {@code name} denotes, in any case; false for an unused name. */
    static boolean matches(String name, KeyEntry key) {
        String upper = name.toUpperCase(Locale.ROOT);
        KeyType type = key.type();
        return switch (upper) {
            case "RSA", "ECDHE_RSA", "DHE_RSA" -> type == KeyType.RSA;
            case "KE:RSA" -> key.decrypts();
            case "RSASSA-PSS" -> type == KeyType.RSA_PSS;
            case "EC", "ECDHE_ECDSA" -> type == KeyType.EC;
            case "EDDSA" -> type == KeyType.ED25519 || type == KeyType.ED448;
            case "ED25519" -> type == KeyType.ED25519;
            case "ED448" -> type == KeyType.ED448;
            case "ML-DSA" -> type.isMlDsa();
            case "ML-DSA-44", "2.16.840.1.101.3.4.3.17" -> type == KeyType.ML_DSA_44;
            case "ML-DSA-65", "2.16.840.1.101.3.4.3.18" -> type == KeyType.ML_DSA_65;
            case "ML-DSA-87", "2.16.840.1.101.3.4.3.19" -> type == KeyType.ML_DSA_87;
            case "DSA", "DHE_DSS" -> type == KeyType.DSA;
            default -> matchesCurve(upper, key) || matchesIssuer(upper, key);
        };
    }

    /** Matches BouncyCastle's names in TLS 1.3, such as {@code EC/secp256r1}. */
    private static boolean matchesCurve(String upper, KeyEntry key) {
        if (!upper.startsWith("EC/") || key.curve().isEmpty()) {
            return false;
        }
        String curve = key.curve().equals("prime256v1") ? "secp256r1" : key.curve();
        String named = upper.substring("EC/".length());
        return named.equalsIgnoreCase(curve) || named.equalsIgnoreCase(curve + "tls13");
    }

    /**
     * Matches the JDK's names with the issuer's key: {@code EC_RSA} is an EC key whose certificate an RSA key signed.
     */
    private static boolean matchesIssuer(String upper, KeyEntry key) {
        int underscore = upper.indexOf('_');
        if (underscore < 0 || underscore == upper.length() - 1) {
            return false;
        }
        String algorithm = upper.substring(0, underscore);
        String issuerAlgorithm = upper.substring(underscore + 1);
        if (!algorithm.equalsIgnoreCase(key.leaf().getPublicKey().getAlgorithm())) {
            return false;
        }
        if (key.chain().size() > 1) {
            X509Certificate issuer = key.chain().get(1);
            return issuerAlgorithm.equalsIgnoreCase(issuer.getPublicKey().getAlgorithm());
        }
        return key.leaf().getSigAlgName().toUpperCase(Locale.ROOT).contains("WITH" + issuerAlgorithm);
    }
}
