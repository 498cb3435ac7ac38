package io.heddle.session.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heddle.session.CaffeineSessionStore;
import io.heddle.session.SessionStore;
import io.heddle.session.TestSessions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

class FailSoftStoreTest {
    private static final byte[] ID = {1};
    private static final Duration HOUR = Duration.ofHours(1);

    private final AtomicReference<Instant> now = new AtomicReference<>(TestSessions.NOW);

    /** A store whose server is unavailable. */
    private static final class Broken implements SessionStore {
        @Override
        public void put(byte[] id, byte[] session, Duration timeToLive) {
            throw new IllegalStateException("connection refused");
        }

        @Override
        public Optional<byte[]> get(byte[] id) {
            throw new IllegalStateException("connection refused");
        }

        @Override
        public void remove(byte[] id) {
            throw new IllegalStateException("connection refused");
        }
    }

    @Test
    void passes_on_what_works() {
        FailSoftStore store = new FailSoftStore(CaffeineSessionStore.builder().build(), now::get);
        store.put(ID, new byte[] {7}, HOUR);
        assertThat(store.get(ID).orElseThrow()).containsExactly(7);
        store.remove(ID);
        assertThat(store.get(ID)).isEmpty();
        assertThat(store.failures()).isZero();
    }

    @Test
    void a_failure_is_a_session_that_was_not_found_or_not_kept() {
        FailSoftStore store = new FailSoftStore(new Broken(), now::get);
        List<LogRecord> logged = logged(() -> {
            store.put(ID, new byte[] {7}, HOUR);
            assertThat(store.get(ID)).isEmpty();
            store.remove(ID);
        });
        assertThat(store.failures()).isEqualTo(3);
        assertThat(logged).singleElement().satisfies(record -> {
            assertThat(record.getLevel()).isEqualTo(Level.WARNING);
            assertThat(record.getMessage())
                    .isEqualTo("session store: put failed, 1 failures so far, connections make full handshakes");
            assertThat(record.getThrown()).hasMessage("connection refused");
        });
    }

    @Test
    @SuppressWarnings("NullAway") // what a store written without NullAway may do
    void null_from_a_store_is_a_failure_too() {
        FailSoftStore store = new FailSoftStore(
                new SessionStore() {
                    @Override
                    public void put(byte[] id, byte[] session, Duration timeToLive) {}

                    @Override
                    public Optional<byte[]> get(byte[] id) {
                        return null;
                    }

                    @Override
                    public void remove(byte[] id) {}
                },
                now::get);
        logged(() -> assertThat(store.get(ID)).isEmpty());
        assertThat(store.failures()).isEqualTo(1);
    }

    @Test
    void logs_one_failure_a_minute() {
        FailSoftStore store = new FailSoftStore(new Broken(), now::get);
        List<LogRecord> logged = logged(() -> {
            for (int second = 0; second <= 60; second++) {
                store.remove(ID);
                now.set(now.get().plusSeconds(1));
            }
        });
        assertThat(logged)
                .extracting(LogRecord::getMessage)
                .containsExactly(
                        "session store: remove failed, 1 failures so far, connections make full handshakes",
                        "session store: remove failed, 61 failures so far, connections make full handshakes");
    }

    @Test
    void an_error_passes_through() {
        FailSoftStore store = new FailSoftStore(
                new SessionStore() {
                    @Override
                    public void put(byte[] id, byte[] session, Duration timeToLive) {}

                    @Override
                    public Optional<byte[]> get(byte[] id) {
                        throw new AssertionError("broken");
                    }

                    @Override
                    public void remove(byte[] id) {}
                },
                now::get);
        assertThatThrownBy(() -> store.get(ID)).isExactlyInstanceOf(AssertionError.class);
    }

    private static List<LogRecord> logged(Runnable action) {
        List<LogRecord> records = new ArrayList<>();
        Logger logger = Logger.getLogger(FailSoftStore.class.getName());
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord record) {
                records.add(record);
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        logger.addHandler(handler);
        logger.setUseParentHandlers(false);
        try {
            action.run();
        } finally {
            logger.removeHandler(handler);
            logger.setUseParentHandlers(true);
        }
        return records;
    }
}
