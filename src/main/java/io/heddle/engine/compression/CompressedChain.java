package io.heddle.engine.compression;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.HandshakeType;
import org.bouncycastle.tls.TlsContext;
import org.bouncycastle.tls.TlsUtils;
import org.jspecify.annotations.Nullable;

/**
 * A chain of TLS 1.3 that writes itself as a CompressedCertificate (RFC 8879 4).
 *
 * <p>bctls gives {@link #encode} a buffer that has the header of the message already, fills in the length of what is
 * there afterwards, and takes all of it into the transcript: the header is replaced. A chain whose compressed form is
 * not shorter is sent as it is.
 */
final class CompressedChain extends Certificate {
    /** Of a handshake message: its type and three bytes of length. */
    private static final int HEADER = 4;

    /** Of the algorithm and the two lengths. */
    private static final int OVERHEAD = 2 + 3 + 3;

    private static final CompressedForms FORMS = new CompressedForms();

    private final CertificateCompressionAlgorithm algorithm;

    CompressedChain(Certificate chain, CertificateCompressionAlgorithm algorithm) {
        super(chain.getCertificateRequestContext(), chain.getCertificateEntryList());
        this.algorithm = algorithm;
    }

    @Override
    public void encode(TlsContext context, OutputStream output, @Nullable OutputStream endPointHash)
            throws IOException {
        var body = new ByteArrayOutputStream();
        super.encode(context, body, endPointHash);
        byte[] plain = body.toByteArray();
        byte[] compressed = FORMS.of(algorithm, plain);
        if (compressed.length + OVERHEAD < plain.length && output instanceof ByteArrayOutputStream message) {
            requireHeader(message);
            message.reset();
            TlsUtils.writeUint8(HandshakeType.compressed_certificate, message);
            TlsUtils.writeUint24(OVERHEAD + compressed.length, message);
            TlsUtils.writeUint16(algorithm.number(), message);
            TlsUtils.writeUint24(plain.length, message);
            TlsUtils.writeOpaque24(compressed, message);
        } else {
            output.write(plain);
        }
    }

    private static void requireHeader(ByteArrayOutputStream message) {
        if (message.size() != HEADER || message.toByteArray()[0] != HandshakeType.certificate) {
            throw new IllegalStateException("a Certificate message begins with other bytes than its header");
        }
    }
}
