package io.heddle.certificate.file;

import io.heddle.failure.InvalidOption;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CRLException;
import java.security.cert.X509CRL;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The reader of certificate revocation lists in PEM or DER; Node {@code tls.createSecureContext options.crl}.
 *
 * <p>Unlike in Node, which reads only the first block of each text, all CRLs of a file are read.
 */
public final class CrlReader {
    private static final String FAILED = "ERR_CRYPTO_OPERATION_FAILED";

    private CrlReader() {}

    /** Returns the CRLs of a PEM text; see {@link #read(String, byte[])}. */
    public static List<X509CRL> read(String source, String pem) {
        return read(source, pem.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Returns all CRLs of a PEM text in their order, at least one, or the one that the DER is.
     *
     * @param source what the content is, for the message: the option and the file, such as {@code crl "ca.crl"}
     * @throws InvalidOption with Node's {@code ERR_CRYPTO_OPERATION_FAILED} if there is none or one is broken, or with
     *     the code of the broken PEM
     */
    public static List<X509CRL> read(String source, byte[] content) {
        if (!Pem.isPem(content)) {
            return List.of(parse(source, content));
        }
        var crls = new ArrayList<X509CRL>();
        for (Pem.Block block : Pem.read(source, content)) {
            if (block.label().equals("X509 CRL")) {
                crls.add(parse(source, block.der()));
            } else {
                block.passOver(source);
            }
        }
        if (crls.isEmpty()) {
            throw failed(source, "contains no X509 CRL", null);
        }
        return List.copyOf(crls);
    }

    private static X509CRL parse(String source, byte[] der) {
        if (der.length == 0 || der[0] != 0x30) {
            throw failed(source, "contains no X509 CRL", null);
        }
        try {
            var in = new ByteArrayInputStream(der);
            var crl = (X509CRL) CertificateReader.factory().generateCRL(in);
            if (in.available() == 0) {
                return crl;
            }
        } catch (CRLException | RuntimeException broken) {
            throw failed(source, "contains a CRL whose content is not valid DER", broken);
        }
        throw failed(source, "contains a CRL with bytes after its end", null);
    }

    private static InvalidOption failed(String source, String reason, @Nullable Exception cause) {
        return new InvalidOption(FAILED, "%s: %s (failed to parse CRL)".formatted(source, reason), cause);
    }
}
