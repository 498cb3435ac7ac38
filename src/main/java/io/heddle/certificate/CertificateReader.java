package io.heddle.certificate;

import io.heddle.failure.InvalidOption;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.ASN1InputStream;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1TaggedObject;
import org.jspecify.annotations.Nullable;

/**
 * Certificates from PEM or DER; Node {@code tls.createSecureContext options.ca} and {@code options.cert}.
 *
 * <p>The labels are {@code CERTIFICATE}, {@code X509 CERTIFICATE} and {@code TRUSTED CERTIFICATE}; other blocks are skipped, so that a
 * file may hold a key too. Unlike in Node, text without any certificate is refused.
 */
public final class CertificateReader {
    private static final Set<String> LABELS = Set.of("CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE");

    private CertificateReader() {}

    /** Returns the certificates of a PEM text; see {@link #read(String, byte[])}. */
    public static List<X509Certificate> read(String source, String pem) {
        return read(source, pem.getBytes(StandardCharsets.ISO_8859_1));
    }

    /**
     * Returns all certificates of a PEM text in their order, at least one, or the one that the DER is.
     *
     * @param source what the content is, for the message: the option and the file, such as {@code ca "roots.pem"}
     * @throws InvalidOption with {@code ERR_OSSL_PEM_NO_START_LINE} if there is none, with {@code ERR_OSSL_PEM_ASN1_LIB} if one is broken, else
     *     with the code of the broken PEM
     */
    public static List<X509Certificate> read(String source, byte[] content) {
        BouncyCastleVersion.require();
        if (!Pem.isPem(content)) {
            if (content.length > 0 && content[0] == 0x30) {
                return List.of(parse(source, content));
            }
            throw none(source);
        }
        var certificates = new ArrayList<X509Certificate>();
        for (Pem.Block block : Pem.read(source, content)) {
            if (LABELS.contains(block.label())) {
                byte[] der = block.der();
                certificates.add(
                        parse(source, block.label().startsWith("TRUSTED") ? withoutSettings(source, der) : der));
            }
        }
        if (certificates.isEmpty()) {
            throw none(source);
        }
        return List.copyOf(certificates);
    }

    /** Returns a certificate in DER; what follows it is refused. */
    static X509Certificate parse(String source, byte[] der) {
        try {
            var in = new ByteArrayInputStream(der);
            var certificate = (X509Certificate) factory().generateCertificate(in);
            if (in.available() == 0) {
                return certificate;
            }
        } catch (CertificateException | RuntimeException broken) {
            throw broken(source, broken);
        }
        throw broken(source, null);
    }

    /** Returns the JDK's factory; finding it again and again is what costs. */
    static CertificateFactory factory() {
        return Factory.X509;
    }

    /**
     * Takes OpenSSL's auxiliary settings off. Trust and reject lists change what a certificate may vouch for; as they are not
     * carried out here, a certificate that has them is refused rather than trusted for everything.
     */
    private static byte[] withoutSettings(String source, byte[] der) {
        try (var in = new ASN1InputStream(der)) {
            ASN1Primitive certificate = in.readObject();
            ASN1Primitive settings = in.readObject();
            if (settings != null) {
                for (var setting : ASN1Sequence.getInstance(settings)) {
                    boolean trust = setting instanceof ASN1Sequence;
                    boolean reject = setting instanceof ASN1TaggedObject tagged && tagged.getTagNo() == 0;
                    if (trust || reject) {
                        throw new InvalidOption(
                                "ERR_OSSL_UNSUPPORTED",
                                source
                                        + ": a TRUSTED CERTIFICATE with a list of purposes is not supported, give it as CERTIFICATE");
                    }
                }
                return certificate.getEncoded();
            }
            return der;
        } catch (InvalidOption ours) {
            throw ours;
        } catch (IOException | RuntimeException broken) {
            throw broken(source, broken);
        }
    }

    private static InvalidOption none(String source) {
        return new InvalidOption("ERR_OSSL_PEM_NO_START_LINE", source + ": contains no certificate in PEM or DER");
    }

    private static InvalidOption broken(String source, @Nullable Exception cause) {
        return new InvalidOption(
                "ERR_OSSL_PEM_ASN1_LIB", source + ": contains a certificate whose content is not valid DER", cause);
    }

    private static final class Factory {
        static final CertificateFactory X509;

        static {
            try {
                X509 = CertificateFactory.getInstance("X.509");
            } catch (CertificateException impossible) {
                throw new IllegalStateException("every Java platform has X.509", impossible);
            }
        }
    }
}
