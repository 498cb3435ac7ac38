package io.heddle.certificate.x509;

import io.heddle.protocol.KeyType;
import io.heddle.provider.FallbackProvider;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.jcajce.interfaces.MLDSAPrivateKey;

/**
 * Signatures with ML-DSA (FIPS 204) in its pure form with an empty context, as TLS and X.509 have them: by the
 * installed providers where they have it, as the JDK's do from 24 on, else by BouncyCastle's.
 *
 * <p>Keys of either are accepted. A private key that the installed providers refuse, such as one of BouncyCastle's
 * classes with its seed, which the JDK 24 and 25 cannot read, signs in BouncyCastle's provider. Thread-safe.
 */
public final class MlDsa {
    /** The name of all parameter sets together; that of a key is taken from the key. */
    private static final String ALGORITHM = "ML-DSA";

    /** For the hedged variant (FIPS 204 3.4): without it, BouncyCastle signs deterministically. */
    private static final SecureRandom RANDOM = new SecureRandom();

    /** RFC 9881 section 2; the last digits are those of ML-DSA-44, -65 and -87. */
    private static final String IDENTIFIERS = "2.16.840.1.101.3.4.3.";

    private MlDsa() {}

    /** Returns the kind of key that an object identifier denotes, as that of a key or of a signature (RFC 9881). */
    public static Optional<KeyType> type(String identifier) {
        return switch (identifier) {
            case IDENTIFIERS + "17" -> Optional.of(KeyType.ML_DSA_44);
            case IDENTIFIERS + "18" -> Optional.of(KeyType.ML_DSA_65);
            case IDENTIFIERS + "19" -> Optional.of(KeyType.ML_DSA_87);
            default -> Optional.empty();
        };
    }

    /** Returns the strength of a key in bits, as OpenSSL counts it. */
    public static int strength(KeyType type) {
        return switch (type) {
            case ML_DSA_44 -> 128;
            case ML_DSA_65 -> 192;
            default -> 256;
        };
    }

    /** Returns whether the installed providers have ML-DSA. */
    public static boolean isInstalled() {
        try {
            Signature.getInstance(ALGORITHM);
            return true;
        } catch (NoSuchAlgorithmException missing) {
            return false;
        }
    }

    /**
     * Returns the key of a PKCS#8 structure that contains the expanded key, the form that all releases of the JDK read.
     */
    public static PrivateKey privateKey(byte[] pkcs8) throws GeneralSecurityException {
        return FallbackProvider.find(ALGORITHM, KeyFactory::getInstance, KeyFactory::getInstance)
                .generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
    }

    /** Returns an object that signs with this key. */
    public static Signature signer(PrivateKey key) throws GeneralSecurityException {
        try {
            Signature signature = Signature.getInstance(ALGORITHM);
            signature.initSign(key, RANDOM);
            return signature;
        } catch (NoSuchAlgorithmException | InvalidKeyException refused) {
            Signature signature = Signature.getInstance(ALGORITHM, FallbackProvider.get());
            signature.initSign(translated(key), RANDOM);
            return signature;
        }
    }

    private static PrivateKey translated(PrivateKey key) throws GeneralSecurityException {
        byte[] encoded = key.getEncoded();
        if (key instanceof MLDSAPrivateKey || encoded == null) {
            return key;
        }
        try {
            return KeyFactory.getInstance(ALGORITHM, FallbackProvider.get())
                    .generatePrivate(new PKCS8EncodedKeySpec(encoded));
        } finally {
            Arrays.fill(encoded, (byte) 0);
        }
    }

    /** Returns an object that verifies signatures of this key. */
    public static Signature verifier(PublicKey key) throws GeneralSecurityException {
        try {
            Signature signature = Signature.getInstance(ALGORITHM);
            signature.initVerify(key);
            return signature;
        } catch (NoSuchAlgorithmException | InvalidKeyException refused) {
            Signature signature = Signature.getInstance(ALGORITHM, FallbackProvider.get());
            signature.initVerify(translated(key));
            return signature;
        }
    }

    /** BouncyCastle 1.84 takes its own keys only. */
    private static PublicKey translated(PublicKey key) throws GeneralSecurityException {
        return KeyFactory.getInstance(ALGORITHM, FallbackProvider.get())
                .generatePublic(new X509EncodedKeySpec(key.getEncoded()));
    }
}
