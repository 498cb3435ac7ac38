package io.heddle.certificate.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.certificate.CertificateInfo;
import io.heddle.certificate.Identity;
import io.heddle.certificate.OcspVerdict;
import io.heddle.certificate.TestOcsp;
import io.heddle.certificate.TestPki;
import io.heddle.certificate.ocsp.OcspVerifier;
import io.heddle.certificate.path.ChainVerifier;
import io.heddle.certificate.path.ServerIdentity;
import io.heddle.certificate.path.TrustStore;
import io.heddle.certificate.path.Verdict;
import io.heddle.certificate.x509.Purpose;
import io.heddle.failure.InvalidOption;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.asn1.x9.ECNamedCurveTable;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Damaged files and certificates: whatever the bytes, readers give a value or an {@link InvalidOption}, verification a verdict. */
@Tag("fuzz")
class ReaderFuzzTest {
    private static final long SEED = Long.getLong("heddle.fuzz.seed", System.nanoTime());
    private static final Duration TIME = Duration.ofSeconds(Long.getLong("heddle.fuzz.seconds", 1));

    private final Random random = new Random(SEED);

    @Test
    void pem_text() {
        fuzz("pem", pemFile(), ReaderFuzzTest::readPem);
    }

    @Test
    void every_truncation_of_pem_text() {
        byte[] text = pemFile();
        int read = 0;
        for (int length = 0; length <= text.length; length++) {
            read += assertRead("pem", Arrays.copyOf(text, length), length, ReaderFuzzTest::readPem) ? 1 : 0;
        }
        System.out.println("pem: every truncation, of " + text.length + " bytes");
        assertThat(read)
                .as("the whole text, and without the end of its last line")
                .isEqualTo(2);
    }

    /** All of them in `make test` as well, regardless of the duration. */
    @Test
    void ten_thousand_changed_bytes_of_pem_text() {
        byte[] text = pemFile();
        int read = 0;
        for (int round = 0; round < 10_000; round++) {
            byte[] changed = text.clone();
            changed[random.nextInt(changed.length)] ^= (byte) (1 + random.nextInt(255));
            read += assertRead("pem", changed, round, damaged -> {
                        readPem(damaged);
                        // Whatever is damaged, no block is skipped silently.
                        assertThat(CertificateReader.read("ca", damaged)).hasSize(2);
                    })
                    ? 1
                    : 0;
        }
        System.out.printf("pem: 10000 changed bytes, %d read, -Dheddle.fuzz.seed=%d%n", read, SEED);
        // The text between the blocks, and the letters of other labels, may be anything.
        assertThat(read).as("seed %d", SEED).isBetween(1, 9_999);
    }

    private static byte[] pemFile() {
        return (TestPki.pem(TestPki.serverWithIntermediate("a.example").chain())
                        + TestPki.pem(TestPki.ca().key()))
                .getBytes(StandardCharsets.US_ASCII);
    }

    /** As a file that is given as certificate, as trust and as key. */
    private static void readPem(byte[] damaged) {
        Pem.read("ca", damaged);
        CertificateReader.readTrusted("ca", damaged);
        PrivateKeyReader.read("key", damaged);
    }

    @Test
    void private_keys() {
        for (TestPki.Key kind :
                List.of(TestPki.Key.RSA_1024, TestPki.Key.P256, TestPki.Key.ED25519, TestPki.Key.RSA_PSS_2048)) {
            fuzz(
                    "key " + kind,
                    kind.pair(1).getPrivate().getEncoded(),
                    TIME.dividedBy(4),
                    damaged -> PrivateKeyReader.read("key", damaged));
        }
    }

    @Test
    void encrypted_private_keys() throws Exception {
        fuzz(
                "encrypted key",
                EncryptedKeys.pbes2(
                        "PBEWithHmacSHA256AndAES_256", TestPki.Key.P256.pair(1).getPrivate(), "secret", 10),
                damaged -> PrivateKeyReader.read("key", damaged, "secret".toCharArray()));
    }

    @Test
    void private_keys_with_explicit_parameters() throws Exception {
        var info =
                PrivateKeyInfo.getInstance(TestPki.Key.P256.pair(1).getPrivate().getEncoded());
        byte[] explicit = new PrivateKeyInfo(
                        new AlgorithmIdentifier(
                                X9ObjectIdentifiers.id_ecPublicKey, ECNamedCurveTable.getByName("secp256r1")),
                        info.parsePrivateKey())
                .getEncoded();
        fuzz("explicit key", explicit, damaged -> PrivateKeyReader.read("key", damaged));
    }

