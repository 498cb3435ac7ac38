package io.heddle.bench;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.Security;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.util.concurrent.TimeUnit;
import javax.crypto.KeyAgreement;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.conscrypt.Conscrypt;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The public-key operations of a handshake, by each provider; one that lacks an operation has no figure. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@SuppressWarnings("NullAway.Init") // JMH calls the methods with @Setup first
public class PrimitiveJmh {
    private static final byte[] CONTENT = new byte[130];

    /** A provider by its name in the report. */
    static Provider provider(String name, String type, String algorithm) throws GeneralSecurityException {
        return switch (name) {
            case "JDK" -> jdk(type, algorithm);
            case "ACCP" -> Peer.accp().orElseThrow(() -> new NoSuchAlgorithmException(name));
            case "Conscrypt" -> Conscrypt.newProvider();
            case "BouncyCastle" -> new BouncyCastleProvider();
            default -> throw new NoSuchAlgorithmException(name);
        };
    }

    private static Provider jdk(String type, String algorithm) throws NoSuchAlgorithmException {
        for (Provider provider : Security.getProviders()) {
            if (provider.getService(type, algorithm) != null) {
                return provider;
            }
        }
        throw new NoSuchAlgorithmException(algorithm);
    }

    /** A key agreement, with two pairs of keys. */
    @State(Scope.Thread)
    public abstract static class Agreement {
        @Param({"JDK", "ACCP", "Conscrypt", "BouncyCastle"})
        public String provider = "";

        private final String keys;
        private final String agreement;
        private KeyPairGenerator generator;
        private KeyPair own;
        private KeyPair peer;
        private KeyAgreement agreeing;

        Agreement(String keys, String agreement) {
            this.keys = keys;
            this.agreement = agreement;
        }

        @Setup
        public void start() throws GeneralSecurityException {
            generator = KeyPairGenerator.getInstance(keys, provider(provider, "KeyPairGenerator", keys));
            if (keys.equals("EC")) {
                generator.initialize(new ECGenParameterSpec("secp256r1"));
            }
            own = generator.generateKeyPair();
            peer = generator.generateKeyPair();
            agreeing = KeyAgreement.getInstance(agreement, provider(provider, "KeyAgreement", agreement));
            agree();
        }

        KeyPair generate() {
            return generator.generateKeyPair();
        }

        byte[] agree() throws GeneralSecurityException {
            agreeing.init(own.getPrivate());
            agreeing.doPhase(peer.getPublic(), true);
            return agreeing.generateSecret();
        }
    }

    /** ECDH on P-256. */
    public static class P256 extends Agreement {
        public P256() {
            super("EC", "ECDH");
        }
    }

    /** X25519. */
    public static class X25519 extends Agreement {
        public X25519() {
            super("X25519", "X25519");
        }
    }

    /** A signature and its key. */
    @State(Scope.Thread)
    public abstract static class Signing {
        @Param({"JDK", "ACCP", "Conscrypt", "BouncyCastle"})
        public String provider = "";

        private final String keys;
        private final String algorithm;
        private KeyPair pair;
        private Signature signer;
        private Signature verifier;
        private byte[] signature;

        Signing(String keys, String algorithm) {
            this.keys = keys;
            this.algorithm = algorithm;
        }

        @Setup
        public void start() throws GeneralSecurityException {
            Provider found = provider(provider, "Signature", algorithm);
            KeyPairGenerator generator =
                    KeyPairGenerator.getInstance(keys, provider(provider, "KeyPairGenerator", keys));
            generator.initialize(keys.equals("EC") ? 256 : 2048);
            pair = generator.generateKeyPair();
            signer = Signature.getInstance(algorithm, found);
            verifier = Signature.getInstance(algorithm, found);
            signature = sign();
            if (!verify()) {
                throw new GeneralSecurityException("a signature is wrong");
            }
        }

        byte[] sign() throws GeneralSecurityException {
            signer.initSign(pair.getPrivate());
            signer.update(CONTENT);
            return signer.sign();
        }

        boolean verify() throws GeneralSecurityException {
            verifier.initVerify(pair.getPublic());
            verifier.update(CONTENT);
            return verifier.verify(signature);
        }
    }

    /** ECDSA on P-256. */
    public static class Ecdsa extends Signing {
        public Ecdsa() {
            super("EC", "SHA256withECDSA");
        }
    }

    /** RSA with 2048 bits. */
    public static class Rsa extends Signing {
        public Rsa() {
            super("RSA", "SHA256withRSA");
        }
    }

    @Benchmark
    public KeyPair p256_key_pair(P256 state) {
        return state.generate();
    }

    @Benchmark
    public byte[] p256_agreement(P256 state) throws GeneralSecurityException {
        return state.agree();
    }

    @Benchmark
    public KeyPair x25519_key_pair(X25519 state) {
        return state.generate();
    }

    @Benchmark
    public byte[] x25519_agreement(X25519 state) throws GeneralSecurityException {
        return state.agree();
    }

    @Benchmark
    public byte[] ecdsa_p256_sign(Ecdsa state) throws GeneralSecurityException {
        return state.sign();
    }

    @Benchmark
    public boolean ecdsa_p256_verify(Ecdsa state) throws GeneralSecurityException {
        return state.verify();
    }

    @Benchmark
    public byte[] rsa_2048_sign(Rsa state) throws GeneralSecurityException {
        return state.sign();
    }

    @Benchmark
    public boolean rsa_2048_verify(Rsa state) throws GeneralSecurityException {
        return state.verify();
    }
}
