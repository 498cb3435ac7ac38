package io.heddle.certificate.path;

import io.heddle.certificate.x509.IssuerSignature;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.security.Principal;
import java.security.Provider;
import java.security.PublicKey;
import java.security.SignatureException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.Date;
import java.util.Set;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/**
 * A certificate whose signature is verified by {@link IssuerSignature}, for the validation of a JDK that lacks ML-DSA.
 * All else is that of the certificate inside.
 */
final class SignedCertificate extends X509Certificate {
    private static final long serialVersionUID = 1;

    private final X509Certificate inside;

    SignedCertificate(X509Certificate inside) {
        this.inside = inside;
    }

    @Override
    public void verify(PublicKey key)
            throws CertificateException, NoSuchAlgorithmException, InvalidKeyException, SignatureException {
        try {
            IssuerSignature.verify(inside, key);
        } catch (CertificateException | NoSuchAlgorithmException | InvalidKeyException | SignatureException refused) {
            throw refused;
        } catch (GeneralSecurityException refused) {
            throw new SignatureException(refused);
        }
    }

    @Override
    public void verify(PublicKey key, @Nullable String provider)
            throws CertificateException, NoSuchAlgorithmException, InvalidKeyException, SignatureException {
        verify(key);
    }

    @Override
    public void verify(PublicKey key, @Nullable Provider provider)
            throws CertificateException, NoSuchAlgorithmException, InvalidKeyException, SignatureException {
        verify(key);
    }

    @Override
    public PublicKey getPublicKey() {
        return inside.getPublicKey();
    }

    @Override
    public byte[] getEncoded() throws CertificateEncodingException {
        return inside.getEncoded();
    }

    @Override
    public void checkValidity() throws CertificateExpiredException, CertificateNotYetValidException {
        inside.checkValidity();
    }

    @Override
    public void checkValidity(Date date) throws CertificateExpiredException, CertificateNotYetValidException {
        inside.checkValidity(date);
    }

    @Override
    public int getVersion() {
        return inside.getVersion();
    }

    @Override
    public BigInteger getSerialNumber() {
        return inside.getSerialNumber();
    }

    @Override
    public X500Principal getIssuerX500Principal() {
        return inside.getIssuerX500Principal();
    }

    @Override
    public X500Principal getSubjectX500Principal() {
        return inside.getSubjectX500Principal();
    }

    @Override
    @SuppressWarnings("JavaUtilDate") // the type of the platform's method
    public Date getNotBefore() {
        return inside.getNotBefore();
    }

    @Override
    @SuppressWarnings("JavaUtilDate") // the type of the platform's method
    public Date getNotAfter() {
        return inside.getNotAfter();
    }

    @Override
    public byte[] getTBSCertificate() throws CertificateEncodingException {
        return inside.getTBSCertificate();
    }

    @Override
    public byte[] getSignature() {
        return inside.getSignature();
    }

    @Override
    public String getSigAlgName() {
        return inside.getSigAlgName();
    }

    @Override
    public String getSigAlgOID() {
        return inside.getSigAlgOID();
    }

    @Override
    public byte @Nullable [] getSigAlgParams() {
        return inside.getSigAlgParams();
    }

    @Override
    public boolean @Nullable [] getIssuerUniqueID() {
        return inside.getIssuerUniqueID();
    }

    @Override
    public boolean @Nullable [] getSubjectUniqueID() {
        return inside.getSubjectUniqueID();
    }

    @Override
    public boolean @Nullable [] getKeyUsage() {
        return inside.getKeyUsage();
    }

    @Override
    public int getBasicConstraints() {
        return inside.getBasicConstraints();
    }

    @Override
    public boolean hasUnsupportedCriticalExtension() {
        return inside.hasUnsupportedCriticalExtension();
    }

    @Override
    public @Nullable Set<String> getCriticalExtensionOIDs() {
        return inside.getCriticalExtensionOIDs();
    }

    @Override
    public @Nullable Set<String> getNonCriticalExtensionOIDs() {
        return inside.getNonCriticalExtensionOIDs();
    }

    @Override
    public byte @Nullable [] getExtensionValue(String identifier) {
        return inside.getExtensionValue(identifier);
    }

    @Override
    @Deprecated // in the platform; abstract there
    public Principal getIssuerDN() {
        return inside.getIssuerX500Principal();
    }

    @Override
    @Deprecated // in the platform; abstract there
    public Principal getSubjectDN() {
        return inside.getSubjectX500Principal();
    }

    @Override
    public String toString() {
        return inside.toString();
    }
}
