package io.heddle.certificate;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.cert.ocsp.BasicOCSPRespBuilder;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.CertificateStatus;
import org.bouncycastle.cert.ocsp.OCSPException;
import org.bouncycastle.cert.ocsp.OCSPRespBuilder;
import org.bouncycastle.cert.ocsp.RespID;
import org.bouncycastle.cert.ocsp.RevokedStatus;
import org.bouncycastle.cert.ocsp.UnknownStatus;
import org.bouncycastle.cert.ocsp.jcajce.JcaBasicOCSPRespBuilder;
import org.bouncycastle.cert.ocsp.jcajce.JcaCertificateID;
import org.bouncycastle.operator.DigestCalculator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;

/**
 * A builder of OCSP responses for tests; by default the status is good, from yesterday for a week, signed by the issuer
 * itself.
 */
public final class TestOcsp {
    private static final ASN1ObjectIdentifier TLS_FEATURE = new ASN1ObjectIdentifier("1.3.6.1.5.5.7.1.24");
    private static final ASN1ObjectIdentifier SHA1 = CertificateID.HASH_SHA1.getAlgorithm();

    private record Single(X509Certificate issuer, X509Certificate certificate) {}

    private final List<Single> about = new ArrayList<>();
    private final List<X509Certificate> certificates = new ArrayList<>();
    private Identity signer;
    private boolean byName;
    private ASN1ObjectIdentifier hash = SHA1;
    private String signature;
    private CertificateStatus status = CertificateStatus.GOOD;
    private Instant thisUpdate = TestPki.NOW.minus(Duration.ofDays(1));
    private Optional<Instant> nextUpdate = Optional.of(TestPki.NOW.plus(Duration.ofDays(7)));
    private Optional<Extensions> extensions = Optional.empty();

    private TestOcsp(Identity issuer, X509Certificate issued) {
        about.add(new Single(issuer.leaf(), issued));
        signer = issuer;
        signature = TestCertificate.signatureOf(issuer.key());
    }

    /** Begins a response of an issuer about a certificate. */
    public static TestOcsp of(Identity issuer, X509Certificate issued) {
        return new TestOcsp(issuer, issued);
    }

    /** Returns the DER of a response, signed by the issuer itself, with the status good. */
    public static byte[] good(Identity issuer, X509Certificate issued) {
        return of(issuer, issued).der();
    }

    /** Returns the DER of a response, signed by the issuer itself, with the status revoked since yesterday. */
    public static byte[] revoked(Identity issuer, X509Certificate issued) {
        return of(issuer, issued).revoked().der();
    }

    /** Returns the DER of a response, signed by the issuer itself, that ended yesterday. */
    public static byte[] outdated(Identity issuer, X509Certificate issued) {
        return of(issuer, issued)
                .times(TestPki.NOW.minus(Duration.ofDays(8)), TestPki.NOW.minus(Duration.ofDays(1)))
                .der();
    }

    /** Sets the status revoked, for a key compromise yesterday. */
    public TestOcsp revoked() {
        status = new RevokedStatus(Date.from(TestPki.NOW.minus(Duration.ofDays(1))), CRLReason.keyCompromise);
        return this;
    }

    /** Sets the status unknown. */
    public TestOcsp unknown() {
        status = new UnknownStatus();
        return this;
    }

    /** Sets the times. */
    public TestOcsp times(Instant from, Instant to) {
        thisUpdate = from;
        nextUpdate = Optional.of(to);
        return this;
    }

    /** Sets the beginning, and no end. */
    public TestOcsp since(Instant from) {
        thisUpdate = from;
        nextUpdate = Optional.empty();
        return this;
    }

    /** Puts an answer about another certificate in front. */
    public TestOcsp alsoAbout(Identity issuer, X509Certificate issued) {
        about.addFirst(new Single(issuer.leaf(), issued));
        return this;
    }

    /** Sets the hash of the certificate's identifier. */
    public TestOcsp hash(ASN1ObjectIdentifier algorithm) {
        hash = algorithm;
        return this;
    }

    /** Names the responder by its name instead of its key. */
    public TestOcsp byName() {
        byName = true;
        return this;
    }

    /** Sets another signer. */
    public TestOcsp signedBy(Identity other) {
        signer = other;
        signature = TestCertificate.signatureOf(other.key());
        return this;
    }

    /** Sets the algorithm of the signature. */
    public TestOcsp signedWith(String algorithm) {
        signature = algorithm;
        return this;
    }

    /** Adds certificates. */
    public TestOcsp with(X509Certificate... more) {
        certificates.addAll(List.of(more));
        return this;
    }

    /** Adds an extension to the response. */
    public TestOcsp extension(ASN1ObjectIdentifier type, boolean critical) {
        extensions = Optional.of(new Extensions(new Extension(type, critical, new byte[] {5, 0})));
        return this;
    }

    /** Returns the response. */
    public byte[] der() {
        try {
            var digests = new JcaDigestCalculatorProviderBuilder().build();
            DigestCalculator idHash = digests.get(new AlgorithmIdentifier(hash, DERNull.INSTANCE));
            BasicOCSPRespBuilder builder = byName
                    ? new BasicOCSPRespBuilder(new RespID(X500Name.getInstance(
                            signer.leaf().getSubjectX500Principal().getEncoded())))
                    : new JcaBasicOCSPRespBuilder(signer.leaf().getPublicKey(), digests.get(CertificateID.HASH_SHA1));
            for (Single single : about) {
                builder.addResponse(
                        new JcaCertificateID(
                                idHash, single.issuer(), single.certificate().getSerialNumber()),
                        status,
                        Date.from(thisUpdate),
                        nextUpdate.map(Date::from).orElse(null));
            }
            extensions.ifPresent(builder::setResponseExtensions);
            var holders = new ArrayList<X509CertificateHolder>();
            for (X509Certificate certificate : certificates) {
                holders.add(new JcaX509CertificateHolder(certificate));
            }
            var basic = builder.build(
                    TestCertificate.signer(signature, signer.key()),
                    holders.isEmpty() ? null : holders.toArray(X509CertificateHolder[]::new),
                    Date.from(TestPki.NOW));
            return new OCSPRespBuilder()
                    .build(OCSPRespBuilder.SUCCESSFUL, basic)
                    .getEncoded();
        } catch (OCSPException | OperatorCreationException | IOException | GeneralSecurityException failed) {
            throw new IllegalStateException(failed);
        }
    }

    /** Returns the DER of a responder's refusal, which has no signature. */
    public static byte[] error(int responseStatus) {
        try {
            return new OCSPRespBuilder().build(responseStatus, null).getEncoded();
        } catch (OCSPException | IOException failed) {
            throw new IllegalStateException(failed);
        }
    }

    /** Begins the certificate of a delegate that may sign responses. */
    public static TestCertificate delegate() {
        return TestPki.certificate("CN=Heddle Test Responder")
                .key(TestPki.Key.P256, 12)
                .extendedKeyUsage(KeyPurposeId.id_kp_OCSPSigning);
    }

    /** Returns a server with a certificate that requires a response (RFC 7633). */
    public static Identity mustStaple(String name) {
        return TestPki.certificate("CN=" + name)
                .key(TestPki.Key.P256, 1)
                .server(name)
                .extension(TLS_FEATURE, false, new DERSequence(new ASN1Integer(5)))
                .issuedBy(TestPki.ca());
    }
}
