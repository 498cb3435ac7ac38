package io.heddle.engine.crypto;

import io.heddle.cipher.Sigalg;
import io.heddle.provider.Algorithm;
import io.heddle.provider.ProviderTable;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.PSSParameterSpec;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Signatures of JCA on the provider of their family, under the names that every provider has. A provider that does not take
 * a key, such as that of a curve which a native library leaves out, is replaced by the installed one that does.
 */
final class SignatureAlgorithms {
    private SignatureAlgorithms() {}

    /**
     * Returns the key as the provider of its family takes it without a conversion in each handshake: the same key if it cannot
     * leave its own provider, such as that of a hardware module.
     */
    static PrivateKey prepared(PrivateKey key) {
        Provider provider = provider(key);
        if (provider == null || !ProviderTable.get().hasNative() || !"PKCS#8".equals(key.getFormat())) {
            return key;
        }
        byte[] encoded = key.getEncoded();
        if (encoded == null) {
            return key;
        }
        try {
            return KeyFactory.getInstance(key.getAlgorithm(), provider)
                    .generatePrivate(new PKCS8EncodedKeySpec(encoded));
        } catch (GeneralSecurityException refused) {
            return key;
        } finally {
            Arrays.fill(encoded, (byte) 0);
        }
    }

    /** Returns an object that signs with this key. */
    static Signature signer(Sigalg sigalg, PrivateKey key) throws GeneralSecurityException {
        return initialized(jcaName(sigalg), pss(sigalg), key, signature -> signature.initSign(key));
    }

    /** Returns an object that verifies signatures of this key. */
    static Signature verifier(Sigalg sigalg, PublicKey key) throws GeneralSecurityException {
        return verifier(jcaName(sigalg), pss(sigalg), key);
    }

    /** Returns an object that verifies signatures of this key. */
    static Signature verifier(String name, @Nullable AlgorithmParameterSpec parameters, PublicKey key)
            throws GeneralSecurityException {
        return initialized(name, parameters, key, signature -> signature.initVerify(key));
    }

    private interface Initialization {
        void run(Signature signature) throws GeneralSecurityException;
    }

    private static Signature initialized(
            String name, @Nullable AlgorithmParameterSpec parameters, Key key, Initialization initialization)
            throws GeneralSecurityException {
        Provider provider = provider(key);
        if (provider != null) {
            try {
                return initialized(Signature.getInstance(name, provider), parameters, initialization);
            } catch (GeneralSecurityException refused) {
                // An installed provider may take the key; its failure is the one that counts.
            }
        }
        return initialized(Signature.getInstance(name), parameters, initialization);
    }

    private static Signature initialized(
            Signature signature, @Nullable AlgorithmParameterSpec parameters, Initialization initialization)
            throws GeneralSecurityException {
        // The key first: without a provider in front it selects one.
        initialization.run(signature);
        if (parameters != null) {
            signature.setParameter(parameters);
        }
        return signature;
    }

    /** Returns the provider of the key's family, null for other families. */
    private static @Nullable Provider provider(Key key) {
        return switch (key.getAlgorithm()) {
            case "EC" -> ProviderTable.get().provider(Algorithm.EC);
            case "RSA" -> ProviderTable.get().provider(Algorithm.RSA);
            default -> null;
        };
    }

    private static String jcaName(Sigalg sigalg) {
        return switch (sigalg) {
            case ECDSA_SECP256R1_SHA256 -> "SHA256withECDSA";
            case ECDSA_SECP384R1_SHA384 -> "SHA384withECDSA";
            case ECDSA_SECP521R1_SHA512 -> "SHA512withECDSA";
            case ECDSA_SHA224 -> "SHA224withECDSA";
            case ECDSA_SHA1 -> "SHA1withECDSA";
            case ED25519 -> "Ed25519";
            case ED448 -> "Ed448";
            case RSA_PKCS1_SHA512 -> "SHA512withRSA";
            case RSA_PKCS1_SHA384 -> "SHA384withRSA";
            case RSA_PKCS1_SHA256 -> "SHA256withRSA";
            case RSA_PKCS1_SHA224 -> "SHA224withRSA";
            case RSA_PKCS1_SHA1 -> "SHA1withRSA";
            case DSA_SHA1 -> "SHA1withDSA";
            case DSA_SHA224 -> "SHA224withDSA";
            case DSA_SHA256 -> "SHA256withDSA";
            case DSA_SHA384 -> "SHA384withDSA";
            case DSA_SHA512 -> "SHA512withDSA";
            default -> "RSASSA-PSS";
        };
    }

    /** RFC 8446 4.2.3: the salt is as long as the digest. */
    private static @Nullable PSSParameterSpec pss(Sigalg sigalg) {
        return switch (sigalg) {
            case RSA_PSS_RSAE_SHA256, RSA_PSS_PSS_SHA256 -> pss("SHA-256", MGF1ParameterSpec.SHA256, 32);
            case RSA_PSS_RSAE_SHA384, RSA_PSS_PSS_SHA384 -> pss("SHA-384", MGF1ParameterSpec.SHA384, 48);
            case RSA_PSS_RSAE_SHA512, RSA_PSS_PSS_SHA512 -> pss("SHA-512", MGF1ParameterSpec.SHA512, 64);
            default -> null;
        };
    }

    private static PSSParameterSpec pss(String digest, MGF1ParameterSpec mask, int salt) {
        return new PSSParameterSpec(digest, "MGF1", mask, salt, PSSParameterSpec.TRAILER_FIELD_BC);
    }
}
