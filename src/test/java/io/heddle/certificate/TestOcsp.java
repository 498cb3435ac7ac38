package io.heddle.certificate;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Date;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.CertificateStatus;
import org.bouncycastle.cert.ocsp.OCSPException;
import org.bouncycastle.cert.ocsp.OCSPRespBuilder;
import org.bouncycastle.cert.ocsp.jcajce.JcaBasicOCSPRespBuilder;
import org.bouncycastle.cert.ocsp.jcajce.JcaCertificateID;
import org.bouncycastle.operator.DigestCalculator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;

/** OCSP responses for tests, and certificates that demand them. */
public final class TestOcsp {
    private static final ASN1ObjectIdentifier TLS_FEATURE = new ASN1ObjectIdentifier("1.3.6.1.5.5.7.1.24");

    private TestOcsp() {}

    /** Returns the DER of a response, signed by the issuer itself, that calls a certificate good. */
    public static byte[] good(Identity issuer, X509Certificate issued) {
        try {
            DigestCalculator sha1 =
                    new JcaDigestCalculatorProviderBuilder().build().get(CertificateID.HASH_SHA1);
            var builder = new JcaBasicOCSPRespBuilder(issuer.leaf().getPublicKey(), sha1);
            builder.addResponse(
                    new JcaCertificateID(sha1, issuer.leaf(), issued.getSerialNumber()),
                    CertificateStatus.GOOD,
                    Date.from(TestPki.NOW.minus(Duration.ofDays(1))),
                    Date.from(TestPki.NOW.plus(Duration.ofDays(7))));
            var signer = TestCertificate.signer(TestCertificate.signatureOf(issuer.key()), issuer.key());
            var basic = builder.build(signer, null, Date.from(TestPki.NOW));
            return new OCSPRespBuilder()
                    .build(OCSPRespBuilder.SUCCESSFUL, basic)
                    .getEncoded();
        } catch (OCSPException | OperatorCreationException | IOException | GeneralSecurityException failed) {
            throw new IllegalStateException(failed);
        }
    }

    /** Returns a server whose certificate is good only together with a response (RFC 7633). */
    public static Identity mustStaple(String name) {
        return TestPki.certificate("CN=" + name)
                .key(TestPki.Key.P256, 1)
                .server(name)
                .extension(TLS_FEATURE, false, new DERSequence(new ASN1Integer(5)))
                .issuedBy(TestPki.ca());
    }
}
