package io.heddle.certificate.x509;

import io.heddle.protocol.KeyType;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The signature of an issuer on a certificate or a CRL. */
public final class IssuerSignature {
    private IssuerSignature() {}

    /**
     * Verifies the signature of a certificate. The JDK's certificates cache the result, except for ML-DSA where the JDK
     * lacks it.
     *
     * @throws GeneralSecurityException if it is not of this key
     */
    public static void verify(X509Certificate certificate, PublicKey issuer) throws GeneralSecurityException {
        KeyType type = KeyType.of(issuer);
        if (type.isMlDsa()) {
            requireAlgorithm(certificate.getSigAlgOID(), certificate.getSigAlgParams(), type);
            if (!MlDsa.isInstalled()) {
                verify(certificate.getTBSCertificate(), certificate.getSignature(), issuer);
                return;
            }
        }
        certificate.verify(issuer);
    }

    /**
     * Verifies the signature of a CRL.
     *
     * @throws GeneralSecurityException if it is not of this key
     */
    public static void verify(X509CRL crl, PublicKey issuer) throws GeneralSecurityException {
        KeyType type = KeyType.of(issuer);
        if (type.isMlDsa()) {
            requireAlgorithm(crl.getSigAlgOID(), crl.getSigAlgParams(), type);
            verify(crl.getTBSCertList(), crl.getSignature(), issuer);
        } else {
            crl.verify(issuer);
        }
    }

    /** RFC 9881 sections 2 and 3: the identifier is that of the key, without parameters. */
    private static void requireAlgorithm(String identifier, byte @Nullable [] parameters, KeyType type)
            throws SignatureException {
        if (parameters != null || !MlDsa.type(identifier).equals(Optional.of(type))) {
            throw new SignatureException("the algorithm " + identifier + " is not that of the key, or has parameters");
        }
    }

    private static void verify(byte[] content, byte[] signature, PublicKey issuer) throws GeneralSecurityException {
        Signature verifier = MlDsa.verifier(issuer);
        verifier.update(content);
        if (!verifier.verify(signature)) {
            throw new SignatureException("the signature is not one of the key");
        }
    }
}
