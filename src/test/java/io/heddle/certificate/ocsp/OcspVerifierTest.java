package io.heddle.certificate.ocsp;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.certificate.Identity;
import io.heddle.certificate.OcspVerdict;
import io.heddle.certificate.OcspVerdict.Status;
import io.heddle.certificate.TestCertificate;
import io.heddle.certificate.TestOcsp;
import io.heddle.certificate.TestPki;
import io.heddle.certificate.path.ChainVerifier;
import io.heddle.failure.Alert;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.cert.CRLReason;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.oiw.OIWObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.ocsp.OCSPRespBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The verification of OCSP responses. */
class OcspVerifierTest {
    private static final ChainVerifier.Limits LEVEL_0 = new ChainVerifier.Limits(100, 0);

    private static final Identity CA = TestPki.ca();
    private static final Identity OTHER_CA = TestPki.root("Another CA", TestPki.Key.P256, 14);

    private final Identity server = TestPki.server("localhost");
    private final X509Certificate leaf = server.leaf();

    private OcspVerdict verify(TestOcsp response) {
        return verify(response.der());
    }

    private OcspVerdict verify(byte[] response) {
        return verify(response, TestPki.NOW);
    }

    private OcspVerdict verify(byte[] response, Instant at) {
        return OcspVerifier.verify(response, leaf, CA.leaf(), at, ChainVerifier.Limits.DEFAULT);
    }

    private TestOcsp response() {
        return TestOcsp.of(CA, leaf);
    }

    private static void assertInvalid(OcspVerdict verdict, Code code, String sentence) {
        assertThat(verdict.status()).as(verdict.toString()).isEqualTo(Status.INVALID);
        assertThat(verdict.code()).contains(code);
        assertThat(verdict.problem().orElseThrow().sentence()).contains(sentence);
        assertThat(verdict.failure().orElseThrow().alert()).contains(Alert.BAD_CERTIFICATE_STATUS_RESPONSE);
    }

    // The status

    @Test
    void good() {
        OcspVerdict verdict = verify(response());
        assertThat(verdict.ok()).isTrue();
        assertThat(verdict.status()).isEqualTo(Status.GOOD);
        assertThat(verdict.thisUpdate()).contains(TestPki.NOW.minus(Duration.ofDays(1)));
        assertThat(verdict.nextUpdate()).contains(TestPki.NOW.plus(Duration.ofDays(7)));
        assertThat(verdict.revocationTime()).isEmpty();
        assertThat(verdict.failure()).isEmpty();
    }

    @Test
    void revoked_has_time_and_reason() {
        OcspVerdict verdict = verify(response().revoked());
        assertThat(verdict.ok()).isFalse();
        assertThat(verdict.status()).isEqualTo(Status.REVOKED);
        assertThat(verdict.revocationTime()).contains(TestPki.NOW.minus(Duration.ofDays(1)));
        assertThat(verdict.revocationReason()).contains(CRLReason.KEY_COMPROMISE);
        assertThat(verdict.failure().orElseThrow())
                .hasMessage(
                        "ocsp: \"CN=localhost\" was revoked at %s (KEY_COMPROMISE), as the OCSP response says",
                        TestPki.NOW.minus(Duration.ofDays(1)))
                .returns(Code.CERT_REVOKED, TlsFailure::code);
    }

    @Test
    void unknown_is_not_good() {
        OcspVerdict verdict = verify(response().unknown());
        assertThat(verdict.status()).isEqualTo(Status.UNKNOWN);
        assertThat(verdict.failure().orElseThrow())
                .hasMessage("ocsp: the OCSP responder does not know \"CN=localhost\"")
                .returns(Code.OCSP_CERT_UNKNOWN, TlsFailure::code);
    }

    // The certificate of the response

    @Test
    void each_hash_of_the_identifier_will_do() {
        for (ASN1ObjectIdentifier hash : List.of(
                OIWObjectIdentifiers.idSHA1,
                NISTObjectIdentifiers.id_sha224,
                NISTObjectIdentifiers.id_sha256,
                NISTObjectIdentifiers.id_sha384,
                NISTObjectIdentifiers.id_sha512)) {
            assertThat(verify(response().hash(hash)).ok()).as(hash.getId()).isTrue();
        }
        assertInvalid(
                verify(response().hash(PKCSObjectIdentifiers.md5)),
                Code.OCSP_VERIFY_FAILED,
                "is not for \"CN=localhost\"");
    }

