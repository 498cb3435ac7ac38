package io.heddle.certificate.ocsp;

import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Sequence;

/**
 * The TLS features that a certificate requires its server to offer (RFC 7633):
 * {@code Features ::= SEQUENCE OF INTEGER}.
 */
public final class TlsFeature {
    private static final String OID = "1.3.6.1.5.5.7.1.24";
    private static final BigInteger STATUS_REQUEST = BigInteger.valueOf(5);

    private TlsFeature() {}

    /** Returns whether the certificate is valid only together with an OCSP response ("must staple"). */
    public static boolean demandsStatus(X509Certificate certificate) {
        byte[] extension = certificate.getExtensionValue(OID);
        if (extension == null) {
            return false;
        }
        try {
            byte[] value = ASN1OctetString.getInstance(extension).getOctets();
            return Arrays.stream(ASN1Sequence.getInstance(value).toArray())
                    .anyMatch(feature ->
                            ASN1Integer.getInstance(feature).getPositiveValue().equals(STATUS_REQUEST));
        } catch (RuntimeException malformed) {
            // An unreadable extension is treated as the strict one.
            return true;
        }
    }
}
