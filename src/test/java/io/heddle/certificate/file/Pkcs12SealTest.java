package io.heddle.certificate.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.heddle.certificate.Identity;
import io.heddle.certificate.TestPki;
import io.heddle.failure.InvalidOption;
import io.heddle.interop.Node;
import io.heddle.interop.Openssl;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.module.ModuleDescriptor.Version;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.pkcs.ContentInfo;
import org.bouncycastle.asn1.pkcs.EncryptedPrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.MacData;
import org.bouncycastle.asn1.pkcs.PBKDF2Params;
import org.bouncycastle.asn1.pkcs.PBMAC1Params;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.Pfx;
import org.bouncycastle.asn1.pkcs.SafeBag;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.DigestInfo;
import org.bouncycastle.jcajce.PKCS12StoreParameter;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** PKCS#12 without a MAC and with PBMAC1 (RFC 9579), as openssl, the JDK and BouncyCastle write it. */
@Tag("node")
class Pkcs12SealTest {
    private static final String PASSPHRASE = "schlüssel 鍵";
    private static final String PASSPHRASE_ASCII = "changeit";
    private static final AlgorithmIdentifier SHA256 =
            new AlgorithmIdentifier(PKCSObjectIdentifiers.id_hmacWithSHA256, DERNull.INSTANCE);

    @TempDir
    Path directory;

    private final Identity ec = TestPki.server("a.example");

    @Tag("interop")
    @ParameterizedTest
    @ValueSource(
            strings = {
                "-nomac",
                "-nomac -legacy",
                "-nomac -certpbe PBE-SHA1-3DES -keypbe PBE-SHA1-3DES",
                "-nomac -certpbe NONE -keypbe AES-256-CBC",
                "-nomac -certpbe NONE -keypbe NONE"
            })
    void reads_what_openssl_writes_without_a_mac(String how) throws IOException {
        for (String passphrase : List.of(PASSPHRASE, "")) {
            Path file = openssl(how, passphrase);
            byte[] content = Files.readAllBytes(file);

            assertRead(content, passphrase);
            if (how.endsWith("-keypbe NONE")) {
                assertRead(content, "superfluous");
            } else {
                assertThatExceptionOfType(InvalidOption.class)
                        .isThrownBy(() -> Pkcs12.read("pfx", content, "wrong".toCharArray()))
                        .withMessage(
                                "pfx: the passphrase does not open it, or it is damaged (bad decrypt, there is no MAC)")
                        .satisfies(e -> assertThat(e.code()).isEqualTo("ERR_OSSL_BAD_DECRYPT"));
            }
            // Without a passphrase Node has no bytes at all, where openssl has written with the two of an empty one.
            if (passphrase.isEmpty() && !how.contains("legacy") && !how.contains("3DES")) {
                Node.run(
                                "require('tls').createSecureContext({ pfx: require('fs').readFileSync(process.argv[2]) })",
                                file.toString())
                        .succeeded();
            }
        }
    }

    @Tag("interop")
    @Test
    void reads_pbmac1_of_openssl_where_it_writes_it() throws IOException {
        boolean writes = Openssl.release().compareTo(Version.parse("3.4")) >= 0;
        for (String how : List.of(
                "-pbmac1_pbkdf2",
                "-pbmac1_pbkdf2 -pbmac1_pbkdf2_md sha512 -macalg SHA384 -iter 5000",
                "-pbmac1_pbkdf2 -pbmac1_pbkdf2_md sha1 -macalg SHA512")) {
            for (String passphrase : writes ? List.of(PASSPHRASE, "") : List.<String>of()) {
                byte[] content = Files.readAllBytes(openssl(how, passphrase));
                assertRead(content, passphrase);
                assertMacFailure(content, "wrong");
            }
        }
        System.out.println("PBMAC1 of openssl " + Openssl.release() + ": " + (writes ? "read" : "it writes none"));
    }

    @ParameterizedTest
    @CsvSource({"NONE, NONE", "NONE, PBEWithHmacSHA256AndAES_256", "NONE, PBEWithSHA1AndDESede"})
    void reads_what_the_jdk_writes_without_a_mac(String mac, String encryption) throws Exception {
        byte[] content = jdk(mac, encryption);

        assertRead(content, PASSPHRASE_ASCII);
    }

