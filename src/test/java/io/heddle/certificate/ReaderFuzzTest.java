package io.heddle.certificate;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.failure.InvalidOption;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.NameConstraints;
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
        byte[] text = (TestPki.pem(TestPki.serverWithIntermediate("a.example").chain())
                        + TestPki.pem(TestPki.ca().key()))
                .getBytes(StandardCharsets.US_ASCII);
        fuzz("pem", text, damaged -> {
            Pem.read("ca", damaged);
            CertificateReader.read("ca", damaged);
        });
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
    void alternative_names_in_nodes_form() {
        byte[] text = "DNS:\"good.example.com\\u002c \\\"DNS\\\":evil\", IP Address:192.0.2.1, DNS:a.example"
                .getBytes(StandardCharsets.US_ASCII);
        fuzz(
                "alternative names",
                text,
                damaged -> assertThat(ServerIdentity.check(
                                "somebody.else.test", new String(damaged, StandardCharsets.ISO_8859_1), List.of()))
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
            CertificateInfo.of(certificate).toJson();
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
            try {
                reader.accept(damaged);
                read++;
            } catch (InvalidOption documented) {
                assertThat(documented.getMessage()).matches("\\p{Print}*");
            } catch (RuntimeException | AssertionError | StackOverflowError | OutOfMemoryError undocumented) {
                throw new AssertionError(
                        "%s: -Dheddle.fuzz.seed=%d, round %d, %s"
                                .formatted(what, SEED, rounds, HexFormat.of().formatHex(damaged)),
                        undocumented);
            }
        }
        System.out.println("fuzz %s: %d rounds, %d read, -Dheddle.fuzz.seed=%d".formatted(what, rounds, read, SEED));
        assertThat(rounds).isPositive();
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
