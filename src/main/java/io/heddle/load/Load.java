package io.heddle.load;

import io.heddle.failure.InvalidOption;
import java.io.IOException;

/** The load generator. */
public final class Load {
    private Load() {}

    /**
     * Runs the load and returns its result. Blocks for the warm-up, the measurement, and at most the timeout of a connection for
     * what is in progress then.
     *
     * <p>Failures of connections are counted, not thrown; see {@link LoadResult#succeeded}.
     *
     * @throws InvalidOption if the machine has too few file descriptors or local ports, or if HdrHistogram is
     *     missing
     * @throws IOException if the host has no address
     * @throws InterruptedException if the calling thread is interrupted, which ends the run
     */
    public static LoadResult run(LoadOptions options) throws IOException, InterruptedException {
        return run(options, new LoadStop());
    }

    /**
     * Runs the load, which another thread can end early; a note of the result then says so.
     *
     * @throws InvalidOption if the machine has too few file descriptors or local ports, or if HdrHistogram is
     *     missing
     * @throws IOException if the host has no address
     * @throws InterruptedException if the calling thread is interrupted, which ends the run
     */
    public static LoadResult run(LoadOptions options, LoadStop stop) throws IOException, InterruptedException {
        Latency.requireHistograms();
        SystemLimits.ofThisMachine().check(options);
        return new LoadRun(options).run(stop);
    }
}
