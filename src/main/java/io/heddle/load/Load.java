package io.heddle.load;

import java.io.IOException;

/** The load generator. */
public final class Load {
    private Load() {}

    /**
     * Puts the load on the server, and returns what came of it. Blocks until the end: the warm-up, the measurement, and at most
     * the time limit of a connection for what is then under way.
     *
     * <p>Failures of connections are counted, not thrown; look at {@link LoadResult#succeeded}.
     *
     * @throws io.heddle.failure.InvalidOption if this machine has not enough file descriptors or local ports for it, or if
     *     HdrHistogram is missing
     * @throws IOException if the host has no address
     * @throws InterruptedException if the calling thread is interrupted, which ends the run
     */
    public static LoadResult run(LoadOptions options) throws IOException, InterruptedException {
        return run(options, new LoadStop());
    }

    /**
     * Does the same, and lets another thread end the measurement before its time; a remark of the result then says so.
     *
     * @throws io.heddle.failure.InvalidOption if this machine has not enough file descriptors or local ports for it, or if
     *     HdrHistogram is missing
     * @throws IOException if the host has no address
     * @throws InterruptedException if the calling thread is interrupted, which ends the run
     */
    public static LoadResult run(LoadOptions options, LoadStop stop) throws IOException, InterruptedException {
        HistogramLibrary.require();
        SystemLimits.ofThisMachine().check(options);
        return new LoadRun(options).run(stop);
    }
}
