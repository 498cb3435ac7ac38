package io.heddle.certificate;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.GsonBuilder;
import io.heddle.certificate.path.ChainVerifier;
import io.heddle.certificate.path.ServerIdentity;
import io.heddle.certificate.path.Verdict;
import io.heddle.certificate.x509.Purpose;
import java.math.BigInteger;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.bouncycastle.asn1.DERIA5String;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.AccessDescription;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The fields of a certificate object; {@link CertificateInfoNodeTest} shows that they are Node's. */
class CertificateInfoTest {
    @DisplayName("VER-22: an RSA certificate")
    @Test
    void rsa() {
        Identity server = TestPki.certificate("C=US, O=Heddle, CN=agent1, E=a@b.example")
                .key(TestPki.Key.RSA_2048, 1)
                .server("a.example", "::1")
                .serial(new BigInteger("0abcdef", 16))
                .valid(Instant.parse("2020-01-01T00:00:00Z"), Instant.parse("2026-11-23T07:20:08Z"))
                .issuedBy(TestPki.ca());

        CertificateInfo info = CertificateInfo.of(server.leaf());

        assertThat(info.subject().attributes())
                .containsExactly(
                        Map.entry("C", List.of("US")),
                        Map.entry("O", List.of("Heddle")),
                        Map.entry("CN", List.of("agent1")),
                        Map.entry("emailAddress", List.of("a@b.example")));
        assertThat(info.issuer().all("CN")).containsExactly("Heddle Test Root");
        assertThat(info.subjectaltname()).contains("DNS:a.example, IP Address:0:0:0:0:0:0:0:1");
        assertThat(info.ca()).isFalse();
        assertThat(info.modulus().orElseThrow()).hasSize(512).matches("[0-9A-F]+");
        assertThat(info.bits()).hasValue(2048);
        assertThat(info.exponent()).contains("0x10001");
        assertThat(info.pubkey()).isEqualTo(server.leaf().getPublicKey().getEncoded());
        assertThat(info.asn1Curve()).isEmpty();
        assertThat(info.nistCurve()).isEmpty();
        assertThat(info.validFrom()).isEqualTo("Jan  1 00:00:00 2020 GMT");
        assertThat(info.validTo()).isEqualTo("Nov 23 07:20:08 2026 GMT");
        assertThat(info.fingerprint()).matches("([0-9A-F]{2}:){19}[0-9A-F]{2}");
        assertThat(info.fingerprint256()).matches("([0-9A-F]{2}:){31}[0-9A-F]{2}");
        assertThat(info.fingerprint512()).matches("([0-9A-F]{2}:){63}[0-9A-F]{2}");
        assertThat(info.extKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
        assertThat(info.serialNumber()).isEqualTo("ABCDEF");
        assertThat(info.infoAccess()).isEmpty();
        assertThat(info.issuerCertificate()).isEmpty();
    }

    @DisplayName("VER-22: an EC certificate, and one of another kind")
    @Test
    void ec_and_other_keys() {
        CertificateInfo ec = CertificateInfo.of(TestPki.server("a.example").leaf());
        assertThat(ec.modulus()).isEmpty();
        assertThat(ec.exponent()).isEmpty();
        assertThat(ec.bits()).hasValue(256);
        assertThat(ec.pubkey()).hasSize(65).startsWith(4);
        assertThat(ec.asn1Curve()).contains("prime256v1");
        assertThat(ec.nistCurve()).contains("P-256");

        CertificateInfo edwards = CertificateInfo.of(
                TestPki.server(TestPki.Key.ED25519, "a.example").leaf());
        assertThat(edwards.bits()).isEmpty();
        assertThat(edwards.pubkey()).isEmpty();
        assertThat(edwards.toMap())
                .doesNotContainKeys("modulus", "bits", "exponent", "pubkey", "asn1Curve", "nistCurve");
    }

    @DisplayName("VER-06, VER-21: links to the issuers, of which the last has none")
    @Test
    void links_a_path() {
        Identity server = TestPki.serverWithIntermediate("a.example");
        Verdict verdict = ChainVerifier.verify(server.chain(), TestPki.trust(), Purpose.SERVER, TestPki.NOW);

        CertificateInfo info = CertificateInfo.of(verdict.path());

        CertificateInfo middle = info.issuerCertificate().orElseThrow();
        CertificateInfo root = middle.issuerCertificate().orElseThrow();
        assertThat(middle.certificate()).isEqualTo(server.chain().get(1));
        assertThat(root.certificate()).isEqualTo(TestPki.ca().leaf());
        assertThat(root.issuerCertificate()).isEmpty();
        assertThat(root.isSelfIssued()).isTrue();
        assertThat(root.ca()).isTrue();
        assertThat(info.isSelfIssued()).isFalse();
        assertThat(json(info)).contains("\"issuerCertificate\":{\"subject\":{\"CN\":\"Heddle Test Intermediate\"}");
    }

    @DisplayName("VER-23, VER-24, VER-62: names beyond ASCII, repeated attributes, nothing escaped")
    @Test
    void subjects() {
        var subject = new X500NameBuilder()
                .addRDN(BCStyle.OU, "Test TLS Certificate")
                .addRDN(BCStyle.OU, "Engineering")
                .addRDN(BCStyle.CN, new DERUTF8String("Ádám Lippai\n/CN=a,b+c\0"))
                .build();

        CertificateInfo info = CertificateInfo.of(TestPki.certificate(subject).certificateSelfSigned());

        assertThat(info.subject().all("OU")).containsExactly("Test TLS Certificate", "Engineering");
        assertThat(info.subject().all("CN")).containsExactly("Ádám Lippai\n/CN=a,b+c\0");
        assertThat(info.subject().all("O")).isEmpty();
        assertThat(json(info))
                .startsWith(
                        "{\"subject\":{\"OU\":[\"Test TLS Certificate\",\"Engineering\"],\"CN\":\"Ádám Lippai\\n/CN=a,b+c\\u0000\"}");
    }

    @DisplayName("VER-01: a DNS name with a NUL")
    @Test
    void a_nul_in_a_name_is_shown_in_a_literal() {
        var names = new GeneralNames(new GeneralName[] {
            new GeneralName(GeneralName.dNSName, new DERIA5String("good.example.org\0.evil.example.com")),
            new GeneralName(GeneralName.dNSName, "just-another.example.com"),
            new GeneralName(GeneralName.iPAddress, "8.8.8.8"),
            new GeneralName(GeneralName.iPAddress, "8.8.4.4"),
            new GeneralName(GeneralName.dNSName, "last.example.com")
        });
        var certificate = TestPki.certificate("CN=x")
                .extension(Extension.subjectAlternativeName, false, names)
                .certificateSelfSigned();

        assertThat(CertificateInfo.of(certificate).subjectaltname())
                .contains(
                        "DNS:\"good.example.org\\u0000.evil.example.com\", DNS:just-another.example.com, IP Address:8.8.8.8, IP Address:8.8.4.4, DNS:last.example.com");
        assertThat(ServerIdentity.check("good.example.org", certificate)).isPresent();
        assertThat(ServerIdentity.check("last.example.com", certificate)).isEmpty();
    }

    @DisplayName("VER-08: an alternative name of a type that cannot be printed")
    @Test
    void a_name_that_cannot_be_printed_harms_nothing() {
        byte[] visibleTime = HexFormat.of().parseHex("3010a00e06032a0304a007170532303031");
        var certificate = TestPki.certificate("CN=x")
                .extension(Extension.subjectAlternativeName, false, visibleTime)
                .certificateSelfSigned();

        assertThat(json(CertificateInfo.of(certificate))).contains("\"serialNumber\"");
        assertThat(ServerIdentity.check("a.example", certificate)).isPresent();
    }

    @DisplayName("VER-25, VER-62: where to ask, line ends are part of the value")
    @Test
    void information_access() {
        var access = new AuthorityInformationAccess(new AccessDescription[] {
            new AccessDescription(
                    AccessDescription.id_ad_ocsp,
                    new GeneralName(
                            GeneralName.uniformResourceIdentifier,
                            "http://good.example.com/\nOCSP - URI:http://evil.example.com/")),
            new AccessDescription(
                    AccessDescription.id_ad_caIssuers,
                    new GeneralName(GeneralName.uniformResourceIdentifier, "http://ca.example.com/ca.cert"))
        });
        var certificate = TestPki.certificate("CN=x")
                .extension(Extension.authorityInfoAccess, false, access)
                .certificateSelfSigned();

        assertThat(CertificateInfo.of(certificate).infoAccess())
                .containsExactly(
                        Map.entry(
                                "OCSP - URI", List.of("http://good.example.com/\nOCSP - URI:http://evil.example.com/")),
                        Map.entry("CA Issuers - URI", List.of("http://ca.example.com/ca.cert")));
    }

    private static String json(CertificateInfo info) {
        return new GsonBuilder().disableHtmlEscaping().create().toJson(info.toMap());
    }
}
