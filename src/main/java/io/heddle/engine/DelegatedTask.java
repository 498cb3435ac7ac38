package io.heddle.engine;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A step of a handshake that may take its time, for a thread of the application's choice. Not under any lock: until it is over
 * nobody else touches the protocol. Running it again does nothing.
 */
final class DelegatedTask implements Runnable {
    private final Step step;
    private final BiConsumer<DelegatedTask, @Nullable Throwable> done;
    private final AtomicBoolean begun = new AtomicBoolean();

    interface Step {
        void run() throws IOException;
    }

    /**
     * Makes a task.
     *
     * @param done is told when it is over, and what it threw
     */
    DelegatedTask(Step step, BiConsumer<DelegatedTask, @Nullable Throwable> done) {
        this.step = step;
        this.done = done;
    }

    @Override
    public void run() {
        if (begun.getAndSet(true)) {
            return;
        }
        @Nullable Throwable thrown = null;
        try {
            step.run();
        } catch (IOException | RuntimeException | Error e) {
            thrown = e;
        }
        done.accept(this, thrown);
    }
}
