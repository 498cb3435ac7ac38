package io.heddle.certificate.x509;

import io.heddle.failure.TlsFailure;
import io.heddle.protocol.KeyType;
import java.io.IOException;
import java.security.Key;
import java.security.PublicKey;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.security.interfaces.DSAKey;
import java.security.interfaces.ECKey;
import java.security.interfaces.RSAKey;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.GeneralName;
import org.jspecify.annotations.Nullable;

/**
 * A certificate with its parsed properties that the verification of a chain needs repeatedly. Immutable; those of trust
 * anchors are created once and shared by all connections.
 */
public final class ParsedCertificate {
    private static final String SUBJECT_KEY_IDENTIFIER = "2.5.29.14";
    private static final String AUTHORITY_KEY_IDENTIFIER = "2.5.29.35";
    private static final String BASIC_CONSTRAINTS = "2.5.29.19";
    private static final int KEY_CERT_SIGN = 5;

    public final X509Certificate certificate;
    public final X500Principal subject;
    public final X500Principal issuer;
    public final Instant notBefore;
    public final Instant notAfter;
    public final boolean selfIssued;
    public final boolean selfSigned;
    public final PublicKey publicKey;
    public final KeyType keyType;
    public final boolean @Nullable [] keyUsage;

    private final byte @Nullable [] subjectKeyId;
    private final @Nullable AuthorityKeyIdentifier authorityKeyId;
    private @Nullable TrustAnchor anchor;

    public ParsedCertificate(X509Certificate certificate) {
        BouncyCastleVersion.require();
        this.certificate = certificate;
        subject = certificate.getSubjectX500Principal();
        issuer = certificate.getIssuerX500Principal();
        notBefore = certificate.getNotBefore().toInstant();
        notAfter = certificate.getNotAfter().toInstant();
        publicKey = certificate.getPublicKey();
        keyType = KeyType.of(publicKey);
        keyUsage = certificate.getKeyUsage();
        subjectKeyId = subjectKeyId(certificate);
        authorityKeyId = authorityKeyId(certificate.getExtensionValue(AUTHORITY_KEY_IDENTIFIER));
        selfIssued = subject.equals(issuer);
        selfSigned = selfIssued && identifies(authorityKeyId) && couldSign(certificate.getSigAlgOID());
    }

    /**
     * Returns whether this may have issued {@code other}: by name, key identifier and kind of key, not yet
     * by signature.
     */
    public boolean mayHaveIssued(ParsedCertificate other) {
        return subject.equals(other.issuer)
                && identifies(other.authorityKeyId)
                && couldSign(other.certificate.getSigAlgOID());
    }

    /**
     * Returns whether {@code keyId}, the authority key identifier of a certificate or CRL, identifies this certificate
     * or does not say.
     */
    public boolean identifies(@Nullable AuthorityKeyIdentifier keyId) {
        if (keyId == null) {
            return true;
        }
        byte[] wanted = keyId.getKeyIdentifierOctets();
        if (wanted != null && subjectKeyId != null && !Arrays.equals(wanted, subjectKeyId)) {
            return false;
        }
        if (keyId.getAuthorityCertSerialNumber() != null
                && !keyId.getAuthorityCertSerialNumber().equals(certificate.getSerialNumber())) {
            return false;
        }
        if (keyId.getAuthorityCertIssuer() != null) {
            for (GeneralName name : keyId.getAuthorityCertIssuer().getNames()) {
                if (name.getTagNo() == GeneralName.directoryName) {
                    return principal(name).map(issuer::equals).orElse(false);
                }
            }
        }
        return true;
    }

    /**
     * Returns the result of OpenSSL's CA check: 0 no CA, 1 a CA by basicConstraints, 3 a self-signed certificate of
     * version 1, 4 by key usage alone.
     */
    public int ca() {
        if (keyUsage != null && !maySignCertificates()) {
            return 0;
        }
        if (certificate.getExtensionValue(BASIC_CONSTRAINTS) != null) {
            return certificate.getBasicConstraints() >= 0 ? 1 : 0;
        }
        if (certificate.getVersion() == 1 && selfSigned) {
            return 3;
        }
        return keyUsage != null ? 4 : 0;
    }

    /** Returns whether the key usage, if present, allows signing certificates. */
    public boolean maySignCertificates() {
        return allows(KEY_CERT_SIGN);
    }

    /** Returns whether the key usage, if present, has this bit of RFC 5280 4.2.1.3. */
    public boolean allows(int bit) {
        return keyUsage == null || (bit < keyUsage.length && keyUsage[bit]);
    }