    @Test
    void another_certificate_of_the_same_issuer() {
        assertInvalid(
                verify(TestOcsp.of(CA, TestPki.server("other").leaf())),
                Code.OCSP_VERIFY_FAILED,
                "is not for \"CN=localhost\" with the serial number %s and its issuer \"O=Heddle,CN=Heddle Test Root\""
                        .formatted(leaf.getSerialNumber().toString(16)));
    }

    /** The signature is right, by the right issuer, and the number is the certificate's: of another issuer's certificate. */
    @Test
    void the_same_serial_number_of_another_issuer() {
        X509Certificate namesake = TestPki.certificate("CN=localhost")
                .serial(leaf.getSerialNumber())
                .certificateIssuedBy(OTHER_CA);
        assertInvalid(verify(TestOcsp.of(OTHER_CA, namesake).signedBy(CA)), Code.OCSP_VERIFY_FAILED, "is not for");
    }

    @Test
    void the_answer_may_be_one_of_several_up_to_a_hundred() {
        TestOcsp several = response();
        for (int i = 1; i < OcspVerifier.MOST_SINGLE_RESPONSES; i++) {
            several.alsoAbout(CA, CA.leaf());
        }
        assertThat(verify(several).ok()).isTrue();
        assertInvalid(
                verify(several.alsoAbout(CA, CA.leaf())),
                Code.OCSP_RESP_INVALID,
                "has 101 single responses, at most 100 are allowed");
    }

    // The signature

    @ParameterizedTest
    @EnumSource(names = {"RSA_2048", "RSA_PSS_2048", "P256", "P384", "P521", "ED25519", "ED448"})
    void every_kind_of_key_signs(TestPki.Key key) {
        Identity root = TestPki.root("Root of " + key, key, 20);
        X509Certificate issued = TestPki.certificate("CN=localhost").certificateIssuedBy(root);
        for (TestOcsp answer :
                List.of(TestOcsp.of(root, issued), TestOcsp.of(root, issued).byName())) {
            byte[] response = answer.der();
            assertThat(OcspVerifier.verify(response, issued, root.leaf(), TestPki.NOW, ChainVerifier.Limits.DEFAULT)
                            .problem())
                    .isEmpty();
            response[response.length - 1] ^= 1;
            OcspVerdict changed =
                    OcspVerifier.verify(response, issued, root.leaf(), TestPki.NOW, ChainVerifier.Limits.DEFAULT);
            assertThat(changed.code()).isPresent();
        }
    }

    @Test
    void another_key_than_the_issuers_under_its_name() {
        Identity impostor = TestPki.certificate("CN=Heddle Test Root, O=Heddle")
                .key(TestPki.Key.P256, 15)
                .ca()
                .selfSigned();
        assertInvalid(
                verify(response().signedBy(impostor).byName()),
                Code.OCSP_SIGNATURE_FAILURE,
                "is not signed with the key of \"O=Heddle,CN=Heddle Test Root\"");
        assertInvalid(
                verify(response().signedBy(impostor).with(impostor.leaf())),
                Code.OCSP_VERIFY_FAILED,
                "\"O=Heddle,CN=Heddle Test Root\" may not sign OCSP responses");
    }

    @Test
    void another_issuer() {
        assertInvalid(
                verify(response().signedBy(OTHER_CA).with(OTHER_CA.leaf())),
                Code.OCSP_VERIFY_FAILED,
                "is signed neither by the issuer \"O=Heddle,CN=Heddle Test Root\" nor by a delegate");
    }

    @Test
    void the_certificate_does_not_vouch_for_itself() {
        assertInvalid(
                verify(response().signedBy(server).with(leaf)),
                Code.OCSP_VERIFY_FAILED,
                "\"CN=localhost\" may not sign OCSP responses: its extended key usage does not have OCSPSigning");
    }

    @ParameterizedTest
    @ValueSource(strings = {"MD5withRSA", "SHA1withRSA"})
    void weak_algorithms(String algorithm) {
        Identity root = TestPki.root("RSA root", TestPki.Key.RSA_2048, 21);
        X509Certificate issued = TestPki.certificate("CN=localhost").certificateIssuedBy(root);
        byte[] response = TestOcsp.of(root, issued).signedWith(algorithm).der();
        assertInvalid(
                OcspVerifier.verify(response, issued, root.leaf(), TestPki.NOW, ChainVerifier.Limits.DEFAULT),
                Code.OCSP_VERIFY_FAILED,
                "which security level 1 does not allow");
        // MD5 is refused at every level.
        assertThat(OcspVerifier.verify(response, issued, root.leaf(), TestPki.NOW, LEVEL_0)
                        .ok())
                .isEqualTo(algorithm.startsWith("SHA1"));
    }

