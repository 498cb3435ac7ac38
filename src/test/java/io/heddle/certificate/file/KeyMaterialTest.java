package io.heddle.certificate.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.heddle.certificate.Identity;
import io.heddle.certificate.TestPki;
import io.heddle.certificate.path.ChainVerifier;
import io.heddle.certificate.path.TrustStore;
import io.heddle.certificate.x509.Purpose;
import io.heddle.failure.InvalidOption;
import java.nio.charset.StandardCharsets;
import java.security.PrivateKey;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys, identities and PKCS#12; what openssl writes is read in {@link OpenSslKeyMaterialTest}. */
class KeyMaterialTest {
    @ParameterizedTest
    @EnumSource(
            value = TestPki.Key.class,
            names = {"RSA_512"},
            mode = EnumSource.Mode.EXCLUDE)
    void reads_back_a_key_of_each_kind_and_pairs_it_with_its_certificate_alone(TestPki.Key kind) {
        Identity made = TestPki.certificate("CN=a").key(kind, 1).selfSigned();
        Identity stranger = TestPki.certificate("CN=b").key(kind, 2).selfSigned();

        var key = PrivateKeyReader.read("key", ascii(TestPki.pem(made.key())));
        var chain = CertificateReader.read("cert", TestPki.pem(made.chain()));

        assertThat(new Identity(key, chain).keyType()).isEqualTo(made.keyType());
        assertThat(Identity.matches(key, stranger.leaf())).isFalse();
        refused("ERR_OSSL_X509_KEY_VALUES_MISMATCH", () -> new Identity(key, stranger.chain()));
    }

    @Test
    void names_both_when_a_key_does_not_belong() {
        Identity ec = TestPki.server("a.example");
        Identity rsa = TestPki.server(TestPki.Key.RSA_2048, "b.example");

        assertThatExceptionOfType(InvalidOption.class)
                .isThrownBy(() -> new Identity(rsa.key(), ec.chain()))
                .withMessage(
                        "key: the private key (RSA 2048) does not belong to the certificate of \"CN=a.example\" (EC 256) (key values mismatch)");
    }

    @Test
    void refuses_an_identity_without_certificate_or_with_a_tiny_key() {
        Identity made = TestPki.server("a.example");
        assertThat(made).hasToString("Identity[\"CN=a.example\", EC, 1 certificates]");
        assertThatExceptionOfType(InvalidOption.class)
                .isThrownBy(() -> new Identity(made.key(), List.of()))
                .withMessage("cert: a private key is given without a certificate");

        var tiny = TestPki.certificate("CN=tiny").key(TestPki.Key.RSA_512, 1).certificateSelfSigned();
        assertThatExceptionOfType(InvalidOption.class)
                .isThrownBy(() -> new Identity(TestPki.Key.RSA_512.pair(1).getPrivate(), List.of(tiny)).requireLevel(1))
                .withMessage(
                        "cert: the key of \"CN=tiny\" (RSA 512) is too weak for security level 1 (ee key too small)");
    }

    @Test
    void an_opaque_key_that_cannot_sign_does_not_belong() {
        PrivateKey silent = new PrivateKey() {
            private static final long serialVersionUID = 1L;

            @Override
            public String getAlgorithm() {
                return "EC";
            }

            @Override
            public String getFormat() {
                return "none";
            }

            @Override
            public byte[] getEncoded() {
                return new byte[0];
            }
        };

        assertThat(Identity.matches(silent, TestPki.server("a.example").leaf())).isFalse();
    }

    @DisplayName("PFX-02: the passphrase of a key")
    @ParameterizedTest
    @ValueSource(
            strings = {
                "PBEWithHmacSHA1AndAES_128",
                "PBEWithHmacSHA224AndAES_128",
                "PBEWithHmacSHA256AndAES_256",
                "PBEWithHmacSHA384AndAES_256",
                "PBEWithHmacSHA512AndAES_256"
            })
    void opens_what_the_jdk_encrypts_with_the_passphrase_alone(String algorithm) throws Exception {
        PrivateKey key = TestPki.Key.P256.pair(1).getPrivate();
        String pem = Pem.write("ENCRYPTED PRIVATE KEY", EncryptedKeys.pbes2(algorithm, key, "password", 100));

        assertThat(PrivateKeyReader.read("key", pem, "password".toCharArray())).isEqualTo(key);
        assertThat(PrivateKeyReader.read("key", TestPki.pem(key), "superfluous".toCharArray()))
                .isEqualTo(key);
        assertThatExceptionOfType(InvalidOption.class)
                .isThrownBy(() -> PrivateKeyReader.read("key", pem, "invalid".toCharArray()))
                .withMessage("key: the passphrase does not open the encrypted key (bad decrypt)");
        assertThatExceptionOfType(InvalidOption.class)
                .isThrownBy(() -> PrivateKeyReader.read("key", ascii(pem)))
                .withMessage("key: the key is encrypted and no passphrase was given (bad decrypt)");
        refused("ERR_OSSL_BAD_DECRYPT", () -> PrivateKeyReader.read("key", pem, "invalid".toCharArray()));
    }

