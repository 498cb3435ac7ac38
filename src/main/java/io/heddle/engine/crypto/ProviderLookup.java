package io.heddle.engine.crypto;

import io.heddle.provider.Algorithm;
import io.heddle.provider.FallbackProvider;
import io.heddle.provider.ProviderTable;
import java.security.AlgorithmParameters;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.Signature;
import javax.crypto.Cipher;
import javax.crypto.KeyAgreement;
import javax.crypto.KeyGenerator;
import javax.crypto.Mac;
import javax.crypto.NoSuchPaddingException;
import org.bouncycastle.jcajce.util.DefaultJcaJceHelper;

/**
 * A lookup of algorithms for bctls: in the provider of their family ({@link ProviderTable}), which spares a search by name,
 * in the installed providers, and of those that they lack in BouncyCastle's ({@link FallbackProvider}), whose AES-GCM in
 * plain Java is some twenty times slower. Thread-safe.
 */
final class ProviderLookup extends DefaultJcaJceHelper {
    @Override
    public Cipher createCipher(String algorithm) throws NoSuchAlgorithmException, NoSuchPaddingException {
        Algorithm family = switch (algorithm) {
            case "AES/GCM/NoPadding" -> Algorithm.AES_GCM;
            case "ChaCha20-Poly1305" -> Algorithm.CHACHA20_POLY1305;
            default -> null;
        };
        if (family != null) {
            return Cipher.getInstance(algorithm, ProviderTable.get().provider(family));
        }
        // The JDK has the same transformation under a name with a mode.
        String name = algorithm.equals("RSA/NONE/PKCS1Padding") ? "RSA/ECB/PKCS1Padding" : algorithm;
        try {
            return super.createCipher(name);
        } catch (NoSuchAlgorithmException | NoSuchPaddingException missing) {
            return Cipher.getInstance(name, FallbackProvider.get());
        }
    }

    @Override
    public MessageDigest createMessageDigest(String algorithm) throws NoSuchAlgorithmException {
        return algorithm.startsWith("SHA-")
                ? MessageDigest.getInstance(algorithm, ProviderTable.get().provider(Algorithm.SHA_2))
                : super.createMessageDigest(algorithm);
    }

    @Override
    public MessageDigest createDigest(String algorithm) throws NoSuchAlgorithmException {
        return createMessageDigest(algorithm);
    }

    @Override
    public Mac createMac(String algorithm) throws NoSuchAlgorithmException {
        return FallbackProvider.find(algorithm, super::createMac, Mac::getInstance);
    }

    @Override
    public KeyAgreement createKeyAgreement(String algorithm) throws NoSuchAlgorithmException {
        return FallbackProvider.find(algorithm, super::createKeyAgreement, KeyAgreement::getInstance);
    }

    @Override
    public KeyGenerator createKeyGenerator(String algorithm) throws NoSuchAlgorithmException {
        return FallbackProvider.find(algorithm, super::createKeyGenerator, KeyGenerator::getInstance);
    }

    @Override
    public KeyPairGenerator createKeyPairGenerator(String algorithm) throws NoSuchAlgorithmException {
        return FallbackProvider.find(algorithm, super::createKeyPairGenerator, KeyPairGenerator::getInstance);
    }

    @Override
    public KeyFactory createKeyFactory(String algorithm) throws NoSuchAlgorithmException {
        return FallbackProvider.find(algorithm, super::createKeyFactory, KeyFactory::getInstance);
    }

    @Override
    public AlgorithmParameters createAlgorithmParameters(String algorithm) throws NoSuchAlgorithmException {
        return FallbackProvider.find(algorithm, super::createAlgorithmParameters, AlgorithmParameters::getInstance);
    }

    @Override
    public Signature createSignature(String algorithm) throws NoSuchAlgorithmException {
        return FallbackProvider.find(algorithm, super::createSignature, Signature::getInstance);
    }
}