    @Test
    void a_weak_key() {
        Identity root = TestPki.root("Weak root", TestPki.Key.RSA_1024, 21);
        X509Certificate issued = TestPki.certificate("CN=localhost").certificateIssuedBy(root);
        byte[] response = TestOcsp.good(root, issued);
        assertInvalid(
                OcspVerifier.verify(response, issued, root.leaf(), TestPki.NOW, new ChainVerifier.Limits(100, 2)),
                Code.OCSP_VERIFY_FAILED,
                "is too weak for security level 2");
        assertThat(OcspVerifier.verify(response, issued, root.leaf(), TestPki.NOW, ChainVerifier.Limits.DEFAULT)
                        .ok())
                .isTrue();
    }

    // Delegates

    private OcspVerdict verifyDelegated(TestCertificate delegate) {
        Identity responder = delegate.issuedBy(CA);
        OcspVerdict byKey = verify(response().signedBy(responder).with(responder.leaf()));
        OcspVerdict byName = verify(
                response().signedBy(responder).with(leaf, responder.leaf()).byName());
        assertThat(byName).isEqualTo(byKey);
        return byKey;
    }

    @Test
    void a_delegate_signs() {
        assertThat(verifyDelegated(TestOcsp.delegate()).problem()).isEmpty();
        assertThat(verifyDelegated(TestOcsp.delegate().keyUsage(KeyUsage.digitalSignature))
                        .problem())
                .isEmpty();
    }

    @Test
    void a_delegate_without_the_extended_key_usage() {
        String sentence = "\"CN=Heddle Test Responder\" may not sign OCSP responses:"
                + " its extended key usage does not have OCSPSigning";
        assertInvalid(
                verifyDelegated(TestPki.certificate("CN=Heddle Test Responder").key(TestPki.Key.P256, 12)),
                Code.OCSP_VERIFY_FAILED,
                sentence);
        assertInvalid(
                verifyDelegated(TestOcsp.delegate().extendedKeyUsage(KeyPurposeId.anyExtendedKeyUsage)),
                Code.OCSP_VERIFY_FAILED,
                sentence);
    }

    @Test
    void a_delegate_whose_key_usage_is_another() {
        assertInvalid(
                verifyDelegated(TestOcsp.delegate().keyUsage(KeyUsage.keyEncipherment)),
                Code.OCSP_VERIFY_FAILED,
                "its key usage does not allow it to sign");
    }

    @Test
    void a_delegate_with_an_unknown_critical_extension() {
        assertInvalid(
                verifyDelegated(
                        TestOcsp.delegate().extension(new ASN1ObjectIdentifier("1.2.3.4.5"), true, new byte[] {5, 0})),
                Code.OCSP_VERIFY_FAILED,
                "it has an unknown critical extension");
    }

    @Test
    void a_delegate_that_is_out_of_date() {
        for (TestCertificate certificate :
                List.of(TestOcsp.delegate().expired(), TestOcsp.delegate().notYetValid())) {
            assertInvalid(
                    verifyDelegated(certificate),
                    Code.OCSP_VERIFY_FAILED,
                    "the certificate that signed the OCSP response");
        }
    }

    @Test
    void a_delegate_of_another_issuer() {
        Identity foreign = TestOcsp.delegate().issuedBy(OTHER_CA);
        assertInvalid(
                verify(response().signedBy(foreign).with(foreign.leaf())),
                Code.OCSP_VERIFY_FAILED,
                "is signed neither by the issuer");
    }

    /** The name of the issuer is in it, and its key did not sign it. */
    @Test
    void a_delegate_that_pretends_to_be_of_the_issuer() {
        Identity impostor = TestPki.certificate("CN=Heddle Test Root, O=Heddle")
                .key(TestPki.Key.P256, 15)
                .ca()
                .selfSigned();
        Identity forged = TestOcsp.delegate().issuedBy(impostor);
        assertInvalid(
                verify(response().signedBy(forged).with(forged.leaf())),
                Code.OCSP_VERIFY_FAILED,
                "it is not signed by the issuer");
    }