    @Test
    void refuses_a_key_that_would_take_minutes_to_open() throws Exception {
        byte[] key = EncryptedKeys.pbes2(
                "PBEWithHmacSHA256AndAES_256", TestPki.Key.P256.pair(1).getPrivate(), "password", 0x12345);
        int count = indexOf(key, new byte[] {2, 3, 1, 0x23, 0x45});
        key[count + 2] = (byte) 0xff; // a negative number

        assertThatExceptionOfType(InvalidOption.class)
                .isThrownBy(() -> PrivateKeyReader.read("key", key, "password".toCharArray()))
                .withMessageContaining("key: the key is encrypted with an iteration count of ")
                .withMessageEndingWith(", 1 to 10000000 are accepted, which is not supported");
    }

    @Test
    void refuses_what_is_no_key_or_of_another_kind() throws Exception {
        String none =
                "key: contains no private key, a block such as PRIVATE KEY, ENCRYPTED PRIVATE KEY, RSA PRIVATE KEY or EC PRIVATE KEY is needed";
        unsupported(TestPki.pem(TestPki.ca().chain()), none);
        unsupported("hello", "key: is not a private key in PEM or in one of the forms PKCS#8, PKCS#1 or SEC1");
        unsupported("", "key: is not a private key in PEM or in one of the forms PKCS#8, PKCS#1 or SEC1");
        unsupported(Pem.write("DSA PRIVATE KEY", new byte[0]), "key: a DSA PRIVATE KEY is not supported");
        var odd = new PrivateKeyInfo(new AlgorithmIdentifier(new ASN1ObjectIdentifier("1.2.3")), new ASN1Integer(1));
        unsupported(
                Pem.write("PRIVATE KEY", odd.getEncoded()),
                "key: a private key with algorithm 1.2.3 is not supported, RSA, RSASSA-PSS, EC, Ed25519, Ed448 and ML-DSA are");
        var broken = new PrivateKeyInfo(
                PrivateKeyInfo.getInstance(TestPki.ca().key().getEncoded()).getPrivateKeyAlgorithm(),
                new DEROctetString(new byte[3]));
        unsupported(
                Pem.write("PRIVATE KEY", broken.getEncoded()),
                "key: the EC key cannot be used: it is broken or of a size or curve that Java lacks");
    }

    @DisplayName("PFX-01, PFX-07, CC-03: what a PKCS#12 file holds, and that what is beside the leaf is to be trusted")
    @Test
    void reads_identity_and_further_certificates_from_pkcs12() {
        Identity made = TestPki.serverWithIntermediate("a.example");
        byte[] file = TestPkcs12.of(made, "sample");

        Pkcs12 read = Pkcs12.read("pfx", file, "sample".toCharArray());

        assertThat(read.identity().chain()).isEqualTo(made.chain());
        assertThat(read.identity().key()).isEqualTo(made.key());
        assertThat(read.others()).containsExactly(made.chain().get(1));
        TrustStore trusting = TrustStore.of(List.of()).plus(read.others()).allowPartialTrustChain(true);
        assertThat(ChainVerifier.verify(List.of(made.leaf()), trusting, Purpose.SERVER, TestPki.NOW)
                        .ok())
                .isTrue();
    }

    @Test
    void refuses_pkcs12_that_is_none_or_damaged() {
        byte[] file = TestPkcs12.of(TestPki.server("a.example"), "sample");
        assertThatExceptionOfType(InvalidOption.class)
                .isThrownBy(() -> Pkcs12.read("pfx \"a.p12\"", new byte[] {1, 2, 3}, new char[0]))
                .withMessage("pfx \"a.p12\": is not PKCS#12 (not enough data)");
        refused("ERR_OSSL_ASN1_NOT_ENOUGH_DATA", () -> Pkcs12.read("pfx", new byte[0], new char[0]));
        refused("ERR_OSSL_PKCS12_MAC_VERIFY_FAILURE", () -> Pkcs12.read("pfx", file, new char[0]));
        file[file.length / 2] ^= 1;
        refused("ERR_OSSL_PKCS12_MAC_VERIFY_FAILURE", () -> Pkcs12.read("pfx", file, "sample".toCharArray()));
    }

    @Test
    void refuses_pkcs12_whose_certificates_are_of_others() throws Exception {
        byte[] mixed = TestPkcs12.sealed(
                TestPkcs12.safe(
                        TestPki.Key.P256.pair(9).getPrivate(),
                        TestPki.client("b").chain()),
                "x");
        assertThatExceptionOfType(InvalidOption.class)
                .isThrownBy(() -> Pkcs12.read("pfx", mixed, "x".toCharArray()))
                .withMessage("pfx: none of its 1 certificates belongs to its private key");
    }

    private static int indexOf(byte[] bytes, byte[] part) {
        for (int i = 0; i + part.length <= bytes.length; i++) {
            if (Arrays.equals(bytes, i, i + part.length, part, 0, part.length)) {
                return i;
            }
        }
        throw new AssertionError("not found");
    }

    private static void unsupported(String content, String message) {
        assertThatExceptionOfType(InvalidOption.class)
                .isThrownBy(() -> PrivateKeyReader.read("key", ascii(content)))
                .withMessage(message)
                .satisfies(e -> assertThat(e.code()).isEqualTo("ERR_OSSL_UNSUPPORTED"));
    }

    private static void refused(String code, ThrowingCallable call) {
        assertThatExceptionOfType(InvalidOption.class)
                .isThrownBy(call)
                .satisfies(e -> assertThat(e.code()).isEqualTo(code));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
