package io.heddle.engine.compression;

import io.heddle.engine.crypto.FatalAlerts;
import io.heddle.failure.Alert;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Hashtable;
import java.util.List;
import java.util.Optional;
import java.util.Vector;
import java.util.stream.IntStream;
import java.util.zip.DataFormatException;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.ExtensionType;
import org.bouncycastle.tls.TlsContext;
import org.bouncycastle.tls.TlsExtensionsUtils;
import org.bouncycastle.tls.TlsUtils;
import org.jspecify.annotations.Nullable;

/**
 * The compression of certificates in one handshake of TLS 1.3 (RFC 8879), for both roles and both directions.
 *
 * <p>Each side lists the algorithms that it can decompress, the client in its ClientHello and the server in its
 * CertificateRequest; the sender of a certificate chooses: as in OpenSSL, the first of the peer's that it has too.
 *
 * <p>Confined to the connection's engine lock.
 */
@SuppressWarnings({"rawtypes", "unchecked", "JdkObsolete"})
public final class CertificateCompression {
    /** Of the algorithm and the two lengths of a CompressedCertificate. */
    private static final int HEADER = 2 + 3 + 3;

    private final List<CertificateCompressionAlgorithm> algorithms;
    private final String peer;

    /** The algorithm for the local chain. */
    private Optional<CertificateCompressionAlgorithm> chosen = Optional.empty();

    /**
     * Begins a handshake.
     *
     * @param algorithms the local algorithms in order of preference; empty for no compression
     * @param peer the role of the peer, for messages
     */
    public CertificateCompression(List<CertificateCompressionAlgorithm> algorithms, String peer) {
        this.algorithms = List.copyOf(algorithms);
        this.peer = peer;
    }

    /** Returns whether there are local algorithms, so that the peer may compress its certificates. */
    public boolean enabled() {
        return !algorithms.isEmpty();
    }

    /**
     * Adds the list of the local algorithms to the extensions of a ClientHello or CertificateRequest, if there are any.
     */
    public void offer(Hashtable extensions) throws IOException {
        if (enabled()) {
            TlsExtensionsUtils.addCompressCertificateExtension(
                    extensions,
                    algorithms.stream()
                            .mapToInt(CertificateCompressionAlgorithm::number)
                            .toArray());
        }
    }

    /** Returns a CertificateRequest of TLS 1.3 with the list of the local algorithms, if there are any. */
    public CertificateRequest request(Vector sigalgs, @Nullable Vector authorities) throws IOException {
        return new CertificateRequest(TlsUtils.EMPTY_BYTES, sigalgs, null, authorities) {
            // bctls writes no other extensions than its own; all of them follow two bytes of length.
            @Override
            public void encode(TlsContext context, OutputStream output) throws IOException {
                var plain = new ByteArrayOutputStream();
                super.encode(context, plain);
                byte[] body = plain.toByteArray();
                byte[] added = extension();
                int extensions = 1 + (body[0] & 0xff);
                output.write(body, 0, extensions);
                TlsUtils.checkUint16(body.length - extensions - 2 + added.length);
                TlsUtils.writeUint16(body.length - extensions - 2 + added.length, output);
                output.write(body, extensions + 2, body.length - extensions - 2);
                output.write(added);
            }
        };
    }

    /** Returns the extension with its type and length, empty if there are no local algorithms. */
    private byte[] extension() throws IOException {
        var extensions = new Hashtable();
        offer(extensions);
        byte[] list = (byte[]) extensions.get(TlsExtensionsUtils.EXT_compress_certificate);
        if (list == null) {
            return TlsUtils.EMPTY_BYTES;
        }
        var extension = new ByteArrayOutputStream();
        TlsUtils.writeUint16(ExtensionType.compress_certificate, extension);
        TlsUtils.writeOpaque16(list, extension);
        return extension.toByteArray();
    }

