package io.heddle.engine.crypto;

import java.io.IOException;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.crypto.TlsCipher;
import org.bouncycastle.tls.crypto.TlsDecodeResult;
import org.bouncycastle.tls.crypto.TlsEncodeResult;

/**
 * A cipher of bctls (CBC, and the rarer algorithms of TLS 1.2 and below) behind our sequence numbers.
 *
 * <p>It costs a copy and an array a record. Nobody who cares for speed negotiates these suites.
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
        TlsEncodeResult made = wrapped.encodePlaintext(sequence, type, version, 0, content, offset, length);
        if (made.len > length + EXPANSION) {
            throw new TlsFatalAlert(AlertDescription.internal_error, "record grew by more than " + EXPANSION);
        }
        System.arraycopy(made.buf, made.off, out, at, made.len);
        return made.len;
    }

    @Override
    public int openBody(long sequence, short type, byte[] body, int offset, int length, byte[] out, int at)
            throws IOException {
        TlsDecodeResult made = decode(sequence, type, body, offset, length);
        System.arraycopy(made.buf, made.off, out, at, made.len);
        return made.len;
    }

    /** RFC 5246 7.2.2: decryption_failed must not be sent, since it would tell bad padding from a bad MAC. */
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
