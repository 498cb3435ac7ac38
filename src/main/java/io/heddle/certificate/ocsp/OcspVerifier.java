package io.heddle.certificate.ocsp;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import io.heddle.certificate.OcspVerdict;
import io.heddle.certificate.Problem;
import io.heddle.certificate.path.ChainVerifier;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import java.io.IOException;
import java.io.Serial;
import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ocsp.BasicOCSPResponse;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.ocsp.OCSPResponse;
import org.bouncycastle.asn1.ocsp.OCSPResponseStatus;
import org.bouncycastle.asn1.ocsp.ResponseBytes;
import org.bouncycastle.asn1.ocsp.ResponseData;
import org.bouncycastle.asn1.ocsp.SingleResponse;
import org.bouncycastle.asn1.x509.Extensions;
import org.jspecify.annotations.Nullable;

/**
 * The verification of OCSP responses by RFC 6960 3.2: the response is for the certificate, signed by its issuer or by a
 * delegate of the issuer, and recent.
 *
 * <p>The cost of a response is bounded before anything is computed: {@value #MOST_BYTES} bytes,
 * {@value #MOST_SINGLE_RESPONSES} single responses, {@value #MOST_CERTIFICATES} certificates in it, and two signatures.
 *
 * <p>Stateless and thread-safe. The network is not used: the revocation of a delegate is not checked.
 */
public final class OcspVerifier {
    /** The allowed difference between clocks, OpenSSL's default for status_check. */
    public static final Duration SKEW = Duration.ofMinutes(5);

    /** The age up to which a response without nextUpdate counts as recent. */
    public static final Duration LONGEST_AGE = Duration.ofDays(1);

    static final int MOST_BYTES = 65_536;
    static final int MOST_SINGLE_RESPONSES = 100;
    static final int MOST_CERTIFICATES = 10;

    private static final ASN1ObjectIdentifier NONCE = OCSPObjectIdentifiers.id_pkix_ocsp_nonce;

    private OcspVerifier() {}

    /**
     * Returns the verdict on a response. No content of {@code response} makes it throw.
     *
     * @param response the DER of an OCSPResponse
     * @param certificate the certificate that the response should be about
     * @param issuer the verified issuer of {@code certificate}; itself if it is self-signed
     * @param at the time for which the response must be recent, normally now
     * @param limits the security level that signatures and keys must reach; MD5 is refused at every level
     */
    public static OcspVerdict verify(
            byte[] response,
            X509Certificate certificate,
            X509Certificate issuer,
            Instant at,
            ChainVerifier.Limits limits) {
        return read(response, certificate, issuer, limits).at(at);
    }

    /** Returns what a response proves, without comparing its times with a clock, so that the result can be cached. */
    static OcspProof read(
            byte[] response, X509Certificate certificate, X509Certificate issuer, ChainVerifier.Limits limits) {
        try {
            return proof(response, certificate, issuer, limits);
        } catch (Unproven unproven) {
            return new OcspProof.Nothing(unproven.problem);
        } catch (IOException | RuntimeException malformed) {
            return new OcspProof.Nothing(new Problem(
                    Code.OCSP_RESP_INVALID,
                    0,
                    "the OCSP response of %d bytes for %s is malformed"
                            .formatted(response.length, named(certificate))));
        }
    }

    private static OcspProof proof(
            byte[] response, X509Certificate certificate, X509Certificate issuer, ChainVerifier.Limits limits)
            throws Unproven, IOException {
        BasicOCSPResponse basic = basic(response, certificate);
        ResponseData data = basic.getTbsResponseData();
        refuseCritical(data.getResponseExtensions());
        SingleResponse single = single(data.getResponses(), certificate, issuer);
        refuseCritical(single.getSingleExtensions());
        X509Certificate signer = OcspSigner.of(basic, issuer, limits);
        byte[] content = data.getEncoded(ASN1Encoding.DER);
        OcspSignature algorithm = OcspSignature.of(basic.getSignatureAlgorithm())
                .filter(allowed -> allowed.strength() >= limits.strength())
                .orElseThrow(() -> new Unproven(
                        Code.OCSP_VERIFY_FAILED,
                        "the OCSP response for %s is signed with the algorithm %s, which security level %d does not allow",
                        named(certificate),
                        basic.getSignatureAlgorithm().getAlgorithm().getId(),
                        limits.securityLevel()));
        if (!algorithm.verifies(content, basic.getSignature().getOctets(), signer.getPublicKey())) {
            throw new Unproven(
                    Code.OCSP_SIGNATURE_FAILURE,
                    "the OCSP response for %s is not signed with the key of %s",
                    named(certificate),
                    named(signer));
        }
        return OcspProof.Statement.of(single, certificate, signer);
    }

