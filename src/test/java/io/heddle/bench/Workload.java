package io.heddle.bench;

import java.time.Duration;

/** Something that a stack is made to do for a while, again and again. */
interface Workload extends AutoCloseable {
    /** Does it for this long and returns how much was done, in the unit of the measurement. */
    double run(Duration window) throws Exception;

    @Override
    void close() throws Exception;
}
