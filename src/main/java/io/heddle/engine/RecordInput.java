package io.heddle.engine;

import io.heddle.failure.TlsFailure.Code;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Received bytes, cut into records.
 *
 * <p>While it waits for a peer that is silent it holds five bytes, room for the header of the next record; the big buffer is
 * borrowed when that header is there. On a connection whose records have been small for a while it holds room for one of those
 * instead, which spares a second read for each. A read that gives up half-way loses nothing: the next one goes on behind it.
 *
 * <p>Confined to the connection's in lock.
 */
final class RecordInput {
    private static final int HEADER = RecordCipher.HEADER;

    /** Room for a small record: a message of 1 KiB with its overhead, a request or an answer of a few lines. */
    private static final int SMALL = 1520;

    /** So many small records in a row make it likely that the next is one too. */
    private static final int SMALL_TALK = 8;

    private final Transport transport;

    /** What a silent peer's next record begins in, {@link #HEADER} or {@link #SMALL} long, and how much of it is there. */
    private byte[] first = new byte[HEADER];

    private int firstBytes;
    private int smallRecords;

    /** The borrowed buffer, or {@link #first} when a whole small record came into it. */
    private byte @Nullable [] buffer;

    private int from;
    private int to;
    private boolean seenRecord;

    RecordInput(Transport transport) {
        this.transport = transport;
    }

    /**
     * Waits until a whole record is there; {@link #buffer}, {@link #start} and {@link #length} then tell where.
     *
     * @return false if the transport ended
     */
    boolean fill(ReadDeadline deadline) throws IOException {
        if (buffer == null) {
            if (!fillFirst(deadline)) {
                return false;
            }
        } else if (to - from >= HEADER) {
            // It came with the record before it, so nobody has looked at it.
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
        return (to - from < HEADER ? HEADER : length()) - (to - from);
    }

    /** With an empty buffer: takes what is there already in one read, else waits in {@link #first} for at least a header. */
    private boolean fillFirst(ReadDeadline deadline) throws IOException {
        chooseFirst();
        if (firstBytes == 0 && first.length == HEADER && transport.endsWithTls() && transport.available() >= HEADER) {
            buffer = BufferPool.borrow();
            from = 0;
            to = 0;
            return true;
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

    private void chooseFirst() {
        boolean small = smallRecords >= SMALL_TALK && transport.endsWithTls();
        if (firstBytes == 0 && small != (first.length == SMALL)) {
            first = new byte[small ? SMALL : HEADER];
        }
    }

    private void makeRoom() {
        byte[] bytes = buffer();
        if (isFirst(bytes)) {
            buffer = BufferPool.borrow();
            to -= from;
            System.arraycopy(bytes, from, buffer, 0, to);
            from = 0;
            return;
        }
        int needed = to - from < HEADER ? HEADER : length();
        if (from > 0 && bytes.length - from < needed) {
            System.arraycopy(bytes, from, bytes, 0, to - from);
            to -= from;
            from = 0;
        }
    }

    private void check() throws IOException {
        RecordHeader.check(buffer(), from, !seenRecord);
        seenRecord = true;
    }

    byte[] buffer() {
        byte[] bytes = buffer;
        if (bytes == null) {
            throw new IllegalStateException("no record");
        }
        return bytes;
    }

    /** Returns where the record's header begins. */
    int start() {
        return from;
    }

    /** Returns the length of the record, header included. */
    int length() {
        return RecordHeader.recordLength(buffer(), from);
    }

    short type() {
        return (short) (buffer()[from] & 0xff);
    }

    /** Goes on to what follows the record; with nothing there the buffer goes back. */
    void consume() {
        int length = length();
        smallRecords = length <= SMALL ? Math.min(smallRecords + 1, SMALL_TALK) : 0;
        from += length;
        if (from == to) {
            release();
        }
    }

    /** Returns whether bytes of a next record are here already. */
    boolean hasMore() {
        return buffer != null;
    }

    void release() {
        byte[] bytes = buffer;
        if (bytes != null) {
            buffer = null;
            from = 0;
            to = 0;
            if (!isFirst(bytes)) {
                BufferPool.giveBack(bytes);
            }
        }
    }

    /** The pool's are all larger. */
    private static boolean isFirst(byte[] bytes) {
        return bytes.length <= SMALL;
    }
}
