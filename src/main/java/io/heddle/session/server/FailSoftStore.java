package io.heddle.session.server;

import io.heddle.session.SessionStore;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A session store whose failures cost only a full handshake: an exception of the underlying store counts as a session
 * that was not found or not kept.
 *
 * <p>The first failure of each minute is logged as a warning. An {@link Error} is rethrown. Thread-safe.
 */
public final class FailSoftStore implements SessionStore {
    private static final Logger LOG = System.getLogger(FailSoftStore.class.getName());
    private static final long LOG_EVERY_MILLIS = Duration.ofMinutes(1).toMillis();

    private final SessionStore store;
    private final InstantSource clock;
    private final AtomicLong failures = new AtomicLong();
    private final AtomicLong nextLogMillis = new AtomicLong(Long.MIN_VALUE);

    /** Creates a wrapper of {@code store}; {@code clock} limits the rate of log messages. */
    public FailSoftStore(SessionStore store, InstantSource clock) {
        this.store = store;
        this.clock = clock;
    }

    /** Returns the number of failed calls. */
    long failures() {
        return failures.get();
    }

    @Override
    public void put(byte[] id, byte[] session, Duration timeToLive) {
        try {
            store.put(id, session, timeToLive);
        } catch (RuntimeException e) {
            failed("put", e);
        }
    }

    @Override
    public Optional<byte[]> get(byte[] id) {
        try {
            return Objects.requireNonNull(store.get(id), "the store returned null");
        } catch (RuntimeException e) {
            failed("get", e);
            return Optional.empty();
        }
    }

    @Override
    public void remove(byte[] id) {
        try {
            store.remove(id);
        } catch (RuntimeException e) {
            failed("remove", e);
        }
    }

    private void failed(String operation, RuntimeException cause) {
        long count = failures.incrementAndGet();
        long now = clock.millis();
        long next = nextLogMillis.get();
        if (now >= next && nextLogMillis.compareAndSet(next, now + LOG_EVERY_MILLIS)) {
            LOG.log(
                    Level.WARNING,
                    "session store: %s failed, %d failures so far, connections make full handshakes"
                            .formatted(operation, count),
                    cause);
        }
    }
}
