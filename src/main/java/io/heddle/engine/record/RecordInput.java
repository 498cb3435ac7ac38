package io.heddle.engine.record;

import io.heddle.engine.crypto.RecordCipher;
import io.heddle.engine.transport.ReadDeadline;
import io.heddle.engine.transport.Transport;
import io.heddle.failure.TlsFailure.Code;
import java.io.IOException;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The input of a connection, divided into records.
 *
 * <p>While waiting for a silent peer it holds five bytes for the header of the next record, or a small multiple of what
 * has arrived of that record; the large buffer is borrowed only while there are bytes to fill it. If the last records
 * of a connection were small, it holds room for one of those instead, which saves a second read for each. A read that
 * times out loses nothing: the next one continues behind it.
 *
 * <p>Confined to the connection's in lock.
 */
public final class RecordInput {
    private static final int HEADER = RecordCipher.HEADER;

    /** The size of a small record: a message of 1 KiB with its overhead, a request or an answer of a few lines. */
    private static final int SMALL = 1520;

    /** The least room held while waiting for the rest of a record, unless the record is shorter. */
    private static final int MIN_ROOM = 2048;

    /** How many small records in a row make it likely that the next is small too. */
    private static final int SMALL_RUN = 8;

    private final Transport transport;
    private final IntSupplier longestBody;

    /** The array for the beginning of the next record, {@link #HEADER} or {@link #SMALL} long. */
    private byte[] first = new byte[HEADER];

    /** How many bytes {@link #first} holds while {@link #buffer} is null. */
    private int firstBytes;

    private int smallRecords;

    /** A borrowed buffer, {@link #first}, or an array of just the size for a record that arrives in pieces. */
    private byte @Nullable [] buffer;

    private int from;
    private int to;
    private boolean seenRecord;

    /** Whether {@link #arrived} took the end of the transport. */
    private boolean ended;

    /**
     * Creates the input of a transport.
     *
     * @param longestBody supplies how many bytes the body of the next record may have
     */
    public RecordInput(Transport transport, IntSupplier longestBody) {
        this.transport = transport;
        this.longestBody = longestBody;
    }

    /**
     * Takes the bytes that have arrived, without waiting, if no record has begun.
     *
     * @return whether nothing has arrived, so that {@link #waitingRoom} is to be filled first
     */
    public boolean awaitsRecord() throws IOException {
        if (buffer != null || firstBytes > 0 || ended) {
            return false;
        }
        chooseFirst();
        return !isReadableAhead() || !readAhead(ReadDeadline.NONE);
    }

    /** Returns the array for the first bytes of a record, all of which may be filled. */
    public byte[] waitingRoom() {
        return first;
    }

    /** Takes the number of bytes that were put into {@link #waitingRoom}; below 0 the transport has ended. */
    public void arrived(int n) {
        ended = n < 0;
        firstBytes = Math.max(0, n);
    }

    /**
     * Waits as {@link #fill} for a record of a handshake, whose flights are small: with room for one it takes one read,
     * not two.
     */
    public boolean fillHandshake() throws IOException {
        smallRecords = SMALL_RUN;
        try {
            return fill(ReadDeadline.NONE);
        } finally {
            // A handshake says nothing about the length of the records that follow.
            smallRecords = 0;
        }
    }

    /**
     * Waits until a whole record is there, at {@link #start} in {@link #buffer}, {@link #length} bytes long.
     *
     * @return false if the transport ended
     */
    public boolean fill(ReadDeadline deadline) throws IOException {
        if (buffer == null) {
            if (!fillFirst(deadline)) {
                return false;
            }
        } else if (to - from >= HEADER) {
            // It arrived together with the record before it, and was not checked yet.
            check();
        }
        while (to - from < HEADER || to - from < length()) {
            makeRoom();
            byte[] into = buffer();
            int n = transport.read(into, to, room(into), deadline.remainingMillis());
            if (n < 0) {
                throw Code.ERR_SSL_UNEXPECTED_EOF_WHILE_READING.failure(
                        "record: the connection ended inside a record, after %d bytes of it", to - from);
            }
            to += n;
            if (to - from >= HEADER) {
                check();
            }
        }
        return true;
    }

    private int room(byte[] into) {
        if (transport.endsWithTls()) {
            return into.length - to;
        }
        return Math.min(into.length - to, wanted() - (to - from));
    }

