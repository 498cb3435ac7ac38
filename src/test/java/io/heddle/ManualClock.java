package io.heddle;

import io.heddle.certificate.TestPki;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;

/** A clock that stands still until a test moves it. Starts at {@link TestPki#NOW}. Thread-safe. */
public final class ManualClock implements InstantSource {
    private final AtomicReference<Instant> now = new AtomicReference<>(TestPki.NOW);

    @Override
    public Instant instant() {
        return now.get();
    }

    /** Moves the clock forward or, with a negative duration, back. */
    public void advance(Duration step) {
        now.updateAndGet(before -> before.plus(step));
    }
}