    /** The name and the vector of the cipher are damaged as well as what is under it. */
    @Test
    void private_keys_of_the_older_form() throws Exception {
        var key =
                (java.security.interfaces.ECPrivateKey) TestPki.Key.P256.pair(1).getPrivate();
        byte[] plain = new ECPrivateKey(256, key.getS(), ECNamedCurveTable.getOID("secp256r1")).getEncoded();
        for (String cipher : List.of("CAMELLIA-256-CBC", "ARIA-128-CTR", "SEED-OFB", "DES-EDE3-CFB8", "RC2-40-CBC")) {
            byte[] pem = EncryptedKeys.traditional(cipher, plain, "secret").getBytes(StandardCharsets.US_ASCII);
            PrivateKeyReader.read("key", pem, "secret".toCharArray());
            fuzz(
                    cipher,
                    pem,
                    TIME.dividedBy(4),
                    damaged -> PrivateKeyReader.read("key", damaged, "secret".toCharArray()));
        }
    }

    @Test
    void trusted_certificates() throws Exception {
        String text = new TrustedCertificate(TestPki.ca().leaf(), Set.of(Purpose.CLIENT)).toPem();
        fuzz("trusted text", text.getBytes(StandardCharsets.US_ASCII), ReaderFuzzTest::readTrusted);
        byte[] der = Pem.read("ca", text).getFirst().der();
        fuzz(
                "trusted content",
                der,
                damaged -> readTrusted(Pem.write("TRUSTED CERTIFICATE", damaged).getBytes(StandardCharsets.US_ASCII)));
    }

    /** A damaged list of purposes may be another list; it is kept as it was read. A change may also make two blocks of one. */
    private static void readTrusted(byte[] damaged) {
        var read = CertificateReader.readTrusted("ca", damaged);
        assertThat(read).isNotEmpty();
        for (TrustedCertificate certificate : read) {
            assertThat(TrustStore.ofTrusted(List.of(certificate)).trusted()).containsExactly(certificate);
        }
    }

    @Test
    void pkcs12_without_a_mac() throws Exception {
        byte[] file = TestPkcs12.unsealed(TestPki.server("a.example"), "secret");
        fuzz("pkcs12 without MAC", file, damaged -> Pkcs12.read("pfx", damaged, "secret".toCharArray()));
    }

    @Test
    void pkcs12_with_pbmac1() throws Exception {
        byte[] file = TestPkcs12.pbmac1(TestPki.server("a.example"), "secret");
        fuzz("pkcs12 with PBMAC1", file, damaged -> Pkcs12.read("pfx", damaged, "secret".toCharArray()));
    }

    @Test
    void pkcs12() throws Exception {
        byte[] file = TestPkcs12.sealed(TestPkcs12.safe(TestPki.server("a.example")), "secret");
        fuzz("pkcs12", file, TIME.dividedBy(2), damaged -> Pkcs12.read("pfx", damaged, "secret".toCharArray()));
    }

    @Test
    void pkcs12_below_a_good_seal() throws Exception {
        byte[] safe = TestPkcs12.safe(TestPki.server("a.example"));
        fuzz(
                "pkcs12 content",
                safe,
                TIME.dividedBy(2),
                damaged -> Pkcs12.read("pfx", TestPkcs12.sealed(damaged, "secret"), "secret".toCharArray()));
    }

    @Test
    void crls() throws Exception {
        Identity leaf = TestPki.server("a.example");
        byte[] crl = TestPki.crl(TestPki.ca(), leaf.leaf()).getEncoded();
        fuzz("crl", crl, damaged -> {
            var trust = TestPki.trust().withCrls(CrlReader.read("crl", damaged));
            assertThat(ChainVerifier.verify(leaf.chain(), trust, Purpose.SERVER, TestPki.NOW)
                            .path())
                    .isNotEmpty();
        });
    }

    @Test
    void certificates_in_verification_name_check_and_readable_form() throws Exception {
        Identity issuer = TestPki.certificate("CN=issuer")
                .key(TestPki.Key.P256, 46)
                .ca()
                .extension(
                        Extension.nameConstraints,
                        true,
                        new NameConstraints(
                                new GeneralSubtree[] {
                                    new GeneralSubtree(new GeneralName(GeneralName.dNSName, "example"))
                                },
                                null))
                .issuedBy(TestPki.ca());
        Identity leaf = TestPki.certificate("CN=a.example, O=ö, E=a@b.example")
                .server("a.example", "192.0.2.1")
                .issuedBy(issuer);
        TrustStore trust = TestPki.trust().withCrls(List.of(TestPki.crl(TestPki.ca()), TestPki.crl(issuer)));
        fuzz(
                "leaf",
                leaf.leaf().getEncoded(),
                TIME.dividedBy(2),
                damaged -> use(List.of(parse(damaged), issuer.leaf()), leaf.chain(), trust));
        fuzz(
                "issuer",
                issuer.leaf().getEncoded(),
                TIME.dividedBy(2),
                damaged -> use(List.of(leaf.leaf(), parse(damaged)), leaf.chain(), trust));
    }

    @Test
    void ocsp_responses() {
        Identity leaf = TestPki.server("a.example");
        Identity responder = TestOcsp.delegate().issuedBy(TestPki.ca());
        byte[] good = TestOcsp.of(TestPki.ca(), leaf.leaf())
                .signedBy(responder)
                .with(responder.leaf())
                .der();
        fuzz("ocsp", good, damaged -> verdict(damaged, leaf));
        int read = 0;
        for (int round = 0; round < 10_000; round++) {
            byte[] damaged = damage(good);
            read += assertRead("ocsp", damaged, round, bytes -> verdict(bytes, leaf)) ? 1 : 0;
        }
        for (int length = 0; length < good.length; length++) {
            assertThat(verdict(Arrays.copyOf(good, length), leaf).ok()).isFalse();
        }
        assertThat(read).isEqualTo(10_000);
    }

