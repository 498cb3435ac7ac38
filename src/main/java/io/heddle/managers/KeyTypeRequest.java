package io.heddle.managers;

import io.heddle.protocol.KeyType;
import java.security.cert.X509Certificate;
import java.util.Locale;

/** A kind of key as somebody asks a key manager for it: the JDK's names and BouncyCastle's, see {@link KeyTypeNames}. */
final class KeyTypeRequest {
    private KeyTypeRequest() {}

    /** Returns whether the key is of the kind that {@code name} means, in any case; false for a name that nobody uses. */
    static boolean means(String name, OwnKey key) {
        String wanted = name.toUpperCase(Locale.ROOT);
        KeyType type = key.type();
        return switch (wanted) {
            case "RSA", "ECDHE_RSA", "DHE_RSA" -> type == KeyType.RSA;
            case "KE:RSA" -> key.decrypts();
            case "RSASSA-PSS" -> type == KeyType.RSA_PSS;
            case "EC", "ECDHE_ECDSA" -> type == KeyType.EC;
            case "EDDSA" -> type == KeyType.ED25519 || type == KeyType.ED448;
            case "ED25519" -> type == KeyType.ED25519;
            case "ED448" -> type == KeyType.ED448;
            case "DSA", "DHE_DSS" -> type == KeyType.DSA;
            default -> meansCurve(wanted, key) || meansIssuer(wanted, key);
        };
    }

    /** BouncyCastle in TLS 1.3: {@code EC/secp256r1}. */
    private static boolean meansCurve(String wanted, OwnKey key) {
        if (!wanted.startsWith("EC/") || key.curve().isEmpty()) {
            return false;
        }
        String curve = key.curve().equals("prime256v1") ? "secp256r1" : key.curve();
        String named = wanted.substring("EC/".length());
        return named.equalsIgnoreCase(curve) || named.equalsIgnoreCase(curve + "tls13");
    }

    /** The JDK with the kind of the issuer's key: {@code EC_RSA} is an EC key whose certificate an RSA key signed. */
    private static boolean meansIssuer(String wanted, OwnKey key) {
        int underscore = wanted.indexOf('_');
        if (underscore < 0 || underscore == wanted.length() - 1) {
            return false;
        }
        String own = wanted.substring(0, underscore);
        String issuers = wanted.substring(underscore + 1);
        if (!own.equalsIgnoreCase(key.leaf().getPublicKey().getAlgorithm())) {
            return false;
        }
        if (key.chain().size() > 1) {
            X509Certificate issuer = key.chain().get(1);
            return issuers.equalsIgnoreCase(issuer.getPublicKey().getAlgorithm());
        }
        return key.leaf().getSigAlgName().toUpperCase(Locale.ROOT).contains("WITH" + issuers);
    }
}
