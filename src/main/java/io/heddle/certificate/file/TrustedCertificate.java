package io.heddle.certificate.file;

import io.heddle.certificate.x509.Purpose;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Set;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1TaggedObject;
import org.bouncycastle.asn1.DERSequence;
import org.jspecify.annotations.Nullable;

/**
 * A trusted certificate with the purposes that it is trusted for; OpenSSL's {@code TRUSTED CERTIFICATE}, as
 * {@code openssl x509 -addtrust} and {@code -addreject} write it. Immutable.
 *
 * <p>A chain with a certificate from the trust store that is not trusted for the peer's side is refused with OpenSSL's
 * {@code CERT_REJECTED} and {@code INVALID_PURPOSE}, of which Node and {@code Verdict.code()} give the second. Unlike
 * in OpenSSL, a purpose does not make an anchor of a certificate that is not self-signed
 * ({@code TrustStore.allowPartialTrustChain} does), and excuses no extension of it.
 *
 * @param certificate the certificate
 * @param purposes the sides that it is trusted for; both for a certificate without settings
 */
public record TrustedCertificate(X509Certificate certificate, Set<Purpose> purposes) {
    private static final String LABEL = "TRUSTED CERTIFICATE";
    private static final String ANY_EXTENDED_KEY_USAGE = "2.5.29.37.0";
    private static final int REJECTED = 0;

    /** Copies the set. */
    public TrustedCertificate {
        purposes = Set.copyOf(purposes);
    }

    /** Returns a certificate that is trusted for servers and clients. */
    public static TrustedCertificate of(X509Certificate certificate) {
        return new TrustedCertificate(certificate, EnumSet.allOf(Purpose.class));
    }

    /** Returns whether it is trusted for servers and clients. */
    public boolean forAll() {
        return purposes.size() == Purpose.values().length;
    }

    /**
     * Returns the certificate in PEM, as a {@code TRUSTED CERTIFICATE} with a list of purposes if it is not trusted
     * for all.
     */
    public String toPem() {
        try {
            byte[] der = certificate.getEncoded();
            if (forAll()) {
                return Pem.write("CERTIFICATE", der);
            }
            var uses = new ASN1EncodableVector();
            for (Purpose purpose : Purpose.values()) {
                if (purposes.contains(purpose)) {
                    uses.add(new ASN1ObjectIdentifier(purpose.extendedKeyUsage()));
                }
            }
            var whole = new ByteArrayOutputStream();
            whole.writeBytes(der);
            whole.writeBytes(new DERSequence(new DERSequence(uses)).getEncoded());
            return Pem.write(LABEL, whole.toByteArray());
        } catch (CertificateEncodingException | IOException impossible) {
            throw new IllegalStateException("a certificate that was read has an encoding", impossible);
        }
    }

    /**
     * Returns the purposes that remain under OpenSSL's settings after a certificate. A list of trusted uses excludes those
     * not in it, a list of rejected uses those in it; {@code anyExtendedKeyUsage} stands for all.
     *
     * <pre>
     * CertAux ::= SEQUENCE { trust SEQUENCE OF OBJECT IDENTIFIER OPTIONAL, reject [0] SEQUENCE OF OBJECT IDENTIFIER OPTIONAL,
     *     alias UTF8String OPTIONAL, keyid OCTET STRING OPTIONAL, other [1] SEQUENCE OF AlgorithmIdentifier OPTIONAL }
     * </pre>
     *
     * @param settings the CertAux, null if there is none
     */
    static Set<Purpose> purposes(@Nullable ASN1Sequence settings) {
        Set<Purpose> purposes = EnumSet.allOf(Purpose.class);
        if (settings == null) {
            return purposes;
        }
        for (ASN1Encodable setting : settings) {
            if (setting instanceof ASN1Sequence trusted) {
                Set<String> uses = uses(trusted);
                purposes.removeIf(purpose -> !concerns(uses, purpose));
            } else if (setting instanceof ASN1TaggedObject tagged && tagged.getTagNo() == REJECTED) {
                Set<String> uses = uses(ASN1Sequence.getInstance(tagged, false));
                purposes.removeIf(purpose -> concerns(uses, purpose));
            }
        }
        return purposes;
    }

    private static boolean concerns(Set<String> uses, Purpose purpose) {
        return uses.contains(purpose.extendedKeyUsage()) || uses.contains(ANY_EXTENDED_KEY_USAGE);
    }

    private static Set<String> uses(ASN1Sequence list) {
        var uses = new HashSet<String>();
        for (ASN1Encodable element : list) {
            uses.add(ASN1ObjectIdentifier.getInstance(element).getId());
        }
        return uses;
    }
}
