package io.heddle.engine.record;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Where application data that was received goes. */
public interface PlaintextTarget {
    /** Returns how many bytes fit. */
    int remaining();

    /** Returns the buffer that is next, if it has an array and room for so many bytes; else null. */
    @Nullable
    ByteBuffer array(int length);

    /** Takes these, which fit. */
    void put(byte[] bytes, int offset, int length);
}