    /** Returns the length of the record, or of its header as long as that is incomplete. */
    private int wanted() {
        return to - from < HEADER ? HEADER : length();
    }

    /**
     * Begins a record: takes all available bytes in one read, or else waits in {@link #first} for at least a header.
     */
    private boolean fillFirst(ReadDeadline deadline) throws IOException {
        if (ended) {
            return false;
        }
        chooseFirst();
        if (firstBytes == 0 && isReadableAhead()) {
            return readAhead(deadline);
        }
        while (firstBytes < HEADER) {
            int n = transport.read(first, firstBytes, first.length - firstBytes, deadline.remainingMillis());
            if (n < 0) {
                if (firstBytes == 0) {
                    return false;
                }
                throw Code.ERR_SSL_UNEXPECTED_EOF_WHILE_READING.failure(
                        "record: the connection ended inside a record header, after %d bytes of it", firstBytes);
            }
            firstBytes += n;
        }
        buffer = first;
        from = 0;
        to = firstBytes;
        firstBytes = 0;
        check();
        return true;
    }

    private boolean isReadableAhead() throws IOException {
        return first.length == HEADER && transport.endsWithTls() && transport.available() >= HEADER;
    }

    private boolean readAhead(ReadDeadline deadline) throws IOException {
        byte[] into = BufferPool.borrow();
        int n = -1;
        try {
            n = transport.read(into, 0, into.length, deadline.remainingMillis());
        } finally {
            if (n < 0) {
                BufferPool.giveBack(into);
            }
        }
        if (n < 0) {
            return false;
        }
        buffer = into;
        from = 0;
        to = n;
        if (n >= HEADER) {
            check();
        }
        return true;
    }

    private void chooseFirst() {
        boolean small = smallRecords >= SMALL_RUN && transport.endsWithTls();
        if (firstBytes == 0 && small != (first.length == SMALL)) {
            first = new byte[small ? SMALL : HEADER];
        }
    }

    /**
     * Makes room for more of an incomplete record. If more of it is available already, that is a borrowed buffer.
     * Otherwise the peer may never send the rest, so the room held while waiting grows only with the bytes that
     * have arrived.
     */
    private void makeRoom() throws IOException {
        byte[] bytes = buffer();
        int arrived = to - from;
        boolean borrowed = bytes.length == BufferPool.SIZE;
        if (transport.available() > 0) {
            if (!borrowed) {
                moveTo(BufferPool.borrow());
            } else if (bytes.length - from < wanted()) {
                System.arraycopy(bytes, from, bytes, 0, arrived);
                from = 0;
                to = arrived;
            }
        } else if (borrowed || to == bytes.length) {
            int length = Math.min(wanted(), Math.max(MIN_ROOM, 4 * arrived));
            moveTo(new byte[length]);
            if (borrowed) {
                BufferPool.giveBack(bytes);
            }
        }
    }

    private void moveTo(byte[] other) {
        int arrived = to - from;
        System.arraycopy(buffer(), from, other, 0, arrived);
        buffer = other;
        from = 0;
        to = arrived;
    }

    private void check() throws IOException {
        RecordHeader.check(buffer(), from, longestBody.getAsInt(), !seenRecord);
        seenRecord = true;
    }

    /** Returns the array that holds the record. */
    public byte[] buffer() {
        byte[] bytes = buffer;
        if (bytes == null) {
            throw new IllegalStateException("no record");
        }
        return bytes;
    }

    /** Returns the index of the record's header. */
    public int start() {
        return from;
    }

    /** Returns the length of the record, header included. */
    public int length() {
        return RecordHeader.recordLength(buffer(), from);
    }

    /** Returns the content type in the record's header. */
    public short type() {
        return (short) (buffer()[from] & 0xff);
    }

    /** Moves on to the next record, and releases the buffer if it holds no more bytes. */
    public void consume() {
        int length = length();
        smallRecords = length <= SMALL ? Math.min(smallRecords + 1, SMALL_RUN) : 0;
        from += length;
        if (from == to) {
            release();
        }
    }

    /** Drops the bytes that are there, and returns a borrowed buffer. */
    public void release() {
        byte[] bytes = buffer;
        if (bytes != null) {
            buffer = null;
            from = 0;
            to = 0;
            if (bytes.length == BufferPool.SIZE) {
                BufferPool.giveBack(bytes);
            }
        }
    }
}
