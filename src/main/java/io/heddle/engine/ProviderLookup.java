package io.heddle.engine;

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
 * Finds an algorithm with the JDK's installed providers, and only what they lack with BouncyCastle's, whose AES-GCM in plain
 * Java is some twenty times slower.
 *
 * <p>BouncyCastle's provider is loaded the first time that something is missing, and never registered with the JDK. Thread-safe.
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
        try {
            return super.createMac(algorithm);
        } catch (NoSuchAlgorithmException missing) {
            return Mac.getInstance(algorithm, Fallback.PROVIDER);
        }
    }

    @Override
    public KeyAgreement createKeyAgreement(String algorithm) throws NoSuchAlgorithmException {
        try {
            return super.createKeyAgreement(algorithm);
        } catch (NoSuchAlgorithmException missing) {
            return KeyAgreement.getInstance(algorithm, Fallback.PROVIDER);
        }
    }

    @Override
    public KeyGenerator createKeyGenerator(String algorithm) throws NoSuchAlgorithmException {
        if (algorithm.startsWith(ML_KEM)) {
            return KeyGenerator.getInstance(algorithm, Fallback.PROVIDER);
        }
        try {
            return super.createKeyGenerator(algorithm);
        } catch (NoSuchAlgorithmException missing) {
            return KeyGenerator.getInstance(algorithm, Fallback.PROVIDER);
        }
    }

    @Override
    public KeyPairGenerator createKeyPairGenerator(String algorithm) throws NoSuchAlgorithmException {
        if (algorithm.startsWith(ML_KEM)) {
            return KeyPairGenerator.getInstance(algorithm, Fallback.PROVIDER);
        }
        try {
            return super.createKeyPairGenerator(algorithm);
        } catch (NoSuchAlgorithmException missing) {
            return KeyPairGenerator.getInstance(algorithm, Fallback.PROVIDER);
        }
    }

    @Override
    public KeyFactory createKeyFactory(String algorithm) throws NoSuchAlgorithmException {
        if (algorithm.startsWith(ML_KEM)) {
            return KeyFactory.getInstance(algorithm, Fallback.PROVIDER);
        }
        try {
            return super.createKeyFactory(algorithm);
        } catch (NoSuchAlgorithmException missing) {
            return KeyFactory.getInstance(algorithm, Fallback.PROVIDER);
        }
    }

    @Override
    public AlgorithmParameters createAlgorithmParameters(String algorithm) throws NoSuchAlgorithmException {
        try {
            return super.createAlgorithmParameters(algorithm);
        } catch (NoSuchAlgorithmException missing) {
            return AlgorithmParameters.getInstance(algorithm, Fallback.PROVIDER);
        }
    }

    @Override
    public Signature createSignature(String algorithm) throws NoSuchAlgorithmException {
        try {
            return super.createSignature(algorithm);
        } catch (NoSuchAlgorithmException missing) {
            return Signature.getInstance(algorithm, Fallback.PROVIDER);
        }
    }
}
