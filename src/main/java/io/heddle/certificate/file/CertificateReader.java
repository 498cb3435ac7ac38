package io.heddle.certificate.file;

import io.heddle.certificate.x509.BouncyCastleVersion;
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
import org.bouncycastle.asn1.x509.Certificate;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.jspecify.annotations.Nullable;

/**
 * The reader of certificates in PEM or DER; Node {@code tls.createSecureContext options.ca} and {@code options.cert}.
 *
 * <p>The labels are {@code CERTIFICATE}, {@code X509 CERTIFICATE} and {@code TRUSTED CERTIFICATE}. Keys, parameters,
 * requests and CRLs in the same file are passed over. Unlike in Node, text without any certificate is refused, and so
 * is text with a block of any other kind (PKCS7, a misspelt label) or with a damaged BEGIN line, since a certificate
 * may then be missing.
 */
public final class CertificateReader {
    private static final String TRUSTED = "TRUSTED CERTIFICATE";
    private static final Set<String> LABELS = Set.of("CERTIFICATE", "X509 CERTIFICATE");

    private CertificateReader() {}

    /** Returns the certificates of a PEM text; see {@link #read(String, byte[])}. */
    public static List<X509Certificate> read(String source, String pem) {
        return read(source, pem.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Returns all certificates of a PEM text in their order, at least one, or the one that the DER is. The settings of
     * a {@code TRUSTED CERTIFICATE} are left out; {@link #readTrusted} returns them.
     *
     * @param source what the content is, for the message: the option and the file, such as {@code cert "server.pem"}
     * @throws InvalidOption with {@code ERR_OSSL_PEM_NO_START_LINE} if there is none, with
     *     {@code ERR_OSSL_PEM_ASN1_LIB} if one is broken, with {@code ERR_OSSL_UNSUPPORTED} if the key of one has
     *     explicit curve parameters, else with the code of the broken PEM
     */
    public static List<X509Certificate> read(String source, byte[] content) {
        return readTrusted(source, content).stream()
                .map(TrustedCertificate::certificate)
                .toList();
    }

    /**
     * Returns all certificates of a PEM text in their order, at least one, or the one that the DER is, each with the
     * purposes that it is trusted for: those in the settings of a {@code TRUSTED CERTIFICATE}, else all.
     *
     * @param source what the content is, for the message: the option and the file, such as {@code ca "roots.pem"}
     * @throws InvalidOption as {@link #read(String, byte[])} does
     */
    public static List<TrustedCertificate> readTrusted(String source, byte[] content) {
        BouncyCastleVersion.require();
        if (!Pem.isPem(content)) {
            if (content.length > 0 && content[0] == 0x30) {
                return List.of(TrustedCertificate.of(parse(source, content)));
            }
            throw none(source);
        }
        var certificates = new ArrayList<TrustedCertificate>();
        for (Pem.Block block : Pem.read(source, content)) {
            if (block.label().equals(TRUSTED)) {
                certificates.add(trusted(source, block.der()));
            } else if (LABELS.contains(block.label())) {
                certificates.add(TrustedCertificate.of(parse(source, block.der())));
            } else {
                block.passOver(source);
            }
        }
        if (certificates.isEmpty()) {
            throw none(source);
        }
        return List.copyOf(certificates);
    }

    /** Parses one certificate in DER; trailing bytes are refused. */
    static X509Certificate parse(String source, byte[] der) {
        try {
            var in = new ByteArrayInputStream(der);
            var certificate = (X509Certificate) factory().generateCertificate(in);
            if (in.available() == 0) {
                return certificate;
            }
        } catch (CertificateException | RuntimeException broken) {
            if (hasExplicitCurve(der)) {
                throw new InvalidOption(
                        "ERR_OSSL_UNSUPPORTED",
                        source
                                + ": contains a certificate whose EC key has explicit parameters, which RFC 5480 2.1.1 forbids and Java does not read",
                        broken);
            }
            throw broken(source, broken);
        }
        throw broken(source, null);
    }

    private static boolean hasExplicitCurve(byte[] der) {
        try {
            var key = Certificate.getInstance(der).getSubjectPublicKeyInfo().getAlgorithm();
            return key.getAlgorithm().equals(X9ObjectIdentifiers.id_ecPublicKey)
                    && key.getParameters() instanceof ASN1Sequence;
        } catch (RuntimeException broken) {
            return false;
        }
    }

    /** Returns the JDK's factory; one is kept because the provider lookup is expensive. */
    public static CertificateFactory factory() {
        return Factory.X509;
    }

    /**
     * Reads a certificate with OpenSSL's settings after it. BouncyCastle's reader is not used because it takes the last
     * field of the settings for a list of rejected uses.
     */
    private static TrustedCertificate trusted(String source, byte[] der) {
        try (var in = new ASN1InputStream(der)) {
            byte[] certificate = in.readObject().getEncoded();
            ASN1Primitive settings = in.readObject();
            if (settings == null) {
                return TrustedCertificate.of(parse(source, der));
            }
            if (in.readObject() == null) {
                return new TrustedCertificate(
                        parse(source, certificate), TrustedCertificate.purposes(ASN1Sequence.getInstance(settings)));
            }
        } catch (InvalidOption ours) {
            throw ours;
        } catch (IOException | RuntimeException broken) {
            throw broken(source, broken);
        }
        throw broken(source, null);
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