    // The steps of RFC 6960 3.2 in order, except the signature, which comes last because it costs most

    private static BasicOCSPResponse basic(byte[] response, X509Certificate certificate) throws Unproven, IOException {
        if (response.length > MOST_BYTES) {
            throw new Unproven(
                    Code.OCSP_RESP_INVALID,
                    "the OCSP response for %s has %d bytes, at most %d are allowed",
                    named(certificate),
                    response.length,
                    MOST_BYTES);
        }
        OCSPResponse outer = OCSPResponse.getInstance(ASN1Primitive.fromByteArray(response));
        int status = outer.getResponseStatus().getIntValue();
        if (status != OCSPResponseStatus.SUCCESSFUL) {
            throw new Unproven(
                    Code.OCSP_RESP_INVALID,
                    "the OCSP responder answered for %s with the error %s",
                    named(certificate),
                    error(status));
        }
        ResponseBytes bytes = outer.getResponseBytes();
        if (bytes == null || !bytes.getResponseType().equals(OCSPObjectIdentifiers.id_pkix_ocsp_basic)) {
            throw new Unproven(
                    Code.OCSP_RESP_INVALID,
                    "the OCSP response for %s is of type %s, basic is required",
                    named(certificate),
                    bytes == null ? "none" : bytes.getResponseType().getId());
        }
        BasicOCSPResponse basic = BasicOCSPResponse.getInstance(
                ASN1Primitive.fromByteArray(bytes.getResponse().getOctets()));
        refuseMore("certificates", basic.getCerts(), MOST_CERTIFICATES, certificate);
        refuseMore("single responses", basic.getTbsResponseData().getResponses(), MOST_SINGLE_RESPONSES, certificate);
        return basic;
    }

    private static String error(int status) {
        return switch (status) {
            case OCSPResponseStatus.MALFORMED_REQUEST -> "malformedRequest (1)";
            case OCSPResponseStatus.INTERNAL_ERROR -> "internalError (2)";
            case OCSPResponseStatus.TRY_LATER -> "tryLater (3)";
            case OCSPResponseStatus.SIG_REQUIRED -> "sigRequired (5)";
            case OCSPResponseStatus.UNAUTHORIZED -> "unauthorized (6)";
            default -> Integer.toString(status);
        };
    }

    private static void refuseMore(String what, @Nullable ASN1Sequence list, int most, X509Certificate certificate)
            throws Unproven {
        if (list != null && list.size() > most) {
            throw new Unproven(
                    Code.OCSP_RESP_INVALID,
                    "the OCSP response for %s has %d %s, at most %d are allowed",
                    named(certificate),
                    list.size(),
                    what,
                    most);
        }
    }

    private static void refuseCritical(@Nullable Extensions extensions) throws Unproven {
        if (extensions == null) {
            return;
        }
        for (ASN1ObjectIdentifier oid : extensions.getCriticalExtensionOIDs()) {
            if (!oid.equals(NONCE)) {
                throw new Unproven(
                        Code.OCSP_RESP_INVALID, "the OCSP response has the unknown critical extension %s", oid.getId());
            }
        }
    }

    private static SingleResponse single(ASN1Sequence responses, X509Certificate certificate, X509Certificate issuer)
            throws Unproven {
        var id = new OcspCertificateId(certificate, issuer);
        BigInteger other = null;
        for (ASN1Encodable element : responses) {
            SingleResponse single = SingleResponse.getInstance(element);
            if (id.matches(single.getCertID())) {
                return single;
            }
            other = single.getCertID().getSerialNumber().getValue();
        }
        throw new Unproven(
                Code.OCSP_VERIFY_FAILED,
                "the OCSP response is not for %s with the serial number %s and its issuer %s, but for %s",
                named(certificate),
                TlsFailure.printable(certificate.getSerialNumber().toString(16)),
                named(issuer),
                other == null ? "no certificate" : "serial number " + TlsFailure.printable(other.toString(16)));
    }

    static String named(X509Certificate certificate) {
        return '"' + TlsFailure.printable(certificate.getSubjectX500Principal().getName()) + '"';
    }

    /** The failure of a response in one of the steps. */
    static final class Unproven extends Exception {
        @Serial
        private static final long serialVersionUID = 1L;

        final transient Problem problem;

        @FormatMethod
        Unproven(Code code, @FormatString String format, Object... values) {
            super(code.name(), null, false, false);
            problem = new Problem(code, 0, format.formatted(values));
        }
    }
}