    /** Returns the strength of the key in bits by NIST SP 800-57; 0 if it is too small, large if it is unknown. */
    public int strength() {
        if (publicKey instanceof RSAKey rsa) {
            return ofFiniteField(rsa.getModulus().bitLength());
        } else if (publicKey instanceof DSAKey dsa && dsa.getParams() != null) {
            return ofFiniteField(dsa.getParams().getP().bitLength());
        } else if (publicKey instanceof ECKey ec) {
            return ec.getParams().getOrder().bitLength() / 2;
        }
        return switch (keyType) {
            case ML_DSA_44, ML_DSA_65, ML_DSA_87 -> MlDsa.strength(keyType);
            case ED448 -> 224;
            default -> 128;
        };
    }

    /** Returns the algorithm of a key and its size in bits if it has one, such as {@code RSA 2048}. */
    public static String describe(Key key) {
        return switch (key) {
            case RSAKey rsa -> key.getAlgorithm() + " " + rsa.getModulus().bitLength();
            case ECKey ec ->
                key.getAlgorithm() + " " + ec.getParams().getOrder().bitLength();
            // Java's names of the algorithm do not have the parameter set, or are identifiers.
            case PublicKey other
            when KeyType.of(other).isMlDsa() -> KeyType.of(other).text();
            default -> key.getAlgorithm();
        };
    }

    /** Returns whether the validity has not begun at that time. */
    public boolean isNotYetValid(Instant at) {
        return at.isBefore(notBefore);
    }

    /** Returns whether the validity has ended; as in OpenSSL, it ends in the second of notAfter. */
    public boolean isExpired(Instant at) {
        return !at.isBefore(notAfter);
    }

    /** Returns the subject, quoted and safe to print. */
    @Override
    public String toString() {
        return '"' + TlsFailure.printable(subject.getName()) + '"';
    }

    /** Returns whether these are the same bytes. */
    public boolean isSameAs(ParsedCertificate other) {
        return certificate.equals(other.certificate);
    }

    /**
     * Returns this certificate as a trust anchor of the JDK, normally the same object each time; racing threads may
     * create it twice, which is harmless.
     */
    public TrustAnchor anchor() {
        TrustAnchor created = anchor;
        if (created == null) {
            created = new TrustAnchor(certificate, null);
            anchor = created;
        }
        return created;
    }

    /**
     * Reads the authority key identifier of a certificate's or CRL's extension value; null if it is absent
     * or unreadable.
     */
    public static @Nullable AuthorityKeyIdentifier authorityKeyId(byte @Nullable [] extension) {
        ASN1Primitive content = content(extension);
        try {
            return content == null ? null : AuthorityKeyIdentifier.getInstance(content);
        } catch (RuntimeException unreadable) {
            return null;
        }
    }

    /** Returns the structure inside an extension's octet string; null if it is absent or unreadable. */
    public static @Nullable ASN1Primitive content(byte @Nullable [] extension) {
        if (extension == null) {
            return null;
        }
        try {
            byte[] inner = ASN1OctetString.getInstance(extension).getOctets();
            return ASN1Primitive.fromByteArray(inner);
        } catch (IOException | RuntimeException unreadable) {
            return null;
        }
    }

    private static byte @Nullable [] subjectKeyId(X509Certificate certificate) {
        return content(certificate.getExtensionValue(SUBJECT_KEY_IDENTIFIER)) instanceof ASN1OctetString id
                ? id.getOctets()
                : null;
    }

    private static java.util.Optional<X500Principal> principal(GeneralName name) {
        try {
            return Optional.of(
                    new X500Principal(name.getName().toASN1Primitive().getEncoded()));
        } catch (IOException | RuntimeException unreadable) {
            return Optional.empty();
        }
    }

    private boolean couldSign(String signatureAlgorithm) {
        return switch (keyType) {
            case RSA ->
                signatureAlgorithm.startsWith("1.2.840.113549.1.1.") || signatureAlgorithm.startsWith("1.3.14.3.2.");
            case RSA_PSS -> signatureAlgorithm.equals("1.2.840.113549.1.1.10");
            case EC -> signatureAlgorithm.startsWith("1.2.840.10045.4.");
            case ED25519 -> signatureAlgorithm.equals("1.3.101.112");
            case ED448 -> signatureAlgorithm.equals("1.3.101.113");
            case ML_DSA_44, ML_DSA_65, ML_DSA_87 ->
                MlDsa.type(signatureAlgorithm).equals(Optional.of(keyType));
            case DSA, UNKNOWN -> true;
        };
    }

    private static int ofFiniteField(int bits) {
        if (bits >= 15360) {
            return 256;
        } else if (bits >= 7680) {
            return 192;
        } else if (bits >= 3072) {
            return 128;
        } else if (bits >= 2048) {
            return 112;
        }
        return bits >= 1024 ? 80 : 0;
    }
}
