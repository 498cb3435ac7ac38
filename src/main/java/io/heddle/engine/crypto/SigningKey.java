package io.heddle.engine.crypto;

import io.heddle.cipher.Group;
import io.heddle.cipher.Sigalg;
import io.heddle.cipher.Suite;
import io.heddle.protocol.KeyType;
import io.heddle.protocol.TlsVersion;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAKey;
import java.util.Optional;

/**
 * The key of a certificate, local or the peer's, with the properties that decide which signatures a handshake can have.
 *
 * @param curveBits the size of the field of an elliptic curve, 0 for other keys
 * @param modulusBits the size of an RSA modulus, 0 for other keys
 */
public record SigningKey(KeyType type, int curveBits, int modulusBits) {
    public static SigningKey of(PublicKey key) {
        return new SigningKey(
                KeyType.of(key),
                key instanceof ECPublicKey ec
                        ? ec.getParams().getCurve().getField().getFieldSize()
                        : 0,
                key instanceof RSAKey rsa ? rsa.getModulus().bitLength() : 0);
    }

    /** Returns whether the key makes such a signature in a handshake of this version. */
    boolean signs(Sigalg sigalg, TlsVersion version) {
        if (!sigalg.signsIn(version) || !sigalg.keyType().name().equals(type.name())) {
            return false;
        }
        if (modulusBits > 0 && modulusBits < leastModulus(sigalg)) {
            return false;
        }
        if (version == TlsVersion.TLS_1_3 && type == KeyType.EC) {
            // RFC 8446 4.2.3: the scheme names the curve.
            return switch (sigalg) {
                case ECDSA_SECP256R1_SHA256 -> curveBits == 256;
                case ECDSA_SECP384R1_SHA384 -> curveBits == 384;
                case ECDSA_SECP521R1_SHA512 -> curveBits == 521;
                default -> false;
            };
        }
        return true;
    }

    /**
     * Returns whether a handshake of this version, 1.2 or later, has signatures of such keys: those of ML-DSA TLS 1.3.
     */
    public boolean signsIn(TlsVersion version) {
        return version == TlsVersion.TLS_1_3 || !type.isMlDsa();
    }

    /**
     * Returns whether the key signs in TLS 1.0 and 1.1: RSA by PKCS#1 and ECDSA, with digests that are not negotiated
     * (RFC 4346 4.7).
     */
    public boolean signsUnnegotiated() {
        return type == KeyType.RSA || type == KeyType.EC;
    }

    /** Returns whether the key is of the kind that a suite of TLS 1.2 or below requires of the server. */
    public boolean fits(Suite suite, TlsVersion version) {
        boolean negotiated = version.isAtLeast(TlsVersion.TLS_1_2);
        return switch (suite.authentication()) {
            case ANY -> true;
            case RSA ->
                type == KeyType.RSA
                        || (negotiated
                                && type == KeyType.RSA_PSS
                                && !suite.keyExchange().encryptsToRsa());
            case ECDSA -> type == KeyType.EC || (negotiated && (type == KeyType.ED25519 || type == KeyType.ED448));
            case DSS -> type == KeyType.DSA;
            case PSK, NONE -> false;
        };
    }

    /** RFC 8017 9.1.1 and 9.2: digest, salt of the same length and two bytes, or DigestInfo and eleven, in bits. */
    private static int leastModulus(Sigalg sigalg) {
        return switch (sigalg) {
            case RSA_PSS_RSAE_SHA256, RSA_PSS_PSS_SHA256 -> 8 * (2 * 32 + 1) + 2;
            case RSA_PSS_RSAE_SHA384, RSA_PSS_PSS_SHA384 -> 8 * (2 * 48 + 1) + 2;
            case RSA_PSS_RSAE_SHA512, RSA_PSS_PSS_SHA512 -> 8 * (2 * 64 + 1) + 2;
            case RSA_PKCS1_SHA384 -> 8 * (48 + 19 + 11);
            case RSA_PKCS1_SHA512 -> 8 * (64 + 19 + 11);
            default -> 0;
        };
    }

    /** Returns the group whose curve the key is on; empty for other keys. */
    Optional<Group> curve() {
        return switch (curveBits) {
            case 0 -> Optional.empty();
            case 256 -> Optional.of(Group.P_256);
            case 384 -> Optional.of(Group.P_384);
            default -> Optional.of(Group.P_521);
        };
    }

    /** Returns the name of the key in failures, such as {@code EC of 256 bits}. */
    public String described() {
        int bits = Math.max(curveBits, modulusBits);
        return bits == 0 ? type.text() : "%s of %d bits".formatted(type.text(), bits);
    }
}
