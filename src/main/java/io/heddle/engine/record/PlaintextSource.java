package io.heddle.engine.record;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Application data that is to be sent. */
public interface PlaintextSource {
    /** Returns how many bytes there are, at most {@link Integer#MAX_VALUE}. */
    int remaining();

    /** Returns the buffer that is next, if it has an array and so many bytes; else null. */
    @Nullable
    ByteBuffer array(int length);

    /** Moves so many bytes, which are there, to the beginning of the array. */
    void take(byte[] into, int length);
}
