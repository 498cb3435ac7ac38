package io.heddle.bench;

import java.time.Duration;

/** Work that a stack repeats for a measured time. */
interface Workload extends AutoCloseable {
    /** Works for this long and returns the amount of work, in the unit of the measurement. */
    double run(Duration window) throws Exception;

    @Override
    void close() throws Exception;
}
