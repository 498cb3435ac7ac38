package io.heddle.engine.crypto;

import io.heddle.cipher.Group;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.provider.Algorithm;
import io.heddle.provider.FallbackProvider;
import io.heddle.provider.ObjectPool;
import io.heddle.provider.ProviderTable;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Security;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.NamedParameterSpec;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import javax.crypto.KeyAgreement;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.crypto.TlsAgreement;
import org.bouncycastle.tls.crypto.TlsECDomain;
import org.bouncycastle.tls.crypto.TlsSecret;
import org.jspecify.annotations.Nullable;

/**
 * Key agreement on a curve of RFC 8446 4.2.8.2: P-256, P-384, P-521, X25519 and X448.
 *
 * <p>The peer's point goes to the provider as it came. That the provider refuses a point beside the curve is tried before
 * it is used at all, so that the check is made once for each point: bctls 1.84 makes it in Java, and providers repeat it.
 *
 * <p>Thread-safe.
 */
final class Curve implements TlsECDomain {
    private static final byte UNCOMPRESSED = 4;

    /** The providers that were tried, by group. */
    private static final Map<Group, Provider> PROVIDERS = new ConcurrentHashMap<>();

    private final Form form;
    private final Provider provider;
    private final ProviderCrypto crypto;
    private final SecureRandom random;
    private final ObjectPool<KeyPairGenerator> generators = new ObjectPool<>();
    private final ObjectPool<KeyFactory> factories = new ObjectPool<>();

    private Curve(Form form, Provider provider, ProviderCrypto crypto, SecureRandom random) {
        this.form = form;
        this.provider = provider;
        this.crypto = crypto;
        this.random = random;
    }

    /** Returns whether a group is a curve of this class. */
    static boolean has(Group group) {
        return switch (group) {
            case P_256, P_384, P_521, X25519, X448 -> true;
            default -> false;
        };
    }

    /** Returns the curve of a group on the provider of its family, or on the first other one that works. */
    static Curve of(Group group, ProviderCrypto crypto, SecureRandom random) {
        Provider provider = PROVIDERS.get(group);
        if (provider == null) {
            provider = search(group, crypto, random);
            PROVIDERS.put(group, provider);
        }
        return new Curve(Form.of(group), provider, crypto, random);
    }

    private static Provider search(Group group, ProviderCrypto crypto, SecureRandom random) {
        Algorithm family = group == Group.X25519 ? Algorithm.X25519 : Algorithm.EC;
        return Stream.of(
                        Stream.of(ProviderTable.get().provider(family)),
                        Arrays.stream(Security.getProviders()),
                        Stream.of(FallbackProvider.get()))
                .flatMap(providers -> providers)
                .filter(provider -> on(group, provider, crypto, random).isPresent())
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no provider has " + group.opensslName()));
    }

    /** Returns the curve of a group on a provider; empty if that lacks it, or takes points that are not valid. */
    static Optional<Curve> on(Group group, Provider provider, ProviderCrypto crypto, SecureRandom random) {
        Curve curve = new Curve(Form.of(group), provider, crypto, random);
        return curve.works() ? Optional.of(curve) : Optional.empty();
    }

    /**
     * The algorithms of a curve under their names of JCA.
     *
     * @param keys the encoding of public keys
     */
    private record Form(
            Group group, String algorithm, String agreement, AlgorithmParameterSpec parameters, PublicKeyForm keys) {
        static Form of(Group group) {
            return switch (group) {
                case P_256 -> prime(group, SECObjectIdentifiers.secp256r1, 32);
                case P_384 -> prime(group, SECObjectIdentifiers.secp384r1, 48);
                case P_521 -> prime(group, SECObjectIdentifiers.secp521r1, 66);
                case X25519 -> montgomery(group, EdECObjectIdentifiers.id_X25519, NamedParameterSpec.X25519, 32);
                case X448 -> montgomery(group, EdECObjectIdentifiers.id_X448, NamedParameterSpec.X448, 56);
                default -> throw new IllegalArgumentException(group + " is no curve of TLS 1.3");
            };
        }

        private static Form prime(Group group, ASN1ObjectIdentifier curve, int field) {
            return new Form(
                    group,
                    "EC",
                    "ECDH",
                    new ECGenParameterSpec(group.standardName()),
                    PublicKeyForm.of(
                            new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, curve), 1 + 2 * field));
        }

        private static Form montgomery(
                Group group, ASN1ObjectIdentifier id, AlgorithmParameterSpec parameters, int length) {
            return new Form(group, "XDH", "XDH", parameters, PublicKeyForm.of(new AlgorithmIdentifier(id), length));
        }

