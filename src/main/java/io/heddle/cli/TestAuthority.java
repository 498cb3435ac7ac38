package io.heddle.cli;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CRLConverter;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v2CRLBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.CertificateStatus;
import org.bouncycastle.cert.ocsp.OCSPException;
import org.bouncycastle.cert.ocsp.OCSPResp;
import org.bouncycastle.cert.ocsp.OCSPRespBuilder;
import org.bouncycastle.cert.ocsp.jcajce.JcaBasicOCSPRespBuilder;
import org.bouncycastle.cert.ocsp.jcajce.JcaCertificateID;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.DigestCalculator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;

/** A certificate authority for tests, with a P-256 key. */
final class TestAuthority {
    private final KeyPair keys;
    private final X509Certificate certificate;
    private final SecureRandom random;

    private TestAuthority(KeyPair keys, X509Certificate certificate, SecureRandom random) {
        this.keys = keys;
        this.certificate = certificate;
        this.random = random;
    }

    /** The validity of a certificate or a CRL. */
    record Period(Instant from, Instant to) {}

    /** The subject of a certificate. */
    record Subject(String name, PublicKey key, List<GeneralName> alternativeNames, List<KeyPurposeId> purposes) {}

    /** Returns a self-signed authority. */
    static TestAuthority root(String name, KeyPair keys, Period period, SecureRandom random)
            throws GeneralSecurityException, IOException {
        var builder = builder(new X500Principal(name), name, keys.getPublic(), period, random);
        asAuthority(builder, keys.getPublic(), new BasicConstraints(true));
        return new TestAuthority(keys, sign(builder, keys, random), random);
    }

    /** Returns an authority under this one, which may sign only end entities. */
    TestAuthority intermediate(String name, KeyPair intermediateKeys, Period period)
            throws GeneralSecurityException, IOException {
        var builder =
                builder(certificate.getSubjectX500Principal(), name, intermediateKeys.getPublic(), period, random);
        asAuthority(builder, intermediateKeys.getPublic(), new BasicConstraints(0));
        builder.addExtension(
                Extension.authorityKeyIdentifier, false, extensions().createAuthorityKeyIdentifier(keys.getPublic()));
        return new TestAuthority(intermediateKeys, sign(builder, keys, random), random);
    }

    /** Returns a certificate for an end entity. */
    X509Certificate issue(Subject subject, Period period) throws GeneralSecurityException, IOException {
        var builder = builder(certificate.getSubjectX500Principal(), subject.name(), subject.key(), period, random);
        // RSA keys also carry the static RSA key exchange of TLS 1.2, which encrypts.
        int usage =
                KeyUsage.digitalSignature | (subject.key().getAlgorithm().equals("RSA") ? KeyUsage.keyEncipherment : 0);
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
        builder.addExtension(Extension.keyUsage, true, new KeyUsage(usage));
        builder.addExtension(
                Extension.extendedKeyUsage,
                false,
                new ExtendedKeyUsage(subject.purposes().toArray(new KeyPurposeId[0])));
        builder.addExtension(
                Extension.subjectKeyIdentifier, false, extensions().createSubjectKeyIdentifier(subject.key()));
        builder.addExtension(
                Extension.authorityKeyIdentifier, false, extensions().createAuthorityKeyIdentifier(keys.getPublic()));
        if (!subject.alternativeNames().isEmpty()) {
            var names = new GeneralNames(subject.alternativeNames().toArray(new GeneralName[0]));
            builder.addExtension(Extension.subjectAlternativeName, false, names);
        }
        return sign(builder, keys, random);
    }

    /** Returns this authority's CRL, which lists {@code revoked}. */
    X509CRL crl(Period period, List<X509Certificate> revoked) throws GeneralSecurityException, IOException {
        var builder = new JcaX509v2CRLBuilder(certificate.getSubjectX500Principal(), Date.from(period.from()));
        builder.setNextUpdate(Date.from(period.to()));
        for (X509Certificate one : revoked) {
            builder.addCRLEntry(one.getSerialNumber(), Date.from(period.from()), CRLReason.keyCompromise);
        }
        builder.addExtension(
                Extension.authorityKeyIdentifier, false, extensions().createAuthorityKeyIdentifier(keys.getPublic()));
        builder.addExtension(Extension.cRLNumber, false, new CRLNumber(BigInteger.ONE));
        return new JcaX509CRLConverter().getCRL(builder.build(signer(keys, random)));
    }

    /** Returns the DER of an OCSP response, signed by this authority itself, that calls {@code issued} good. */
    byte[] ocspGood(X509Certificate issued, Period period) throws GeneralSecurityException, IOException {
        try {
            DigestCalculator sha1 =
                    new JcaDigestCalculatorProviderBuilder().build().get(CertificateID.HASH_SHA1);
            var builder = new JcaBasicOCSPRespBuilder(keys.getPublic(), sha1);
            builder.addResponse(
                    new JcaCertificateID(sha1, certificate, issued.getSerialNumber()),
                    CertificateStatus.GOOD,
                    Date.from(period.from()),
                    Date.from(period.to()));
            var basic = builder.build(signer(keys, random), null, Date.from(period.from()));
            OCSPResp response = new OCSPRespBuilder().build(OCSPRespBuilder.SUCCESSFUL, basic);
            return response.getEncoded();
        } catch (OCSPException | OperatorCreationException e) {
            throw new GeneralSecurityException("OCSP response: " + e.getMessage(), e);
        }
    }

    X509Certificate certificate() {
        return certificate;
    }

    KeyPair keys() {
        return keys;
    }

    private static JcaX509v3CertificateBuilder builder(
            X500Principal issuer, String name, PublicKey key, Period period, SecureRandom random) {
        // RFC 5280 4.1.2.2: positive, at most 20 bytes. 126 random bits, and one that makes the length constant.
        BigInteger serial = new BigInteger(126, random).setBit(126);
        return new JcaX509v3CertificateBuilder(
                issuer, serial, Date.from(period.from()), Date.from(period.to()), new X500Principal(name), key);
    }

    private static void asAuthority(JcaX509v3CertificateBuilder builder, PublicKey key, BasicConstraints constraints)
            throws GeneralSecurityException, IOException {
        builder.addExtension(Extension.basicConstraints, true, constraints);
        builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
        builder.addExtension(Extension.subjectKeyIdentifier, false, extensions().createSubjectKeyIdentifier(key));
    }

    private static X509Certificate sign(JcaX509v3CertificateBuilder builder, KeyPair keys, SecureRandom random)
            throws GeneralSecurityException {
        return new JcaX509CertificateConverter().getCertificate(builder.build(signer(keys, random)));
    }

    private static ContentSigner signer(KeyPair keys, SecureRandom random) throws GeneralSecurityException {
        try {
            return new JcaContentSignerBuilder("SHA256withECDSA")
                    .setSecureRandom(random)
                    .build(keys.getPrivate());
        } catch (OperatorCreationException e) {
            throw new GeneralSecurityException("signer: " + e.getMessage(), e);
        }
    }

    private static JcaX509ExtensionUtils extensions() throws GeneralSecurityException {
        return new JcaX509ExtensionUtils();
    }
}