    @Test
    void a_delegate_signed_with_a_weak_digest() {
        Identity root = TestPki.root("RSA root", TestPki.Key.RSA_2048, 21);
        X509Certificate issued = TestPki.certificate("CN=localhost").certificateIssuedBy(root);
        Identity responder = TestOcsp.delegate().signedWith("SHA1withRSA").issuedBy(root);
        byte[] response = TestOcsp.of(root, issued)
                .signedBy(responder)
                .with(responder.leaf())
                .der();
        assertInvalid(
                OcspVerifier.verify(response, issued, root.leaf(), TestPki.NOW, ChainVerifier.Limits.DEFAULT),
                Code.OCSP_VERIFY_FAILED,
                "its signature (SHA1withRSA) is too weak for security level 1");
    }

    @Test
    void a_delegate_whose_certificate_is_not_there() {
        assertInvalid(
                verify(response().signedBy(TestOcsp.delegate().issuedBy(CA))),
                Code.OCSP_VERIFY_FAILED,
                "nor by a delegate whose certificate is in it");
    }

    @Test
    void at_most_ten_certificates() {
        Identity responder = TestOcsp.delegate().issuedBy(CA);
        X509Certificate[] nine = new X509Certificate[9];
        Arrays.fill(nine, leaf);
        TestOcsp response = response().signedBy(responder).with(nine).with(responder.leaf());
        assertThat(verify(response).ok()).isTrue();
        assertInvalid(
                verify(response.with(leaf)), Code.OCSP_RESP_INVALID, "has 11 certificates, at most 10 are allowed");
    }

    // Times

    @Test
    void clocks_may_differ_by_five_minutes() {
        byte[] response = response()
                .times(TestPki.NOW, TestPki.NOW.plus(Duration.ofHours(1)))
                .der();
        Instant end = TestPki.NOW.plus(Duration.ofHours(1));
        assertThat(verify(response, TestPki.NOW.minus(OcspVerifier.SKEW)).ok()).isTrue();
        assertInvalid(
                verify(response, TestPki.NOW.minus(OcspVerifier.SKEW).minusSeconds(1)),
                Code.OCSP_NOT_YET_VALID,
                "is valid from %s on".formatted(TestPki.NOW));
        assertThat(verify(response, end.plus(OcspVerifier.SKEW)).ok()).isTrue();
        assertInvalid(
                verify(response, end.plus(OcspVerifier.SKEW).plusSeconds(1)),
                Code.OCSP_HAS_EXPIRED,
                "was valid until %s".formatted(end));
    }

    @Test
    void without_an_end_it_is_good_for_a_day() {
        byte[] response = response().since(TestPki.NOW).der();
        Instant end = TestPki.NOW.plus(Duration.ofDays(1)).plus(OcspVerifier.SKEW);
        assertThat(verify(response, end).ok()).isTrue();
        assertThat(verify(response, end).nextUpdate()).isEmpty();
        assertInvalid(verify(response, end.plusSeconds(1)), Code.OCSP_HAS_EXPIRED, "was valid until");
    }

    @Test
    void an_end_before_the_beginning() {
        assertInvalid(
                verify(response().times(TestPki.NOW, TestPki.NOW.minusSeconds(60))),
                Code.OCSP_RESP_INVALID,
                "before it begins");
    }

    @Test
    void revoked_and_out_of_date_is_out_of_date() {
        OcspVerdict verdict = verify(response()
                .revoked()
                .times(TestPki.NOW.minus(Duration.ofDays(9)), TestPki.NOW.minus(Duration.ofDays(8))));
        assertInvalid(verdict, Code.OCSP_HAS_EXPIRED, "was valid until");
        assertThat(verdict.revocationTime()).isPresent();
    }

    // Form

    @Test
    void errors_of_responders() {
        assertInvalid(
                verify(TestOcsp.error(OCSPRespBuilder.TRY_LATER)),
                Code.OCSP_RESP_INVALID,
                "the OCSP responder answered for \"CN=localhost\" with the error tryLater (3)");
        assertInvalid(verify(TestOcsp.error(OCSPRespBuilder.UNAUTHORIZED)), Code.OCSP_RESP_INVALID, "unauthorized (6)");
    }

