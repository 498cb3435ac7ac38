package io.heddle.engine.crypto;

import java.io.IOException;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.crypto.TlsCipher;
import org.bouncycastle.tls.crypto.TlsDecodeResult;
import org.bouncycastle.tls.crypto.TlsEncodeResult;

/**
 * A cipher of bctls (CBC, and the rarer algorithms of TLS 1.2 and below) with Heddle's sequence numbers.
 *
 * <p>It costs a copy and an array a record. These suites are not negotiated where speed matters.
 */
public final class WrappedRecordCipher extends RecordCipher {
    /** A MAC, an IV and up to a block of padding, generously. */
    private static final int EXPANSION = 256;

    private final TlsCipher wrapped;
    private final ProtocolVersion version;

    public WrappedRecordCipher(TlsCipher wrapped, ProtocolVersion version) {
        super(version.getFullVersion(), false);
        this.wrapped = wrapped;
        this.version = version;
    }

    @Override
    public boolean chainsRecords() {
        return version.isEqualOrEarlierVersionOf(ProtocolVersion.TLSv10);
    }

    @Override
    public int overhead() {
        return HEADER + EXPANSION;
    }

    @Override
    public int openRoom(int bodyLength) {
        // The wrapped cipher judges lengths itself, in constant time where that matters.
        return Math.max(1, bodyLength);
    }

    @Override
    public int sealBody(long sequence, short type, byte[] content, int offset, int length, byte[] out, int at)
            throws IOException {
        TlsEncodeResult sealed = wrapped.encodePlaintext(sequence, type, version, 0, content, offset, length);
        if (sealed.len > length + EXPANSION) {
            throw new TlsFatalAlert(AlertDescription.internal_error, "record grew by more than " + EXPANSION);
        }
        System.arraycopy(sealed.buf, sealed.off, out, at, sealed.len);
        return sealed.len;
    }

    @Override
    public int openBody(long sequence, short type, byte[] body, int offset, int length, byte[] out, int at)
            throws IOException {
        TlsDecodeResult opened = decode(sequence, type, body, offset, length);
        System.arraycopy(opened.buf, opened.off, out, at, opened.len);
        return opened.len;
    }

    /** RFC 5246 7.2.2: decryption_failed must not be sent, since it would distinguish bad padding from a bad MAC. */
    private TlsDecodeResult decode(long sequence, short type, byte[] body, int offset, int length) throws IOException {
        try {
            return wrapped.decodeCiphertext(sequence, type, version, body, offset, length);
        } catch (TlsFatalAlert e) {
            if (e.getAlertDescription() == AlertDescription.decryption_failed) {
                throw new TlsFatalAlert(AlertDescription.bad_record_mac, e);
            }
            throw e;
        }
    }

    @Override
    public void rekeySealing() throws IOException {
        wrapped.rekeyEncoder();
    }

    @Override
    public void rekeyOpening() throws IOException {
        wrapped.rekeyDecoder();
    }
}
