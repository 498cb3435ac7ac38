package io.heddle.engine.record;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * A queue of application data that was received and not read yet: the rest of a record that did not fit into the
 * reader's array, and data that arrives while a thread waits for a renegotiation or a ticket.
 *
 * <p>Confined to the connection's in lock.
 */
public final class UnreadData {
    /**
     * How many bytes are kept, except for the record that exceeds it; then the peer waits until the application reads.
     */
    static final int LIMIT = 256 * 1024;

    /** The cost of a record beside its bytes, since a peer may send them one by one. */
    private static final int CHUNK = 64;

    /** A buffer of {@link BufferPool}; null if the queue is empty. */
    private byte @Nullable [] first;

    private int from;
    private int to;

    /** The data behind {@link #first}; null until there is any. */
    private @Nullable Queue<byte[]> more;

    private int bytes;

    public boolean isEmpty() {
        return first == null;
    }

    public boolean isFull() {
        return bytes + (more == null ? 0 : more.size()) * CHUNK >= LIMIT;
    }

    /** Returns how many bytes there are. */
    public int available() {
        return bytes;
    }

    /** Adds the first bytes of a buffer of {@link BufferPool}, and takes over the buffer. */
    public void add(byte[] pooled, int length) {
        bytes += length;
        if (first == null) {
            first = pooled;
            from = 0;
            to = length;
        } else {
            // A peer that sends bytes one by one must not occupy a buffer for each.
            Queue<byte[]> behind = more;
            if (behind == null) {
                behind = new ArrayDeque<>();
                more = behind;
            }
            behind.add(Arrays.copyOf(pooled, length));
            BufferPool.giveBack(pooled);
        }
    }

    /** Moves up to {@code length} bytes into the array and returns how many. */
    public int take(byte[] into, int offset, int length) {
        int taken = 0;
        while (first != null && taken < length) {
            int n = Math.min(length - taken, to - from);
            System.arraycopy(first, from, into, offset + taken, n);
            from += n;
            taken += n;
            if (from == to) {
                next();
            }
        }
        bytes -= taken;
        return taken;
    }

    private void next() {
        byte[] empty = first;
        if (empty == null) {
            return;
        }
        byte[] behind = more == null ? null : more.poll();
        if (behind == null) {
            more = null;
            first = null;
            from = 0;
            to = 0;
            BufferPool.giveBack(empty);
        } else {
            System.arraycopy(behind, 0, empty, 0, behind.length);
            from = 0;
            to = behind.length;
        }
    }

    /** Drops all data. */
    public void drop() {
        more = null;
        if (first != null) {
            next();
        }
        bytes = 0;
    }
}