    @Test
    void successful_without_an_answer() {
        assertInvalid(verify(TestOcsp.error(OCSPRespBuilder.SUCCESSFUL)), Code.OCSP_RESP_INVALID, "basic is required");
    }

    @Test
    void rubbish() {
        for (byte[] bytes : List.of(
                new byte[0],
                new byte[] {0},
                new byte[] {0x30, (byte) 0x80},
                "hello world".getBytes(StandardCharsets.US_ASCII))) {
            assertInvalid(verify(bytes), Code.OCSP_RESP_INVALID, "of %d bytes".formatted(bytes.length));
        }
    }

    @Test
    void bytes_behind_the_end() {
        byte[] response = response().der();
        assertInvalid(verify(Arrays.copyOf(response, response.length + 1)), Code.OCSP_RESP_INVALID, "is malformed");
    }

    @Test
    void more_bytes_than_are_read() {
        assertInvalid(
                verify(new byte[OcspVerifier.MOST_BYTES + 1]),
                Code.OCSP_RESP_INVALID,
                "has 65537 bytes, at most 65536 are allowed");
    }

    /** 15,000 sequences inside each other, which a recursive reader pays for with its stack. */
    @Test
    void deeply_nested() {
        byte[] nested = new byte[60_000];
        for (int at = 0; at < nested.length; at += 4) {
            int rest = nested.length - at - 4;
            nested[at] = 0x30;
            nested[at + 1] = (byte) 0x82;
            nested[at + 2] = (byte) (rest >> 8);
            nested[at + 3] = (byte) rest;
        }
        assertInvalid(verify(nested), Code.OCSP_RESP_INVALID, "is malformed");
    }

    @Test
    void critical_extensions() {
        var unknown = new ASN1ObjectIdentifier("1.2.3.4.5");
        assertThat(verify(response().extension(unknown, false)).ok()).isTrue();
        assertThat(verify(response().extension(OCSPObjectIdentifiers.id_pkix_ocsp_nonce, true))
                        .ok())
                .isTrue();
        assertInvalid(
                verify(response().extension(unknown, true)),
                Code.OCSP_RESP_INVALID,
                "the unknown critical extension 1.2.3.4.5");
    }

    @Test
    void sentences_are_short_whatever_the_numbers_are() {
        X509Certificate long1 = TestPki.certificate("CN=localhost")
                .serial(BigInteger.ONE.shiftLeft(8000))
                .certificateIssuedBy(CA);
        OcspVerdict verdict = OcspVerifier.verify(
                TestOcsp.good(CA, leaf), long1, CA.leaf(), TestPki.NOW, ChainVerifier.Limits.DEFAULT);
        assertThat(verdict.failure().orElseThrow().getMessage())
                .hasSizeLessThan(300)
                .matches("\\p{Print}*");
    }

    // The cache

    @Test
    void what_is_kept_ends_with_the_response() {
        var cache = new OcspVerdictCache();
        byte[] response = TestOcsp.good(CA, leaf);
        ChainVerifier.Limits limits = ChainVerifier.Limits.DEFAULT;
        for (int i = 0; i < 2; i++) {
            assertThat(cache.verify(response, leaf, CA.leaf(), TestPki.NOW, limits)
                            .ok())
                    .isTrue();
            Instant later = TestPki.NOW.plus(Duration.ofDays(8));
            assertThat(cache.verify(response, leaf, CA.leaf(), later, limits).code())
                    .contains(Code.OCSP_HAS_EXPIRED);
        }
    }

    @Test
    void what_is_kept_is_for_one_certificate_and_issuer() {
        var cache = new OcspVerdictCache();
        byte[] response = TestOcsp.good(CA, leaf);
        ChainVerifier.Limits limits = ChainVerifier.Limits.DEFAULT;
        assertThat(cache.verify(response, leaf, CA.leaf(), TestPki.NOW, limits).ok())
                .isTrue();
        assertThat(cache.verify(response, TestPki.server("other").leaf(), CA.leaf(), TestPki.NOW, limits)
                        .ok())
                .isFalse();
        assertThat(cache.verify(response, leaf, OTHER_CA.leaf(), TestPki.NOW, limits)
                        .ok())
                .isFalse();
        byte[] changed = response.clone();
        changed[changed.length - 1] ^= 1;
        assertThat(cache.verify(changed, leaf, CA.leaf(), TestPki.NOW, limits).ok())
                .isFalse();
    }
}
