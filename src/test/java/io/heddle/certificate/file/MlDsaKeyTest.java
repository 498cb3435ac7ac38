package io.heddle.certificate.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.heddle.certificate.Identity;
import io.heddle.certificate.TestPki;
import io.heddle.certificate.path.ChainVerifier;
import io.heddle.certificate.path.TrustStore;
import io.heddle.certificate.x509.MlDsa;
import io.heddle.certificate.x509.Purpose;
import io.heddle.failure.InvalidOption;
import io.heddle.protocol.KeyType;
import io.heddle.provider.FallbackProvider;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Private keys for ML-DSA in the forms of RFC 9881. The files are written by OpenSSL 3.5 for the seed of the RFC's
 * examples, the bytes 0 to 31.
 */
class MlDsaKeyTest {
    private static final char[] PASSPHRASE = "heddle".toCharArray();

    private static byte[] file(String name) {
        try (InputStream in = MlDsaKeyTest.class.getResourceAsStream("/vectors/mldsa/" + name)) {
            return Objects.requireNonNull(in, name).readAllBytes();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] der(String name) {
        return Pem.read(name, file(name)).getFirst().der();
    }

    private static List<X509Certificate> certificates(String set) {
        return CertificateReader.read("cert", new String(file(set + "-cert.pem"), StandardCharsets.US_ASCII));
    }

    static Stream<String> forms() {
        return Stream.concat(
                Stream.of("mldsa44", "mldsa65", "mldsa87")
                        .flatMap(set -> Stream.of("seed", "expanded", "both").map(form -> set + "-" + form)),
                Stream.of("mldsa44-bare-seed", "mldsa44-bare-expanded"));
    }

    @ParameterizedTest
    @MethodSource("forms")
    void reads_each_form_that_openssl_writes(String name) {
        String set = name.substring(0, "mldsa44".length());
        var identity = new Identity(PrivateKeyReader.read("key", file(name + ".pem")), certificates(set));
        assertThat(identity.keyType()).hasToString("ML_DSA_" + set.substring("mldsa".length()));
        assertThat(identity.key()).isEqualTo(PrivateKeyReader.read("key", der(set + "-both.pem")));
    }

    @Test
    void verifies_certificates_of_openssl() {
        for (String set : List.of("mldsa44", "mldsa65", "mldsa87")) {
            List<X509Certificate> chain = certificates(set);
            assertThat(ChainVerifier.verify(chain, TrustStore.of(chain), Purpose.SERVER, TestPki.NOW)
                            .problems())
                    .isEmpty();
        }
    }

    @Test
    void opens_encrypted_keys_and_pkcs12_files() {
        var key = PrivateKeyReader.read("key", file("mldsa44-encrypted.pem"), PASSPHRASE);
        assertThat(Identity.matches(key, certificates("mldsa44").getFirst())).isTrue();

        var pair = Pkcs12.read("pfx", file("mldsa44.p12"), PASSPHRASE);
        assertThat(pair.identity().keyType()).isEqualTo(KeyType.ML_DSA_44);
    }

    private static byte[] pkcs8(org.bouncycastle.asn1.ASN1Encodable key) throws IOException {
        return new PrivateKeyInfo(new AlgorithmIdentifier(NISTObjectIdentifiers.id_ml_dsa_44), key).getEncoded();
    }

    private static byte[] ascending(int length) {
        byte[] bytes = new byte[length];
        IntStream.range(0, length).forEach(i -> bytes[i] = (byte) i);
        return bytes;
    }

    /** Returns the key of the files for ML-DSA-44, expanded. */
    private static byte[] expanded() throws IOException {
        return ((DEROctetString)
                        PrivateKeyInfo.getInstance(der("mldsa44-expanded.pem")).parsePrivateKey())
                .getOctets();
    }

    private static void refuses(String code, String message, byte[] key) {
        assertThatExceptionOfType(InvalidOption.class)
                .isThrownBy(() -> PrivateKeyReader.read("key", key))
                .withMessage(message)
                .returns(code, InvalidOption::code);
    }

    /** OpenSSL and Node have the same code. */
    @Test
    void refuses_a_seed_beside_the_expanded_key_of_another_seed() throws IOException {
        byte[] other = ascending(32);
        other[31] ^= 1;
        refuses(
                "ERR_OSSL_INVALID_KEY",
                "key: the seed and the expanded key of the ML-DSA key do not belong together (invalid key)",
                pkcs8(new DERSequence(new org.bouncycastle.asn1.ASN1Encodable[] {
                    new DEROctetString(other), new DEROctetString(expanded())
                })));
    }

    @Test
    void refuses_an_expanded_key_with_the_hash_of_another_public_key() throws IOException {
        byte[] damaged = expanded();
        damaged[64] ^= 1;
        refuses(
                "ERR_OSSL_INVALID_KEY",
                "key: the expanded ML-DSA key has a hash of another public key than its own (invalid key)",
                pkcs8(new DEROctetString(damaged)));
    }

    @Test
    void refuses_other_lengths_forms_and_parameters() throws IOException {
        String message =
                "key: the ML-DSA-44 key is broken or in none of the forms of RFC 9881: seed, expanded key or both";
        for (int length : new int[] {0, 31, 33, 2559, 2561, 4032}) {
            refuses("ERR_OSSL_UNSUPPORTED", message, pkcs8(new DEROctetString(ascending(length))));
            refuses(
                    "ERR_OSSL_UNSUPPORTED",
                    message,
                    pkcs8(new DERTaggedObject(false, 0, new DEROctetString(ascending(length)))));
        }
        var seed = new DEROctetString(ascending(32));
        refuses("ERR_OSSL_UNSUPPORTED", message, pkcs8(new DERTaggedObject(false, 1, seed)));
        refuses("ERR_OSSL_UNSUPPORTED", message, pkcs8(new DERSequence(seed)));
        refuses("ERR_OSSL_UNSUPPORTED", message, pkcs8(DERNull.INSTANCE));
        refuses(
                "ERR_OSSL_UNSUPPORTED",
                message,
                new PrivateKeyInfo(
                                new AlgorithmIdentifier(NISTObjectIdentifiers.id_ml_dsa_44, DERNull.INSTANCE),
                                new DERTaggedObject(false, 0, seed))
                        .getEncoded());
    }

    /**
     * Without the seed nothing in an expanded key depends on K (bytes 32 to 63), and an error in s2 and t0 (from byte
     * 512 on) makes some signatures fail.
     */
    private static boolean isUnchecked(String name, int at) {
        int inside = at - 28;
        return name.contains("expanded") && (inside >= 512 || (inside >= 32 && inside < 64));
    }

    @ParameterizedTest
    @ValueSource(strings = {"mldsa44-seed.pem", "mldsa44-expanded.pem", "mldsa44-both.pem"})
    void refuses_truncated_and_damaged_files(String name) throws GeneralSecurityException {
        byte[] whole = der(name);
        for (int length = 0; length < whole.length; length += length < 64 ? 1 : 97) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatExceptionOfType(InvalidOption.class).isThrownBy(() -> PrivateKeyReader.read("key", cut));
        }
        X509Certificate certificate = certificates("mldsa44").getFirst();
        long seed = Long.getLong("heddle.seed", System.nanoTime());
        var random = new Random(seed);
        for (int i = 0; i < 200; i++) {
            byte[] damaged = whole.clone();
            // Behind the version, which may be 1 as well.
            int bit = random.nextInt(8 * 7, 8 * damaged.length);
            if (isUnchecked(name, bit / 8)) {
                continue;
            }
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(belongs(damaged, certificate))
                    .as("bit %d of %s, seed %d", bit, name, seed)
                    .isFalse();
        }
    }

