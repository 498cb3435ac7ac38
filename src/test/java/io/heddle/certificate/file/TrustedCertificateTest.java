package io.heddle.certificate.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.heddle.certificate.Identity;
import io.heddle.certificate.Problem;
import io.heddle.certificate.TestPki;
import io.heddle.certificate.path.ChainVerifier;
import io.heddle.certificate.path.TrustStore;
import io.heddle.certificate.path.Verdict;
import io.heddle.certificate.x509.ParsedCertificate;
import io.heddle.certificate.x509.Purpose;
import io.heddle.failure.InvalidOption;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.interop.Openssl;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * TRUSTED CERTIFICATE: the effect of its settings, and the chains that may end with it; compared with openssl in {@code
 * OpenSslVerifyTest}.
 */
class TrustedCertificateTest {
    private static final Set<Purpose> ALL = Set.of(Purpose.values());

    private final Identity ca = TestPki.ca();

    @TempDir
    Path directory;

    /** What {@code openssl verify} says of the same file is what the purposes say. */
    @Tag("interop")
    @ParameterizedTest
    @CsvSource({
        "-setalias root, true, true",
        "-addtrust serverAuth, true, false",
        "-addtrust clientAuth, false, true",
        "-addtrust serverAuth -addtrust clientAuth, true, true",
        "-addtrust anyExtendedKeyUsage, true, true",
        "-addtrust emailProtection, false, false",
        "-addreject serverAuth, false, true",
        "-addreject clientAuth -setalias root, true, false",
        "-addreject emailProtection, true, true",
        "-addreject anyExtendedKeyUsage, false, false",
        "-addtrust serverAuth -addtrust clientAuth -addreject clientAuth, true, false"
    })
    void has_the_purposes_that_openssl_wrote(String how, boolean servers, boolean clients) throws IOException {
        String in = Files.writeString(directory.resolve("ca"), TestPki.pem(ca.chain()))
                .toString();
        Path out = directory.resolve("trusted");
        Openssl.run(Stream.concat(
                                Stream.of("x509", "-trustout", "-in", in, "-out", out.toString()),
                                Stream.of(how.split(" ")))
                        .toArray(String[]::new))
                .succeeded();
        byte[] pem = Files.readAllBytes(out);

        TrustedCertificate read = CertificateReader.readTrusted("ca", pem).getFirst();

        assertThat(read.certificate()).isEqualTo(ca.leaf());
        assertThat(read.purposes().contains(Purpose.SERVER)).isEqualTo(servers);
        assertThat(read.purposes().contains(Purpose.CLIENT)).isEqualTo(clients);
        assertThat(CertificateReader.read("cert", pem)).as("an own chain").containsExactly(ca.leaf());
        assertThat(verified("sslserver", out, TestPki.server("a.example"))).isEqualTo(servers);
        assertThat(verified("sslclient", out, TestPki.client("a"))).isEqualTo(clients);
    }

    private boolean verified(String purpose, Path trusted, Identity leaf) throws IOException {
        String file = Files.writeString(directory.resolve("leaf"), TestPki.pem(leaf.chain()))
                .toString();
        return Openssl.run("verify", "-purpose", purpose, "-trusted", trusted.toString(), file)
                        .exitCode()
                == 0;
    }

    @Test
    void is_an_anchor_for_its_purposes_alone() {
        Verdict server = verdict(Purpose.SERVER, Set.of(Purpose.CLIENT));
        assertThat(server.problems())
                .extracting(Problem::code)
                .containsExactly(Code.CERT_REJECTED, Code.INVALID_PURPOSE);
        assertThat(server.failure().orElseThrow())
                .hasMessageContaining(
                        "\"O=Heddle,CN=Heddle Test Root\" is in the trust store, but not for a TLS server");
        assertThat(verdict(Purpose.CLIENT, Set.of(Purpose.SERVER)).code()).contains(Code.INVALID_PURPOSE);
        assertThat(verdict(Purpose.SERVER, Set.of(Purpose.SERVER)).ok()).isTrue();
        assertThat(verdict(Purpose.CLIENT, Set.of(Purpose.CLIENT)).ok()).isTrue();
        assertThat(verdict(Purpose.CLIENT, Set.of()).ok()).isFalse();
    }

