package io.heddle.engine.crypto;

import java.security.AlgorithmParameters;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.Signature;
import javax.crypto.Cipher;
import javax.crypto.KeyAgreement;
import javax.crypto.KeyGenerator;
import javax.crypto.Mac;
import javax.crypto.NoSuchPaddingException;
import org.bouncycastle.jcajce.util.DefaultJcaJceHelper;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/**
 * A lookup of algorithms in the JDK's installed providers, and of those that they lack in BouncyCastle's, whose AES-GCM
 * in plain Java is some twenty times slower.
 *
 * <p>BouncyCastle's provider is loaded the first time that something is missing, and never registered with the
 * JDK. Thread-safe.
 */
final class ProviderLookup extends DefaultJcaJceHelper {
    /** bctls hands BouncyCastle's own parameter classes to ML-KEM, which the JDK's (since 24) does not take. */
    private static final String ML_KEM = "ML-KEM";

    private static final class Fallback {
        static final Provider PROVIDER = new BouncyCastleProvider();
    }

    /** Returns BouncyCastle's provider, which is not registered with the JDK. */
    static Provider bouncyCastle() {
        return Fallback.PROVIDER;
    }

    private interface Installed<T> {
        T create(String algorithm) throws NoSuchAlgorithmException;
    }

    private interface FromProvider<T> {
        T create(String algorithm, Provider provider) throws NoSuchAlgorithmException;
    }

    private static <T> T find(String algorithm, Installed<T> installed, FromProvider<T> fallback)
            throws NoSuchAlgorithmException {
        if (!algorithm.startsWith(ML_KEM)) {
            try {
                return installed.create(algorithm);
            } catch (NoSuchAlgorithmException missing) {
                // BouncyCastle's may have it.
            }
        }
        return fallback.create(algorithm, Fallback.PROVIDER);
    }

    @Override
    public Cipher createCipher(String algorithm) throws NoSuchAlgorithmException, NoSuchPaddingException {
        // The JDK has the same transformation under a name with a mode.
        String name = algorithm.equals("RSA/NONE/PKCS1Padding") ? "RSA/ECB/PKCS1Padding" : algorithm;
        try {
            return super.createCipher(name);
        } catch (NoSuchAlgorithmException | NoSuchPaddingException missing) {
            return Cipher.getInstance(name, Fallback.PROVIDER);
        }
    }

    @Override
    public Mac createMac(String algorithm) throws NoSuchAlgorithmException {
        return find(algorithm, super::createMac, Mac::getInstance);
    }

    @Override
    public KeyAgreement createKeyAgreement(String algorithm) throws NoSuchAlgorithmException {
        return find(algorithm, super::createKeyAgreement, KeyAgreement::getInstance);
    }

    @Override
    public KeyGenerator createKeyGenerator(String algorithm) throws NoSuchAlgorithmException {
        return find(algorithm, super::createKeyGenerator, KeyGenerator::getInstance);
    }

    @Override
    public KeyPairGenerator createKeyPairGenerator(String algorithm) throws NoSuchAlgorithmException {
        return find(algorithm, super::createKeyPairGenerator, KeyPairGenerator::getInstance);
    }

    @Override
    public KeyFactory createKeyFactory(String algorithm) throws NoSuchAlgorithmException {
        return find(algorithm, super::createKeyFactory, KeyFactory::getInstance);
    }

    @Override
    public AlgorithmParameters createAlgorithmParameters(String algorithm) throws NoSuchAlgorithmException {
        return find(algorithm, super::createAlgorithmParameters, AlgorithmParameters::getInstance);
    }

    @Override
    public Signature createSignature(String algorithm) throws NoSuchAlgorithmException {
        return find(algorithm, super::createSignature, Signature::getInstance);
    }
}
