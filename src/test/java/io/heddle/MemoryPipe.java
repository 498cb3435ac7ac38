package io.heddle;

import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.function.UnaryOperator;

/**
 * One direction of a connection in memory, whose bytes a test may replace. A wait of half a minute ends with an error,
 * so that no test hangs. Thread-safe.
 */
public final class MemoryPipe extends BoundedPipe {
    private static final int CAPACITY = 1 << 18;

    private static final long LONGEST_WAIT_SECONDS = 30;

    private final UnaryOperator<byte[]> onTheWay;

    /** Creates a pipe that passes everything unchanged. */
    public MemoryPipe() {
        this(UnaryOperator.identity());
    }

    /** Creates a pipe where {@code onTheWay} replaces the bytes of each write, by more, fewer or others. */
    public MemoryPipe(UnaryOperator<byte[]> onTheWay) {
        super(CAPACITY);
        this.onTheWay = onTheWay;
    }

    @Override
    void write(byte[] given, int offset, int length) throws IOException {
        byte[] data = onTheWay.apply(Arrays.copyOfRange(given, offset, offset + length));
        super.write(data, 0, data.length);
    }

    @Override
    @SuppressWarnings("WaitNotInLoop") // the caller has the loop
    void await(Condition change) throws InterruptedException {
        if (!change.await(LONGEST_WAIT_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("a read or a write waited for 30 s, so the other side hangs");
        }
    }
}