    private Verdict verdict(Purpose side, Set<Purpose> trusted) {
        Identity leaf = side == Purpose.SERVER ? TestPki.server("a.example") : TestPki.client("a");
        TrustStore trust = TrustStore.ofTrusted(List.of(new TrustedCertificate(ca.leaf(), trusted)));
        return ChainVerifier.verify(leaf.chain(), trust, side, TestPki.NOW);
    }

    @Test
    void restrictions_survive_whatever_is_added_to_a_store() {
        var servers = new TrustedCertificate(ca.leaf(), Set.of(Purpose.SERVER));
        var clients = new TrustedCertificate(ca.leaf(), Set.of(Purpose.CLIENT));
        var link = new ParsedCertificate(ca.leaf());

        for (TrustStore store : List.of(
                TrustStore.ofTrusted(List.of(servers)),
                TrustStore.ofTrusted(List.of(servers)).plus(ca.chain()),
                TrustStore.of(ca.chain()).plusTrusted(List.of(servers)),
                TrustStore.ofTrusted(List.of(servers)).withCrls(List.of()).allowPartialTrustChain(true),
                TrustStore.ofTrusted(List.of(servers))
                        .plus(TestPki.selfSigned("b").chain()))) {
            assertThat(store.trusts(link, Purpose.SERVER)).isTrue();
            assertThat(store.trusts(link, Purpose.CLIENT)).isFalse();
            assertThat(store.trusted()).contains(servers);
        }
        assertThat(TrustStore.ofTrusted(List.of(servers, clients)).trusted())
                .containsExactly(new TrustedCertificate(ca.leaf(), Set.of()));
    }

    @Test
    void is_read_back_from_the_pem_that_it_writes() {
        for (Set<Purpose> purposes : List.of(Set.<Purpose>of(), Set.of(Purpose.SERVER), Set.of(Purpose.CLIENT), ALL)) {
            var trusted = new TrustedCertificate(ca.leaf(), purposes);
            assertThat(CertificateReader.readTrusted("ca", trusted.toPem().getBytes(StandardCharsets.US_ASCII)))
                    .containsExactly(trusted);
        }
        assertThat(TrustedCertificate.of(ca.leaf()).toPem()).isEqualTo(TestPki.pem(ca.chain()));
    }

    @Test
    void settings_that_are_no_purposes_change_nothing_and_broken_ones_are_refused() throws Exception {
        var other = new ASN1EncodableVector();
        other.add(new DEROctetString(new byte[20]));
        other.add(new DERTaggedObject(
                false, 1, new DERSequence(new AlgorithmIdentifier(KeyPurposeId.id_kp_serverAuth.toOID()))));
        assertThat(read(new DERSequence(other).getEncoded()).purposes()).isEqualTo(ALL);

        for (byte[] broken : new byte[][] {
            {5, 0},
            {0x30, 1},
            new DERSequence(new DERSequence(new DEROctetString(new byte[1]))).getEncoded(),
            {0x30, 0, 0x30, 0}
        }) {
            assertThatExceptionOfType(InvalidOption.class)
                    .isThrownBy(() -> read(broken))
                    .withMessage("ca: contains a certificate whose content is not valid DER");
        }
    }

    private TrustedCertificate read(byte[] settings) throws Exception {
        byte[] whole = Arrays.concatenate(ca.leaf().getEncoded(), settings);
        return CertificateReader.readTrusted(
                        "ca", Pem.write("TRUSTED CERTIFICATE", whole).getBytes(StandardCharsets.US_ASCII))
                .getFirst();
    }
}