        boolean isPrime() {
            return agreement.equals("ECDH");
        }
    }

    /** Returns whether the provider has the curve, agrees on a secret and refuses a point that is not valid. */
    private boolean works() {
        try {
            KeyPair pair = generateKeyPair();
            byte[] point = form.keys.bytes(pair.getPublic());
            if (agree(pair.getPrivate(), publicKey(point)).length == 0) {
                return false;
            }
            byte[] invalid = point.clone();
            if (form.isPrime()) {
                invalid[invalid.length - 1] ^= 1;
            } else {
                Arrays.fill(invalid, (byte) 0);
            }
            return refuses(pair.getPrivate(), invalid);
        } catch (GeneralSecurityException | RuntimeException missing) {
            return false;
        }
    }

    private boolean refuses(PrivateKey key, byte[] point) throws GeneralSecurityException {
        try {
            byte[] secret = agree(key, publicKey(point));
            return !form.isPrime() && isZero(secret);
        } catch (InvalidKeyException | InvalidKeySpecException expected) {
            return true;
        }
    }

    private static boolean isZero(byte[] secret) {
        int bits = 0;
        for (byte b : secret) {
            bits |= b;
        }
        return bits == 0;
    }

    private KeyPair generateKeyPair() throws GeneralSecurityException {
        KeyPairGenerator generator = generators.take();
        if (generator == null) {
            generator = generator();
        }
        KeyPair pair = generator.generateKeyPair();
        generators.give(generator);
        return pair;
    }

    private KeyPairGenerator generator() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(form.algorithm, provider);
        try {
            generator.initialize(form.parameters, random);
        } catch (InvalidAlgorithmParameterException e) {
            // Conscrypt 2.9 has X25519 alone under this name, without parameters; the encoding of each key shows its
            // curve.
            if (form.isPrime()) {
                throw e;
            }
        }
        return generator;
    }

    private PublicKey publicKey(byte[] point) throws GeneralSecurityException {
        KeyFactory factory = factories.take();
        if (factory == null) {
            factory = KeyFactory.getInstance(form.algorithm, provider);
        }
        PublicKey key = factory.generatePublic(form.keys.spec(point));
        factories.give(factory);
        return key;
    }

    private byte[] agree(PrivateKey own, PublicKey peer) throws GeneralSecurityException {
        // Not pooled: the object keeps the ephemeral key.
        KeyAgreement agreement = KeyAgreement.getInstance(form.agreement, provider);
        agreement.init(own);
        agreement.doPhase(peer, true);
        return agreement.generateSecret();
    }

    @Override
    public TlsAgreement createECDH() {
        return new Agreement();
    }

    /** RFC 8446 4.2.8.2, RFC 8422 5.4.1. bctls 1.84 takes every form of X9.62 in a key_share of TLS 1.3. */
    static void requireUncompressed(byte[] point, String group) throws IOException {
        if (point.length > 0 && point[0] != UNCOMPRESSED) {
            throw FatalAlerts.alert(Code.ERR_SSL_ILLEGAL_PARAMETER.failure(
                    "group: the peer sent a point of %s in the form %d, the uncompressed form (4) alone is allowed",
                    group, point[0] & 0xff));
        }
    }

    private IOException refused(String reason) {
        return FatalAlerts.alert(Code.ERR_SSL_ILLEGAL_PARAMETER.failure(
                "group: the peer sent a public key of %s %s", form.group.opensslName(), reason));
    }

    /** One agreement, of a client or a server. */
    private final class Agreement implements TlsAgreement {
        private @Nullable PrivateKey own;
        private @Nullable PublicKey peer;

        @Override
        public byte[] generateEphemeral() throws IOException {
            try {
                KeyPair pair = generateKeyPair();
                own = pair.getPrivate();
                return form.keys.bytes(pair.getPublic());
            } catch (GeneralSecurityException e) {
                throw new TlsFatalAlert(AlertDescription.internal_error, e);
            }
        }

        @Override
        public void receivePeerValue(byte[] point) throws IOException {
            if (form.isPrime()) {
                requireUncompressed(point, form.group.opensslName());
            }
            if (point.length != form.keys.length()) {
                throw refused("with %d bytes, %d are required".formatted(point.length, form.keys.length()));
            }
            try {
                peer = publicKey(point);
            } catch (InvalidKeySpecException e) {
                throw refused("that is not on the curve");
            } catch (GeneralSecurityException e) {
                throw new TlsFatalAlert(AlertDescription.internal_error, e);
            }
        }

        /** RFC 7748 6.1: a point of small order makes a secret of zeros, some providers refuse it themselves. */
        @Override
        public TlsSecret calculateSecret() throws IOException {
            PrivateKey key = own;
            PublicKey received = peer;
            if (key == null || received == null) {
                throw new TlsFatalAlert(AlertDescription.internal_error);
            }
            try {
                byte[] secret = agree(key, received);
                own = null;
                if (!form.isPrime() && isZero(secret)) {
                    throw refused("of small order");
                }
                return new HandshakeSecret(crypto, secret);
            } catch (InvalidKeyException e) {
                throw refused(form.isPrime() ? "that is not on the curve" : "of small order");
            } catch (GeneralSecurityException e) {
                throw new TlsFatalAlert(AlertDescription.internal_error, e);
            }
        }
    }
}
