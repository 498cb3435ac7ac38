package io.heddle.engine.record;

import io.heddle.engine.crypto.RecordCipher;
import io.heddle.engine.transport.ReadDeadline;
import io.heddle.engine.transport.Transport;
import io.heddle.failure.TlsFailure.Code;
import java.io.IOException;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Received bytes, cut into records.
 *
 * <p>While it waits for a peer that is silent it holds five bytes, room for the header of the next record, or a few times what
 * has arrived of that record; the big buffer is borrowed only while bytes are there to fill it. On a connection whose records have
 * been small for a while it holds room for one of those instead, which spares a second read for each. A read that gives up half-way loses nothing: the next one goes on behind it.
 *
 * <p>Confined to the connection's in lock.
 */
public final class RecordInput {
    private static final int HEADER = RecordCipher.HEADER;

    /** Room for a small record: a message of 1 KiB with its overhead, a request or an answer of a few lines. */
    private static final int SMALL = 1520;

    /** What a wait for the rest of a record holds at least, unless the record is shorter. */
    private static final int LEAST_ROOM = 2048;

    /** So many small records in a row make it likely that the next is one too. */
    private static final int SMALL_TALK = 8;

    private final Transport transport;
    private final IntSupplier longestBody;

    /** What a silent peer's next record begins in, {@link #HEADER} or {@link #SMALL} long, and how much of it is there. */
    private byte[] first = new byte[HEADER];

    private int firstBytes;
    private int smallRecords;

    /** A borrowed buffer, {@link #first}, or one of just the size for a record that arrives in pieces. */
    private byte @Nullable [] buffer;

    private int from;
    private int to;
    private boolean seenRecord;

    /**
     * Takes the records of a transport.
     *
     * @param longestBody gives how many bytes the body of the next record may have
     */
    public RecordInput(Transport transport, IntSupplier longestBody) {
        this.transport = transport;
        this.longestBody = longestBody;
    }

    /**
     * Waits until a whole record is there; {@link #buffer}, {@link #start} and {@link #length} then tell where.
     *
     * @return false if the transport ended
     */
    public boolean fill(ReadDeadline deadline) throws IOException {
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
        return Math.min(into.length - to, wanted() - (to - from));
    }

    /** Returns how many bytes the record has, as far as that is known. */
    private int wanted() {
        return to - from < HEADER ? HEADER : length();
    }

    /** With an empty buffer: takes what is there already in one read, else waits in {@link #first} for at least a header. */
    private boolean fillFirst(ReadDeadline deadline) throws IOException {
        chooseFirst();
        if (firstBytes == 0 && first.length == HEADER && transport.endsWithTls() && transport.available() >= HEADER) {
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
        boolean small = smallRecords >= SMALL_TALK && transport.endsWithTls();
        if (firstBytes == 0 && small != (first.length == SMALL)) {
            first = new byte[small ? SMALL : HEADER];
        }
    }

    /**
     * Makes room for more of a record that is not whole. Where more of it is there already, that is a borrowed buffer. Else the
     * peer may be one that sends no more, so that what is held while waiting grows only with what has arrived.
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
            int length = Math.min(wanted(), Math.max(LEAST_ROOM, 4 * arrived));
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

    public byte[] buffer() {
        byte[] bytes = buffer;
        if (bytes == null) {
            throw new IllegalStateException("no record");
        }
        return bytes;
    }

    /** Returns where the record's header begins. */
    public int start() {
        return from;
    }

    /** Returns the length of the record, header included. */
    public int length() {
        return RecordHeader.recordLength(buffer(), from);
    }

    public short type() {
        return (short) (buffer()[from] & 0xff);
    }

    /** Goes on to what follows the record; with nothing there the buffer goes back. */
    public void consume() {
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
