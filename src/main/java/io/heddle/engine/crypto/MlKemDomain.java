package io.heddle.engine.crypto;

import io.heddle.failure.TlsFailure.Code;
import io.heddle.provider.Algorithm;
import io.heddle.provider.FallbackProvider;
import io.heddle.provider.ProviderTable;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Security;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.NamedParameterSpec;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import javax.crypto.KEM;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.NamedGroup;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.crypto.TlsAgreement;
import org.bouncycastle.tls.crypto.TlsKemConfig;
import org.bouncycastle.tls.crypto.TlsKemDomain;
import org.bouncycastle.tls.crypto.TlsSecret;
import org.jspecify.annotations.Nullable;

/**
 * A parameter set of ML-KEM (FIPS 203), alone or as a part of a hybrid group: the client sends an encapsulation key,
 * the server the ciphertext of the shared secret.
 *
 * <p>It runs on the provider of the {@link ProviderTable}, or on an installed one, which the JDK has from version 24 on and
 * which is about three times as fast as BouncyCastle's; else on that. Keys and mechanism come from one provider, since none reads the keys of another.
 */
final class MlKemDomain implements TlsKemDomain {
    private final ProviderCrypto crypto;
    private final SecureRandom random;
    private final ParameterSet parameters;
    private final boolean server;

    MlKemDomain(ProviderCrypto crypto, SecureRandom random, TlsKemConfig config) {
        this.crypto = crypto;
        this.random = random;
        this.parameters = ParameterSet.of(config.getNamedGroup());
        this.server = config.isServer();
    }

    /**
     * A parameter set with the lengths of its encapsulation key and ciphertext (FIPS 203 8, table 3).
     *
     * @param keys the encoding of encapsulation keys
     */
    private record ParameterSet(String algorithm, PublicKeyForm keys, int ciphertextLength, Provider provider) {
        private static final String BOUNCY_CASTLE = "BC";

        /** By group; each is created when it is first needed, since its provider is tried then. */
        private static final Map<Integer, ParameterSet> SETS = new ConcurrentHashMap<>();

        static ParameterSet of(int group) {
            return SETS.computeIfAbsent(group, number -> switch (number) {
                case NamedGroup.MLKEM512 -> of("ML-KEM-512", NISTObjectIdentifiers.id_alg_ml_kem_512, 800, 768);
                case NamedGroup.MLKEM768 -> of("ML-KEM-768", NISTObjectIdentifiers.id_alg_ml_kem_768, 1184, 1088);
                case NamedGroup.MLKEM1024 -> of("ML-KEM-1024", NISTObjectIdentifiers.id_alg_ml_kem_1024, 1568, 1568);
                default -> throw new IllegalArgumentException("group 0x%04x is not of ML-KEM".formatted(number));
            });
        }

        private static ParameterSet of(String algorithm, ASN1ObjectIdentifier id, int keyLength, int ciphertextLength) {
            PublicKeyForm keys = PublicKeyForm.of(new AlgorithmIdentifier(id), keyLength);
            return Stream.concat(
                            Stream.of(ProviderTable.get().provider(Algorithm.ML_KEM)),
                            Arrays.stream(Security.getProviders()))
                    .filter(candidate -> !candidate.getName().equals(BOUNCY_CASTLE))
                    .map(candidate -> new ParameterSet(algorithm, keys, ciphertextLength, candidate))
                    .filter(ParameterSet::works)
                    .findFirst()
                    .orElseGet(() -> new ParameterSet(algorithm, keys, ciphertextLength, FallbackProvider.get()));
        }

        /** Returns whether the provider has the mechanism in the form that is used here. */
        private boolean works() {
            try {
                KeyPair pair = generateKeyPair(new SecureRandom());
                byte[] key = keys.bytes(pair.getPublic());
                KEM.Encapsulated sent =
                        mechanism().newEncapsulator(publicKey(key)).encapsulate();
                byte[] received = mechanism()
                        .newDecapsulator(pair.getPrivate())
                        .decapsulate(sent.encapsulation())
                        .getEncoded();
                return sent.encapsulation().length == ciphertextLength
                        && MessageDigest.isEqual(sent.key().getEncoded(), received);
            } catch (GeneralSecurityException | RuntimeException e) {
                return false;
            }
        }

