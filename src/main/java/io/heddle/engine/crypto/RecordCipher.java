package io.heddle.engine.crypto;

import io.heddle.failure.TlsFailure.Code;
import java.io.IOException;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.ContentType;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.crypto.TlsCipher;
import org.bouncycastle.tls.crypto.TlsDecodeResult;
import org.bouncycastle.tls.crypto.TlsEncodeResult;
import org.jspecify.annotations.Nullable;

/**
 * The protection of the records of a connection: the keys and sequence numbers of both directions. {@link AeadRecordCipher}
 * encrypts, for suites without an AEAD {@link WrappedRecordCipher}.
 *
 * <p>bctls uses it through {@link TlsCipher} for everything that it sends and receives itself, Heddle's reader and writer
 * of records for application data. Both use the sequence numbers here; those of bctls are ignored.
 *
 * <p>Not thread-safe. The sealing side is confined to the connection's engine lock, the opening side to its in lock; a
 * key change of either side happens under the same lock as its use.
 */
public abstract class RecordCipher implements TlsCipher {
    /** RFC 8446 5.1: a fragment has at most 2^14 bytes. */
    public static final int LARGEST_FRAGMENT = 1 << 14;

    public static final int HEADER = 5;

    /** RFC 8446 5.2: how much longer than its fragment the body of a record may be in TLS 1.3. */
    public static final int EXPANSION_13 = 256;

    /** RFC 5246 6.2.3: the same below TLS 1.3. */
    private static final int EXPANSION_12 = 2048;

    private final int recordVersion;
    private final boolean hidesType;

    private long sealed;
    private long sealedData;
    private long opened;
    private short openedType;
    private @Nullable TlsDecodeResult handedOver;

    public RecordCipher(int recordVersion, boolean hidesType) {
        this.recordVersion = recordVersion;
        this.hidesType = hidesType;
    }

    /** Returns how many bytes a record has more than its content, header included, at most. */
    public abstract int overhead();

    /**
     * Returns how many bytes of output room {@link #open} needs for a record body of this length, 0 or less if
     * too short.
     */
    public abstract int openRoom(int bodyLength);

    /**
     * Writes one whole record, header included, and returns its length.
     *
     * @param length at most {@link #LARGEST_FRAGMENT}
     */
    public final int seal(short type, byte[] content, int offset, int length, byte[] out, int at) throws IOException {
        if (type == ContentType.application_data) {
            sealedData += length;
            if (sealedData > mostData()) {
                throw Code.ERR_TLS_INVALID_STATE.failure(
                        "record: %d bytes were sent under one key, %d are safe; TLS 1.2 changes keys by renegotiation only",
                        sealedData, mostData());
            }
        }
        int body = sealBody(nextSequence(sealed++), type, content, offset, length, out, at + HEADER);
        out[at] = (byte) (hidesType ? ContentType.application_data : type);
        out[at + 1] = (byte) (recordVersion >>> 8);
        out[at + 2] = (byte) recordVersion;
        out[at + 3] = (byte) (body >>> 8);
        out[at + 4] = (byte) body;
        return HEADER + body;
    }

    /**
     * Opens the body of one record and returns the length of its content; {@link #openedType()} is then its type.
     *
     * @param out has room for {@link #openRoom} bytes at {@code at}
     */
    public final int open(short type, byte[] body, int offset, int length, byte[] out, int at) throws IOException {
        if (openRoom(length) <= 0) {
            throw new TlsFatalAlert(AlertDescription.bad_record_mac, "record too short for its authentication tag");
        }
        int content = openBody(nextSequence(opened), type, body, offset, length, out, at);
        // Counted after the tag was verified: early data that is skipped has none of these numbers.
        opened++;
        short contentType = type;
        if (hidesType) {
            if (content > LARGEST_FRAGMENT + 1) {
                throw new TlsFatalAlert(
                        AlertDescription.record_overflow,
                        "record of " + content + " bytes with its type and padding, " + (LARGEST_FRAGMENT + 1)
                                + " are allowed");
            }
            // RFC 8446 5.4: the type is the last byte that is not padding.
            int last = content - 1;
            while (last >= 0 && out[at + last] == 0) {
                last--;
            }
            if (last < 0) {
                throw new TlsFatalAlert(AlertDescription.unexpected_message, "record with nothing but padding");
            }
            contentType = (short) (out[at + last] & 0xff);
            content = last;
        }
        if (content > LARGEST_FRAGMENT) {
            throw new TlsFatalAlert(
                    AlertDescription.record_overflow,
                    "record of " + content + " bytes, " + LARGEST_FRAGMENT + " are allowed");
        }
        if (content == 0 && contentType != ContentType.application_data) {
            throw new TlsFatalAlert(
                    AlertDescription.unexpected_message,
                    "empty record of type " + contentType + ", only application data may be empty");
        }
        openedType = contentType;
        return content;
    }