    /**
     * Takes the extensions of the peer's ClientHello or CertificateRequest, and chooses the algorithm for the local
     * chain.
     *
     * <p>RFC 8879 3: {@code struct { CertificateCompressionAlgorithm algorithms<2..2^8-2>; }
     * CertificateCompressionAlgorithms}
     *
     * @throws IOException the fatal alert if the list is malformed; without local algorithms it is not read
     */
    public void offered(Hashtable extensions) throws IOException {
        byte[] list = (byte[]) extensions.get(TlsExtensionsUtils.EXT_compress_certificate);
        if (list == null || !enabled()) {
            return;
        }
        if (list.length < 3 || list.length % 2 == 0 || (list[0] & 0xff) != list.length - 1) {
            throw FatalAlerts.alert(Code.ERR_SSL_BAD_LENGTH.failure(
                    "certificate compression: the %s sent a list of algorithms of %d bytes with a length field of %d, an even length of 2 to 254 bytes is required",
                    peer, Math.max(0, list.length - 1), list.length == 0 ? 0 : list[0] & 0xff));
        }
        // As OpenSSL, which follows the order of the side that has to decompress.
        chosen = IntStream.iterate(1, at -> at < list.length, at -> at + 2)
                .mapToObj(at -> find(TlsUtils.readUint16(list, at)))
                .flatMap(Optional::stream)
                .findFirst();
    }

    /** Returns the local algorithm with this number. */
    private Optional<CertificateCompressionAlgorithm> find(int number) {
        return algorithms.stream()
                .filter(algorithm -> algorithm.number() == number)
                .findFirst();
    }

    /**
     * Returns a local chain of TLS 1.3 in the form in which it is sent: compressed, where the peer can decompress it.
     */
    public Certificate onto(Certificate chain) {
        return chosen.isEmpty() ? chain : new CompressedChain(chain, chosen.get());
    }

    /**
     * Returns the body of the Certificate message in the body of a CompressedCertificate.
     *
     * <p>RFC 8879 4: {@code struct { CertificateCompressionAlgorithm algorithm; uint24 uncompressed_length; opaque
     * compressed_certificate_message<1..2^24-1>; } CompressedCertificate}
     *
     * @throws IOException the fatal alert if the message is malformed, its algorithm was not offered, or it does not
     *     decompress to exactly the declared length. Nothing of that length is allocated before it is compared with the
     *     limit on a Certificate.
     */
    public byte[] decompress(byte[] message) throws IOException {
        if (message.length <= HEADER || TlsUtils.readUint24(message, 5) != message.length - HEADER) {
            throw FatalAlerts.alert(Code.ERR_SSL_BAD_LENGTH.failure(
                    "certificate compression: the %s sent a CompressedCertificate of %d bytes whose lengths do not fit",
                    peer, message.length));
        }
        int number = TlsUtils.readUint16(message, 0);
        CertificateCompressionAlgorithm algorithm = find(number)
                .orElseThrow(() -> FatalAlerts.alert(Code.ERR_SSL_BAD_COMPRESSION_ALGORITHM.failure(
                        "certificate compression: the %s used the algorithm %d, %s are allowed",
                        peer, number, texts())));
        int declared = TlsUtils.readUint24(message, 2);
        if (declared > FatalAlerts.LONGEST_MESSAGE) {
            throw FatalAlerts.alert(Code.ERR_SSL_EXCESSIVE_MESSAGE_SIZE.failure(
                    Alert.BAD_CERTIFICATE,
                    "certificate compression: the %s announced a Certificate of %d bytes, at most %d bytes are allowed",
                    peer,
                    declared,
                    FatalAlerts.LONGEST_MESSAGE));
        }
        byte[] plain;
        try {
            plain = algorithm.codec().decompress(Arrays.copyOfRange(message, HEADER, message.length), declared);
        } catch (DataFormatException e) {
            throw FatalAlerts.alert(Code.ERR_SSL_BAD_DECOMPRESSION.failure(
                    e,
                    "certificate compression: the %s's Certificate of %d bytes cannot be decompressed with %s: %s",
                    peer,
                    declared,
                    algorithm.text(),
                    TlsFailure.printable(String.valueOf(e.getMessage()))));
        }
        if (plain.length != declared) {
            throw FatalAlerts.alert(Code.ERR_SSL_BAD_DECOMPRESSION.failure(
                    "certificate compression: the %s announced a Certificate of %d bytes and sent one of %d, compressed with %s",
                    peer, declared, plain.length, algorithm.text()));
        }
        return plain;
    }

    private List<String> texts() {
        return algorithms.stream().map(CertificateCompressionAlgorithm::text).toList();
    }
}