        KeyPair generateKeyPair(SecureRandom random) throws GeneralSecurityException {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm, provider);
            generator.initialize(new NamedParameterSpec(algorithm), random);
            return generator.generateKeyPair();
        }

        PublicKey publicKey(byte[] key) throws GeneralSecurityException {
            return KeyFactory.getInstance(algorithm, provider).generatePublic(keys.spec(key));
        }

        KEM mechanism() throws GeneralSecurityException {
            return KEM.getInstance(algorithm, provider);
        }
    }

    @Override
    public TlsAgreement createKem() {
        return server ? new Encapsulation() : new Decapsulation();
    }

    private void requireLength(byte[] value, int length, String name) throws IOException {
        if (value.length != length) {
            throw FatalAlerts.alert(Code.ERR_SSL_ILLEGAL_PARAMETER.failure(
                    "group: the peer sent %s of %s with %d bytes, %d are required",
                    name, parameters.algorithm(), value.length, length));
        }
    }

    private static TlsFatalAlert defect(GeneralSecurityException e) {
        return new TlsFatalAlert(AlertDescription.internal_error, e);
    }

    /** The part of a client. */
    private final class Decapsulation implements TlsAgreement {
        private @Nullable PrivateKey key;
        private @Nullable TlsSecret secret;

        @Override
        public byte[] generateEphemeral() throws IOException {
            try {
                KeyPair pair = parameters.generateKeyPair(random);
                key = pair.getPrivate();
                return parameters.keys().bytes(pair.getPublic());
            } catch (GeneralSecurityException e) {
                throw defect(e);
            }
        }

        /** A ciphertext that was changed gives another secret, and the Finished of the server fails (FIPS 203 6.3). */
        @Override
        public void receivePeerValue(byte[] ciphertext) throws IOException {
            requireLength(ciphertext, parameters.ciphertextLength(), "a ciphertext");
            try {
                secret = crypto.take(parameters
                        .mechanism()
                        .newDecapsulator(key)
                        .decapsulate(ciphertext)
                        .getEncoded());
                key = null;
            } catch (GeneralSecurityException e) {
                throw defect(e);
            }
        }

        @Override
        public @Nullable TlsSecret calculateSecret() {
            return secret;
        }
    }

    /** The part of a server. */
    private final class Encapsulation implements TlsAgreement {
        private @Nullable PublicKey key;
        private @Nullable TlsSecret secret;

        @Override
        public void receivePeerValue(byte[] encapsulationKey) throws IOException {
            requireLength(encapsulationKey, parameters.keys().length(), "an encapsulation key");
            try {
                key = parameters.publicKey(encapsulationKey);
            } catch (InvalidKeySpecException e) {
                throw refused();
            } catch (GeneralSecurityException e) {
                throw defect(e);
            }
        }

        /** Providers check the coefficients when they decode the key, or here. */
        @Override
        public byte[] generateEphemeral() throws IOException {
            try {
                KEM.Encapsulated encapsulated =
                        parameters.mechanism().newEncapsulator(key, random).encapsulate();
                secret = crypto.take(encapsulated.key().getEncoded());
                return encapsulated.encapsulation();
            } catch (InvalidKeyException e) {
                throw refused();
            } catch (GeneralSecurityException e) {
                throw defect(e);
            }
        }

        private IOException refused() {
            return FatalAlerts.alert(Code.ERR_SSL_ILLEGAL_PARAMETER.failure(
                    "group: the client sent an encapsulation key of %s with a coefficient that is not below 3329 (FIPS 203 7.2)",
                    parameters.algorithm()));
        }

        @Override
        public @Nullable TlsSecret calculateSecret() {
            return secret;
        }
    }
}