    /** Java 25 makes a form of its own of the same name, with the identifier of an HMAC where that of a digest belongs. */
    @Test
    void reads_pbmac1_of_the_jdk_where_it_writes_it() throws Exception {
        byte[] written = jdk("PBEWithHmacSHA256", "PBEWithHmacSHA256AndAES_256");
        String algorithm = Pfx.getInstance(written)
                .getMacData()
                .getMac()
                .getAlgorithmId()
                .getAlgorithm()
                .getId();
        boolean standard = algorithm.equals(PKCSObjectIdentifiers.id_PBMAC1.getId());
        if (standard) {
            assertRead(written, PASSPHRASE_ASCII);
            assertMacFailure(written, "wrong");
        } else {
            refused(written, "a MAC with the digest " + algorithm);
        }
        System.out.println("PBMAC1 of the JDK " + Runtime.version() + ": " + (standard ? "read" : "it writes none"));
    }

    private byte[] jdk(String mac, String encryption) throws Exception {
        var names = Map.of(
                "keystore.pkcs12.macAlgorithm", mac,
                "keystore.pkcs12.certProtectionAlgorithm", encryption,
                "keystore.pkcs12.keyProtectionAlgorithm",
                        encryption.equals("NONE") ? "PBEWithHmacSHA256AndAES_128" : encryption);
        names.forEach(System::setProperty);
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry(
                    "key", ec.key(), PASSPHRASE_ASCII.toCharArray(), ec.chain().toArray(Certificate[]::new));
            var out = new ByteArrayOutputStream();
            store.store(out, PASSPHRASE_ASCII.toCharArray());
            return out.toByteArray();
        } finally {
            names.keySet().forEach(System::clearProperty);
        }
    }

    @Test
    void reads_pbmac1_of_bouncycastle_and_notices_each_change() throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12-PBMAC1", new BouncyCastleProvider());
        store.load(null, null);
        store.setKeyEntry("key", ec.key(), new char[0], ec.chain().toArray(Certificate[]::new));
        var out = new ByteArrayOutputStream();
        store.store(new PKCS12StoreParameter(out, PASSPHRASE.toCharArray()));
        byte[] content = out.toByteArray();

        assertRead(content, PASSPHRASE);
        assertMacFailure(content, "wrong");
        assertMacFailure(content, "");
        content[content.length / 2] ^= 1;
        assertMacFailure(content, PASSPHRASE);
    }

    @Test
    void bounds_the_parameters_of_pbmac1() throws Exception {
        refused(pbmac1(32, 10_000_001), "an iteration count of 10000001, 1 to 10000000 are accepted");
        refused(pbmac1(64, 5_000_001), "more than 10000000 iterations in the whole file");
        refused(pbmac1(19, 1), "PBMAC1 with a key of 19 bytes, 20 to 512 are accepted");
        refused(pbmac1(513, 1), "PBMAC1 with a key of 513 bytes, 20 to 512 are accepted");
        refused(pbmac1(Integer.MAX_VALUE, 1), "PBMAC1 with a key of 2147483647 bytes, 20 to 512 are accepted");
        refused(sealed(new PBKDF2Params(new byte[8], 1, SHA256)), "PBMAC1 without the length of its key");
        refused(
                sealed(new PBKDF2Params(new byte[1025], 1, 32, SHA256)),
                "a salt of 1025 bytes, at most 1024 are accepted");
    }

    /** Each bag for itself is within the bound. */
    @Test
    void one_budget_of_iterations_is_for_the_whole_file() throws Exception {
        EncryptedPrivateKeyInfo bag = EncryptedPrivateKeyInfo.getInstance(
                EncryptedKeys.pbes2("PBEWithHmacSHA256AndAES_128", ec.key(), PASSPHRASE_ASCII, 100_000));
        var bags = new ASN1EncodableVector();
        for (int i = 0; i < 101; i++) {
            bags.add(new SafeBag(PKCSObjectIdentifiers.pkcs8ShroudedKeyBag, bag));
        }
        byte[] safe = new DERSequence(new ContentInfo(
                        PKCSObjectIdentifiers.data, new DEROctetString(new DERSequence(bags).getEncoded())))
                .getEncoded();

        assertThatExceptionOfType(InvalidOption.class)
                .isThrownBy(() ->
                        Pkcs12.read("pfx", TestPkcs12.sealed(safe, PASSPHRASE_ASCII), PASSPHRASE_ASCII.toCharArray()))
                .withMessage(
                        "pfx: uses more than 10000000 iterations in the whole file, which is not supported (unsupported PKCS12 PFX data)");
    }

    @Test
    void reads_nested_bags_but_not_without_end() throws Exception {
        assertThat(Pkcs12.read("pfx", nested(7), new char[0]).identity().key()).isEqualTo(ec.key());
        assertThatExceptionOfType(InvalidOption.class)
                .isThrownBy(() -> Pkcs12.read("pfx", nested(8), new char[0]))
                .withMessage(
                        "pfx: uses more than 10000 entries or 8 levels of them, which is not supported (unsupported PKCS12 PFX data)");
    }

    private byte[] nested(int levels) throws Exception {
        DERSequence contents = TestPkcs12.bags(ec.key(), ec.chain());
        for (int i = 0; i < levels; i++) {
            contents = new DERSequence(new SafeBag(PKCSObjectIdentifiers.safeContentsBag, contents));
        }
        var data = new ContentInfo(PKCSObjectIdentifiers.data, new DEROctetString(contents.getEncoded()));
        var safe = new ContentInfo(PKCSObjectIdentifiers.data, new DEROctetString(new DERSequence(data).getEncoded()));
        return new Pfx(safe, null).getEncoded();
    }

    private static byte[] pbmac1(int keyBytes, int iterations) throws IOException {
        return sealed(new PBKDF2Params(new byte[8], iterations, keyBytes, SHA256));
    }

    /** The MAC itself is wrong; nothing may come that far. */
    private static byte[] sealed(PBKDF2Params derivation) throws IOException {
        var algorithm = new AlgorithmIdentifier(
                PKCSObjectIdentifiers.id_PBMAC1,
                new PBMAC1Params(new AlgorithmIdentifier(PKCSObjectIdentifiers.id_PBKDF2, derivation), SHA256));
        var content = new ContentInfo(PKCSObjectIdentifiers.data, new DEROctetString(new DERSequence().getEncoded()));
        return new Pfx(content, new MacData(new DigestInfo(algorithm, new byte[32]), new byte[8], 1)).getEncoded();
    }

    private static void refused(byte[] content, String message) {
        assertThatExceptionOfType(InvalidOption.class)
                .isThrownBy(() -> Pkcs12.read("pfx", content, "x".toCharArray()))
                .withMessage("pfx: uses %s, which is not supported (unsupported PKCS12 PFX data)".formatted(message))
                .satisfies(e -> assertThat(e.code()).isEqualTo("ERR_CRYPTO_UNSUPPORTED_OPERATION"));
    }

    private void assertRead(byte[] content, String passphrase) {
        Pkcs12 read = Pkcs12.read("pfx", content, passphrase.toCharArray());
        assertThat(read.identity().key()).isEqualTo(ec.key());
        assertThat(read.identity().leaf()).isEqualTo(ec.leaf());
    }

    private static void assertMacFailure(byte[] content, String passphrase) {
        assertThatExceptionOfType(InvalidOption.class)
                .isThrownBy(() -> Pkcs12.read("pfx", content, passphrase.toCharArray()))
                .withMessage("pfx: the passphrase does not open it, or it is damaged (mac verify failure)")
                .satisfies(e -> assertThat(e.code()).isEqualTo("ERR_OSSL_PKCS12_MAC_VERIFY_FAILURE"));
    }

    private Path openssl(String how, String passphrase) throws IOException {
        Path out = directory.resolve("p12");
        Path key = Files.writeString(directory.resolve("key"), TestPki.pem(ec.key()));
        Path leaf = Files.writeString(directory.resolve("leaf"), TestPki.pem(ec.chain()));
        String command = "pkcs12 -export -inkey " + key + " -in " + leaf + " -out " + out + " " + how;
        Openssl.run(Stream.concat(Stream.of(command.split(" ")), Stream.of("-passout", "pass:" + passphrase))
                        .toArray(String[]::new))
                .succeeded();
        return out;
    }
}
