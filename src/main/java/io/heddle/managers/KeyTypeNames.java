package io.heddle.managers;

import io.heddle.protocol.KeyType;
import java.util.List;

/**
 * What a key manager is asked for to get a key of a certain kind, whoever made it.
 *
 * <p>JSSE leaves the names open. The JDK's managers go by the algorithm of the public key, those of BouncyCastle for a server by
 * the key exchange or, in TLS 1.3, by key and curve; each answers null to the other's names. So all of them are tried in order,
 * the JDK's first, since those are what most other managers know as well.
 *
 * <p>{@code EdDSA} stands for two kinds, and a manager may answer anything at all: the kind of key behind an answer has to be
 * looked at. Immutable, thread-safe.
 */
public final class KeyTypeNames {
    private KeyTypeNames() {}

    /**
     * Returns the names for a kind of key, for servers and clients alike, the JDK's first.
     *
     * @return at least one name; none for {@link KeyType#UNKNOWN}, which nobody can be asked for
     */
    public static List<String> of(KeyType type) {
        return switch (type) {
            // BouncyCastle's KE:RSA is a key that decrypts and need not be allowed to sign.
            case RSA -> List.of("RSA", "ECDHE_RSA", "DHE_RSA", "KE:RSA");
            case RSA_PSS -> List.of("RSASSA-PSS");
            // EC_EC and EC_RSA name the issuer's kind as well; a manager that knows only those has keys for ECDHE all
            // the same.
            case EC -> List.of("EC", "EC_EC", "EC_RSA", "EC/secp256r1", "EC/secp384r1", "EC/secp521r1", "ECDHE_ECDSA");
            case ED25519 -> List.of("EdDSA", "Ed25519");
            case ED448 -> List.of("EdDSA", "Ed448");
            case DSA -> List.of("DSA", "DHE_DSS");
            case UNKNOWN -> List.of();
        };
    }
}
