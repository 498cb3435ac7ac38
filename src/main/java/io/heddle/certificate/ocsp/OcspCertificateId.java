package io.heddle.certificate.ocsp;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.X509Certificate;
import java.util.Map;
import org.bouncycastle.asn1.ocsp.CertID;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;

/**
 * The identifier of a certificate in OCSP (RFC 6960 4.1.1), for comparison:
 *
 * <pre>{@code
 * CertID ::= SEQUENCE {
 *     hashAlgorithm   AlgorithmIdentifier,
 *     issuerNameHash  OCTET STRING,    -- of the issuer's name in DER
 *     issuerKeyHash   OCTET STRING,    -- of the bits of the issuer's public key
 *     serialNumber    CertificateSerialNumber }
 * }</pre>
 *
 * <p>SHA-1 is allowed here, and usual: the proof is the signature over the identifier, not the identifier.
 */
record OcspCertificateId(X509Certificate certificate, X509Certificate issuer) {
    private static final Map<String, String> HASHES = Map.of(
            "1.3.14.3.2.26", "SHA-1",
            "2.16.840.1.101.3.4.2.4", "SHA-224",
            "2.16.840.1.101.3.4.2.1", "SHA-256",
            "2.16.840.1.101.3.4.2.2", "SHA-384",
            "2.16.840.1.101.3.4.2.3", "SHA-512");

    /** Returns whether an identifier is that of the certificate. */
    boolean matches(CertID id) {
        // The serial number first, so that hashes are computed only for a candidate.
        if (!certificate.getSerialNumber().equals(id.getSerialNumber().getValue())) {
            return false;
        }
        String hash = HASHES.get(id.getHashAlgorithm().getAlgorithm().getId());
        return hash != null
                && MessageDigest.isEqual(
                        id.getIssuerNameHash().getOctets(),
                        digest(hash, certificate.getIssuerX500Principal().getEncoded()))
                && MessageDigest.isEqual(id.getIssuerKeyHash().getOctets(), digest(hash, keyBits(issuer)));
    }

    /** Returns the bits of a certificate's public key, the input of key hashes in OCSP. */
    static byte[] keyBits(X509Certificate certificate) {
        return SubjectPublicKeyInfo.getInstance(certificate.getPublicKey().getEncoded())
                .getPublicKeyData()
                .getOctets();
    }

    static byte[] digest(String algorithm, byte[] content) {
        try {
            return MessageDigest.getInstance(algorithm).digest(content);
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException(missing);
        }
    }
}