    /** A change that leaves the response good is one that no signature covers. */
    private static OcspVerdict verdict(byte[] response, Identity leaf) {
        OcspVerdict verdict = OcspVerifier.verify(
                response, leaf.leaf(), TestPki.ca().leaf(), TestPki.NOW, ChainVerifier.Limits.DEFAULT);
        verdict.failure().ifPresent(failure -> assertThat(failure.getMessage()).matches("\\p{Print}*"));
        assertThat(verdict.status()).as("a signed statement").isIn(OcspVerdict.Status.GOOD, OcspVerdict.Status.INVALID);
        if (verdict.ok()) {
            assertThat(verdict.nextUpdate()).contains(TestPki.NOW.plus(Duration.ofDays(7)));
        }
        return verdict;
    }

    @Test
    void alternative_names_in_nodes_form() {
        byte[] text = "DNS:\"good.example.com\\u002c \\\"DNS\\\":evil\", IP Address:192.0.2.1, DNS:a.example"
                .getBytes(StandardCharsets.US_ASCII);
        fuzz(
                "alternative names",
                text,
                damaged -> assertThat(ServerIdentity.check(
                                "other.test", new String(damaged, StandardCharsets.ISO_8859_1), List.of()))
                        .isPresent());
    }

    private static void use(List<X509Certificate> chain, List<X509Certificate> good, TrustStore trust) {
        Verdict verdict = ChainVerifier.verify(chain, trust, Purpose.SERVER, TestPki.NOW);
        if (verdict.ok()) {
            assertThat(signed(chain)).as("what was signed").isEqualTo(signed(good));
        }
        verdict.failure().ifPresent(failure -> assertThat(failure.getMessage()).matches("\\p{Print}*"));
        chain.forEach(certificate -> {
            ServerIdentity.check("a.example", certificate);
            CertificateInfo.of(certificate).toMap();
        });
        trust.complete(chain, TestPki.NOW);
    }

    private static List<String> signed(List<X509Certificate> chain) {
        return chain.stream()
                .map(certificate -> {
                    try {
                        return HexFormat.of().formatHex(certificate.getTBSCertificate());
                    } catch (CertificateEncodingException impossible) {
                        throw new IllegalStateException(impossible);
                    }
                })
                .toList();
    }

    /** As the engine will read the peer's certificates. */
    private static X509Certificate parse(byte[] der) {
        return CertificateReader.read("peer", der).getFirst();
    }

    private void fuzz(String what, byte[] good, Consumer<byte[]> reader) {
        fuzz(what, good, TIME, reader);
    }

    private void fuzz(String what, byte[] good, Duration time, Consumer<byte[]> reader) {
        long end = System.nanoTime() + time.toNanos();
        int rounds = 0;
        int read = 0;
        while (System.nanoTime() < end) {
            byte[] damaged = damage(good);
            rounds++;
            read += assertRead(what, damaged, rounds, reader) ? 1 : 0;
        }
        System.out.println("fuzz %s: %d rounds, %d read, -Dheddle.fuzz.seed=%d".formatted(what, rounds, read, SEED));
        assertThat(rounds).isPositive();
    }

    /** Returns whether it was read; the only other way out is the documented refusal. */
    private static boolean assertRead(String what, byte[] damaged, int round, Consumer<byte[]> reader) {
        try {
            reader.accept(damaged);
            return true;
        } catch (InvalidOption documented) {
            assertThat(documented.getMessage()).matches("\\p{Print}*");
            return false;
        } catch (RuntimeException | AssertionError | StackOverflowError | OutOfMemoryError undocumented) {
            throw new AssertionError(
                    "%s: -Dheddle.fuzz.seed=%d, round %d, %s"
                            .formatted(what, SEED, round, HexFormat.of().formatHex(damaged)),
                    undocumented);
        }
    }

    /** Changes some bytes, and now and then cuts, repeats or inserts. */
    private byte[] damage(byte[] good) {
        byte[] bytes = good.clone();
        for (int changes = random.nextInt(4); changes >= 0; changes--) {
            bytes[random.nextInt(bytes.length)] = (byte) (random.nextInt(8) == 0 ? 0xff : random.nextInt(256));
        }
        int from = random.nextInt(bytes.length);
        return switch (random.nextInt(8)) {
            case 0 -> Arrays.copyOf(bytes, from);
            case 1 -> Arrays.copyOfRange(bytes, from, bytes.length);
            case 2 -> {
                byte[] longer = Arrays.copyOf(bytes, bytes.length + from);
                System.arraycopy(good, 0, longer, bytes.length, from);
                yield longer;
            }
            default -> bytes;
        };
    }
}
