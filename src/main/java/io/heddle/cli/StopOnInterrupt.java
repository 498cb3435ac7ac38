package io.heddle.cli;

import io.heddle.load.LoadStop;

/**
 * Ctrl-C while a load runs: the first one ends the measurement, so that what was measured is not lost. The second one ends the
 * command, as does the first where nothing is measured yet.
 */
final class StopOnInterrupt implements AutoCloseable {
    /** As shells have it for a program that SIGINT ended. */
    static final int EXIT_CODE = 130;

    private final LoadStop stop = new LoadStop();
    private final Signals signals = Signals.of("INT");
    private final Thread waiting = Thread.ofVirtual().name("heddle-load-stop").start(this::await);

    /** Returns what ends the run. */
    LoadStop run() {
        return stop;
    }

    /** Returns whether the measurement was ended before its time. */
    boolean stopped() {
        return stop.stopped();
    }

    private void await() {
        try {
            signals.await();
            if (stop.stop()) {
                signals.await();
            }
            Runtime.getRuntime().exit(EXIT_CODE);
        } catch (InterruptedException e) {
            // The run is over.
        }
    }

    @Override
    public void close() {
        waiting.interrupt();
        signals.close();
    }
}