    private static boolean belongs(byte[] key, X509Certificate certificate) {
        try {
            return Identity.matches(PrivateKeyReader.read("key", key), certificate);
        } catch (InvalidOption refused) {
            return false;
        }
    }

    /** The keys of a program that uses BouncyCastle's provider, and of one that uses the JDK's. */
    @ParameterizedTest
    @ValueSource(strings = {"ML-DSA-44", "ML-DSA-65", "ML-DSA-87"})
    void keys_of_both_providers_sign(String algorithm) throws GeneralSecurityException {
        KeyPair bouncyCastles =
                KeyPairGenerator.getInstance(algorithm, FallbackProvider.get()).generateKeyPair();
        KeyPair installed = FallbackProvider.find(
                        algorithm, KeyPairGenerator::getInstance, KeyPairGenerator::getInstance)
                .generateKeyPair();
        for (KeyPair pair : List.of(bouncyCastles, installed)) {
            byte[] content = ascending(100);
            var signer = MlDsa.signer(pair.getPrivate());
            signer.update(content);
            var verifier = MlDsa.verifier(pair.getPublic());
            verifier.update(content);
            assertThat(verifier.verify(signer.sign())).isTrue();
            assertThat(KeyType.of(pair.getPublic()).name().replace('_', '-')).isEqualTo(algorithm);
        }
    }

    /** RFC 9881 section 2: the identifier has no parameters. */
    @Test
    void a_public_key_with_parameters_is_none_for_ml_dsa() throws Exception {
        byte[] plain = certificates("mldsa44").getFirst().getPublicKey().getEncoded();
        var info = SubjectPublicKeyInfo.getInstance(plain);
        byte[] encoded = new SubjectPublicKeyInfo(
                        new AlgorithmIdentifier(NISTObjectIdentifiers.id_ml_dsa_44, DERNull.INSTANCE),
                        info.getPublicKeyData().getBytes())
                .getEncoded();
        PublicKey key = new PublicKey() {
            private static final long serialVersionUID = 1;

            @Override
            public String getAlgorithm() {
                return "ML-DSA";
            }

            @Override
            public String getFormat() {
                return "X.509";
            }

            @Override
            public byte[] getEncoded() {
                return new X509EncodedKeySpec(encoded).getEncoded();
            }
        };
        assertThat(KeyType.of(key)).isEqualTo(KeyType.UNKNOWN);
    }
}
