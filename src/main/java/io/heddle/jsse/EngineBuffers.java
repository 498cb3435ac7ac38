package io.heddle.jsse;

import io.heddle.engine.record.RecordCodec.PlaintextSource;
import io.heddle.engine.record.RecordCodec.PlaintextTarget;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A range of the buffers passed to an engine: the source of data to send, or the target of data received. */
final class EngineBuffers implements PlaintextSource, PlaintextTarget {
    private final ByteBuffer[] buffers;
    private final int from;
    private final int to;

    /**
     * Creates a view of a range.
     *
     * @throws IllegalArgumentException if the array or a buffer in the range is missing
     * @throws IndexOutOfBoundsException if the range is not in the array
     */
    EngineBuffers(ByteBuffer[] buffers, int offset, int length) {
        if (buffers == null) {
            throw new IllegalArgumentException("the buffers are null");
        }
        Objects.checkFromIndexSize(offset, length, buffers.length);
        for (int i = offset; i < offset + length; i++) {
            if (buffers[i] == null) {
                throw new IllegalArgumentException("buffer[%d] is null".formatted(i));
            }
        }
        this.buffers = buffers;
        this.from = offset;
        this.to = offset + length;
    }

    void requireWritable() {
        for (int i = from; i < to; i++) {
            requireWritable(buffers[i]);
        }
    }

    static void requireWritable(ByteBuffer buffer) {
        if (buffer.isReadOnly()) {
            throw new ReadOnlyBufferException();
        }
    }

    @Override
    public int remaining() {
        long sum = 0;
        for (int i = from; i < to; i++) {
            sum += buffers[i].remaining();
        }
        return (int) Math.min(sum, Integer.MAX_VALUE);
    }

    @Override
    public @Nullable ByteBuffer array(int length) {
        for (int i = from; i < to; i++) {
            if (buffers[i].hasRemaining()) {
                return buffers[i].hasArray() && buffers[i].remaining() >= length ? buffers[i] : null;
            }
        }
        return null;
    }

    @Override
    public void take(byte[] into, int length) {
        int taken = 0;
        for (int i = from; taken < length; i++) {
            int n = Math.min(buffers[i].remaining(), length - taken);
            buffers[i].get(into, taken, n);
            taken += n;
        }
    }

    @Override
    public void put(byte[] bytes, int offset, int length) {
        int put = 0;
        for (int i = from; put < length; i++) {
            int n = Math.min(buffers[i].remaining(), length - put);
            buffers[i].put(bytes, offset + put, n);
            put += n;
        }
    }
}