    /** Returns the content type of the record that was opened last. */
    public final short openedType() {
        return openedType;
    }

    /** Returns whether every record looks like application data from outside, as in TLS 1.3. */
    public final boolean hidesType() {
        return hidesType;
    }

    /** Returns how much longer than its fragment the body of a record may be. */
    public final int expansion() {
        return hidesType ? EXPANSION_13 : EXPANSION_12;
    }

    /** Returns the second byte of the version in the record header. */
    public final int minorVersion() {
        return recordVersion & 0xff;
    }

    /**
     * Returns whether a first byte must travel alone: CBC in TLS 1.0 chains its records, which the BEAST attack uses.
     */
    public boolean chainsRecords() {
        return false;
    }

    /** Returns how many bytes of application data one key may seal; TLS 1.3 changes keys long before. */
    long mostData() {
        return Long.MAX_VALUE;
    }

    /** Returns how many records were sealed under the present key. */
    public final long sealedRecords() {
        return sealed;
    }

    /**
     * Keeps the content of an opened record; the next {@link #decodeCiphertext} returns it instead of opening anything.
     */
    public final void handOver(short type, byte[] content) {
        handedOver = new TlsDecodeResult(content, 0, content.length, type);
    }

    /** Returns the length of the body, which is written at {@code at}. */
    abstract int sealBody(long sequence, short type, byte[] content, int offset, int length, byte[] out, int at)
            throws IOException;

    /** Returns the length of the content of the body, in TLS 1.3 with its type byte and padding. */
    abstract int openBody(long sequence, short type, byte[] body, int offset, int length, byte[] out, int at)
            throws IOException;

    abstract void rekeySealing() throws IOException;

    abstract void rekeyOpening() throws IOException;

    private static long nextSequence(long sequence) throws TlsFatalAlert {
        if (sequence < 0) {
            throw new TlsFatalAlert(AlertDescription.internal_error, "sequence numbers used up");
        }
        return sequence;
    }

    @Override
    public final TlsEncodeResult encodePlaintext(
            long ignoredSequence,
            short type,
            ProtocolVersion ignoredVersion,
            int headerAllocation,
            byte[] plaintext,
            int offset,
            int length)
            throws IOException {
        if (headerAllocation != HEADER) {
            throw new TlsFatalAlert(AlertDescription.internal_error);
        }
        byte[] out = new byte[length + overhead()];
        int total = seal(type, plaintext, offset, length, out, 0);
        return new TlsEncodeResult(out, 0, total, hidesType ? ContentType.application_data : type);
    }

    @Override
    public final TlsDecodeResult decodeCiphertext(
            long ignoredSequence, short type, ProtocolVersion ignoredVersion, byte[] body, int offset, int length)
            throws IOException {
        TlsDecodeResult waiting = handedOver;
        if (waiting != null) {
            handedOver = null;
            return waiting;
        }
        byte[] out = new byte[Math.max(0, openRoom(length))];
        int content = open(type, body, offset, length, out, 0);
        return new TlsDecodeResult(out, 0, content, openedType);
    }

    @Override
    public final void rekeyEncoder() throws IOException {
        rekeySealing();
        sealed = 0;
        sealedData = 0;
    }

    @Override
    public final void rekeyDecoder() throws IOException {
        rekeyOpening();
        opened = 0;
    }

    @Override
    public final int getCiphertextDecodeLimit(int plaintextLimit) {
        return plaintextLimit + expansion();
    }

    @Override
    public final int getCiphertextEncodeLimit(int plaintextLimit) {
        return plaintextLimit + overhead() - HEADER;
    }

    @Override
    public final int getPlaintextDecodeLimit(int ciphertextLimit) {
        return Math.max(0, openRoom(ciphertextLimit));
    }

    @Override
    public final int getPlaintextEncodeLimit(int ciphertextLimit) {
        return Math.max(0, ciphertextLimit - overhead() + HEADER);
    }

    @Override
    public final boolean usesOpaqueRecordTypeDecode() {
        return hidesType;
    }

    @Override
    public final boolean usesOpaqueRecordTypeEncode() {
        return hidesType;
    }
}
