package io.heddle.certificate.ocsp;

import static io.heddle.certificate.ocsp.OcspVerifier.named;

import io.heddle.certificate.file.CertificateReader;
import io.heddle.certificate.ocsp.OcspVerifier.Unproven;
import io.heddle.certificate.path.ChainVerifier;
import io.heddle.certificate.x509.IssuerSignature;
import io.heddle.certificate.x509.ParsedCertificate;
import io.heddle.certificate.x509.SignatureStrength;
import io.heddle.failure.TlsFailure.Code;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertificateException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ocsp.BasicOCSPResponse;
import org.bouncycastle.asn1.ocsp.ResponderID;

/**
 * The certificate whose key signed an OCSP response: the issuer, or a delegate with a certificate of the issuer (RFC
 * 6960 4.2.2.2). At most one delegate is verified, so that a response costs at most two signatures.
 */
final class OcspSigner {
    private static final String OCSP_SIGNING = "1.3.6.1.5.5.7.3.9";
    private static final int DIGITAL_SIGNATURE = 0;

    /**
     * The minimum strength of the signature of a delegate's certificate, also at security level 0: MD5 can be forged.
     */
    private static final int WEAKEST = 63;

    private OcspSigner() {}

    /**
     * Returns the certificate that the response names as its signer.
     *
     * @throws Unproven if it is neither the issuer nor an allowed delegate
     */
    static X509Certificate of(BasicOCSPResponse response, X509Certificate issuer, ChainVerifier.Limits limits)
            throws Unproven, IOException {
        ResponderID wanted = response.getTbsResponseData().getResponderID();
        if (isNamed(wanted, issuer)) {
            requireStrongKey(issuer, limits);
            return issuer;
        }
        if (response.getCerts() != null) {
            for (ASN1Encodable element : response.getCerts()) {
                X509Certificate delegate = certificate(element);
                if (isNamed(wanted, delegate)
                        && delegate.getIssuerX500Principal().equals(issuer.getSubjectX500Principal())) {
                    requireAllowed(delegate, issuer, limits);
                    return delegate;
                }
            }
        }
        throw new Unproven(
                Code.OCSP_VERIFY_FAILED,
                "the OCSP response is signed neither by the issuer %s nor by a delegate whose certificate is in it",
                named(issuer));
    }

    private static boolean isNamed(ResponderID wanted, X509Certificate candidate) throws IOException {
        byte[] keyHash = wanted.getKeyHash();
        if (keyHash != null) {
            // RFC 6960 4.2.1: the hash is SHA-1, whatever the identifiers of certificates use.
            return MessageDigest.isEqual(
                    keyHash, OcspCertificateId.digest("SHA-1", OcspCertificateId.keyBits(candidate)));
        }
        return wanted.getName() != null
                && candidate
                        .getSubjectX500Principal()
                        .equals(new X500Principal(wanted.getName().getEncoded()));
    }

    private static X509Certificate certificate(ASN1Encodable encoded) throws IOException {
        try {
            return (X509Certificate) CertificateReader.factory()
                    .generateCertificate(
                            new ByteArrayInputStream(encoded.toASN1Primitive().getEncoded()));
        } catch (CertificateException unreadable) {
            throw new IOException(unreadable);
        }
    }

    private static void requireAllowed(X509Certificate delegate, X509Certificate issuer, ChainVerifier.Limits limits)
            throws Unproven {
        requireStrongKey(delegate, limits);
        refusal(delegate, issuer, limits);
    }

    private static void requireStrongKey(X509Certificate signer, ChainVerifier.Limits limits) throws Unproven {
        var link = new ParsedCertificate(signer);
        if (link.strength() < limits.strength()) {
            throw new Unproven(
                    Code.OCSP_VERIFY_FAILED,
                    "the key of %s (%s), which signs the OCSP response, is too weak for security level %d",
                    named(signer),
                    ParsedCertificate.describe(link.publicKey),
                    limits.securityLevel());
        }
    }

    private static void refusal(X509Certificate delegate, X509Certificate issuer, ChainVerifier.Limits limits)
            throws Unproven {
        Optional<String> reason = Optional.empty();
        if (!maySignResponses(delegate)) {
            reason = Optional.of("its extended key usage does not have OCSPSigning");
        } else if (!new ParsedCertificate(delegate).allows(DIGITAL_SIGNATURE)) {
            reason = Optional.of("its key usage does not allow it to sign");
        } else if (delegate.hasUnsupportedCriticalExtension()) {
            reason = Optional.of("it has an unknown critical extension");
        } else if (SignatureStrength.of(delegate) < Math.max(WEAKEST, limits.strength())) {
            reason = Optional.of("its signature (%s) is too weak for security level %d"
                    .formatted(delegate.getSigAlgName(), limits.securityLevel()));
        } else if (!isSignedBy(delegate, issuer)) {
            reason = Optional.of("it is not signed by the issuer " + named(issuer));
        }
        if (reason.isPresent()) {
            throw new Unproven(
                    Code.OCSP_VERIFY_FAILED, "%s may not sign OCSP responses: %s", named(delegate), reason.get());
        }
    }

    /** RFC 6960 4.2.2.2 requires id-kp-OCSPSigning itself; anyExtendedKeyUsage is not enough. */
    private static boolean maySignResponses(X509Certificate delegate) {
        try {
            return delegate.getExtendedKeyUsage() != null
                    && delegate.getExtendedKeyUsage().contains(OCSP_SIGNING);
        } catch (CertificateParsingException unreadable) {
            return false;
        }
    }

    private static boolean isSignedBy(X509Certificate delegate, X509Certificate issuer) {
        try {
            IssuerSignature.verify(delegate, issuer.getPublicKey());
            return true;
        } catch (GeneralSecurityException | RuntimeException bad) {
            return false;
        }
    }
}
