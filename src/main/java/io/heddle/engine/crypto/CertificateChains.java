package io.heddle.engine.crypto;

import java.io.IOException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CertificateEntry;
import org.bouncycastle.tls.TlsUtils;
import org.bouncycastle.tls.crypto.TlsCertificate;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaTlsCertificate;

/** Conversions of certificate chains between the JDK's form, bctls' forms, and bytes. */
public final class CertificateChains {
    private CertificateChains() {}

    public static List<X509Certificate> of(Certificate chain) {
        List<X509Certificate> certificates = new ArrayList<>();
        for (TlsCertificate certificate : chain.getCertificateList()) {
            certificates.add(((JcaTlsCertificate) certificate).getX509Certificate());
        }
        return certificates;
    }

    public static List<X509Certificate> ofEncoded(ProviderCrypto crypto, List<byte[]> encoded) throws IOException {
        List<X509Certificate> certificates = new ArrayList<>();
        for (byte[] der : encoded) {
            certificates.add(((JcaTlsCertificate) crypto.createCertificate(der)).getX509Certificate());
        }
        return certificates;
    }

    /** Returns the chain as bctls keeps it in a session of TLS 1.3, or of a version below. */
    public static Certificate of(ProviderCrypto crypto, List<X509Certificate> chain, boolean tls13) {
        if (tls13) {
            CertificateEntry[] entries = chain.stream()
                    .map(certificate -> new CertificateEntry(crypto.certificate(certificate), null))
                    .toArray(CertificateEntry[]::new);
            return new Certificate(TlsUtils.EMPTY_BYTES, entries);
        }
        return new Certificate(chain.stream().map(crypto::certificate).toArray(TlsCertificate[]::new));
    }

    public static List<byte[]> encoded(List<X509Certificate> chain) {
        List<byte[]> encoded = new ArrayList<>();
        for (X509Certificate certificate : chain) {
            try {
                encoded.add(certificate.getEncoded());
            } catch (CertificateEncodingException e) {
                throw new IllegalStateException("a certificate that was parsed has an encoding", e);
            }
        }
        return encoded;
    }
}
