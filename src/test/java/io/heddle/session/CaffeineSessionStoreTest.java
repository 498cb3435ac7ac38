package io.heddle.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heddle.failure.InvalidOption;
import io.heddle.session.CaffeineSessionStore.Statistics;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CaffeineSessionStoreTest {
    private static final Duration HOUR = Duration.ofHours(1);

    private final AtomicLong nanos = new AtomicLong();

    private CaffeineSessionStore store(long sessions, long bytes) {
        return CaffeineSessionStore.builder()
                .maximumSize(sessions)
                .maximumBytes(bytes)
                .ticker(nanos::get)
                .build();
    }

    private void advance(Duration duration) {
        nanos.addAndGet(duration.toNanos());
    }

    private static byte[] id(long number) {
        return ByteBuffer.allocate(32).putLong(number).array();
    }

    @Test
    void returns_what_was_put_under_the_same_bytes() {
        CaffeineSessionStore store = store(10, 10_000);
        store.put(id(1), new byte[] {1}, HOUR);
        store.put(id(2), new byte[] {2}, HOUR);
        assertThat(store.get(id(1)).orElseThrow()).containsExactly(1);
        assertThat(store.get(id(2)).orElseThrow()).containsExactly(2);
        assertThat(store.get(id(3))).isEmpty();
        assertThat(store.get(new byte[0])).isEmpty();
    }

    @Test
    void replaces_and_removes() {
        CaffeineSessionStore store = store(10, 10_000);
        store.put(id(1), new byte[] {1}, HOUR);
        store.put(id(1), new byte[] {2}, HOUR);
        assertThat(store.get(id(1)).orElseThrow()).containsExactly(2);
        store.remove(id(1));
        store.remove(id(2));
        assertThat(store.get(id(1))).isEmpty();
        assertThat(store.statistics().evictions()).isZero();
    }

    @Test
    void copies_arrays_in_and_out() {
        CaffeineSessionStore store = store(10, 10_000);
        byte[] id = id(1);
        byte[] session = {1};
        store.put(id, session, HOUR);
        session[0] = 9;
        id[0] = 9;
        store.get(id(1)).orElseThrow()[0] = 9;
        assertThat(store.get(id(1)).orElseThrow()).containsExactly(1);
    }

    @Test
    void each_session_expires_in_its_own_time() {
        CaffeineSessionStore store = store(10, 10_000);
        store.put(id(1), new byte[] {1}, Duration.ofMinutes(5));
        store.put(id(2), new byte[] {2}, Duration.ofMinutes(10));

        advance(Duration.ofMinutes(5).minusNanos(1));
        assertThat(store.get(id(1))).isPresent();
        advance(Duration.ofNanos(1));
        assertThat(store.get(id(1))).isEmpty();
        assertThat(store.get(id(2))).isPresent();
        assertThat(store.statistics()).isEqualTo(new Statistics(2, 1, 0, 1, 33));
        advance(Duration.ofMinutes(5));
        assertThat(store.get(id(2))).isEmpty();
    }

    @Test
    void a_new_put_starts_a_new_time_and_a_get_does_not() {
        CaffeineSessionStore store = store(10, 10_000);
        store.put(id(1), new byte[] {1}, Duration.ofMinutes(5));
        advance(Duration.ofMinutes(4));
        store.put(id(1), new byte[] {1}, Duration.ofMinutes(5));
        advance(Duration.ofMinutes(4));
        assertThat(store.get(id(1))).isPresent();
        advance(Duration.ofMinutes(1));
        assertThat(store.get(id(1))).isEmpty();
    }

    @Test
    void a_time_of_zero_or_less_keeps_nothing_and_forgets_what_was_there() {
        CaffeineSessionStore store = store(10, 10_000);
        for (Duration none : new Duration[] {Duration.ZERO, Duration.ofSeconds(-1)}) {
            store.put(id(1), new byte[] {1}, HOUR);
            store.put(id(1), new byte[] {2}, none);
            assertThat(store.get(id(1))).isEmpty();
        }
    }

    @Test
    void takes_the_longest_time_that_there_is() {
        CaffeineSessionStore store = store(10, 10_000);
        store.put(id(1), new byte[] {1}, Duration.ofSeconds(Long.MAX_VALUE));
        advance(Duration.ofDays(365));
        assertThat(store.get(id(1))).isPresent();
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1000000, 1", // the number is the bound
        "7, 1000000, 7",
        "100, 1000000, 100",
        "1000, 40000, 1000", // sessions of 40 bytes: both bounds at once
        "1000, 39999, 975", // a place is 39 bytes, so 39,000 are used
        "1000, 4000, 100", // the bytes are the bound
        "100, 40, 1",
        "100, 39, 0", // so few bytes that none fits
        "100, 10, 0"
    })
    void never_holds_more_sessions_or_bytes_than_allowed(long sessions, long bytes, long held) {
        CaffeineSessionStore store = store(sessions, bytes);
        for (long i = 0; i < 3000; i++) {
            store.put(id(i), new byte[8], HOUR);
        }
        Statistics statistics = store.statistics();
        assertThat(statistics.size()).isEqualTo(held);
        assertThat(statistics.bytes()).isEqualTo(statistics.size() * 40);
        assertThat(statistics.evictions()).isEqualTo(3000 - statistics.size());
        assertThat(LongStream.range(0, 3000).filter(i -> store.get(id(i)).isPresent()))
                .hasSize((int) statistics.size());
    }

    @Test
    void one_large_session_takes_the_room_of_several() {
        CaffeineSessionStore store = store(10, 10_000);
        for (long i = 0; i < 10; i++) {
            store.put(id(i), new byte[100], HOUR);
        }
        assertThat(store.statistics()).isEqualTo(new Statistics(0, 0, 0, 10, 1320));
        store.put(id(0), new byte[5000], HOUR);
        Statistics statistics = store.statistics();
        assertThat(statistics.bytes()).isLessThanOrEqualTo(10_000);
        assertThat(statistics.evictions()).isPositive();
        store.put(id(11), new byte[10_001], HOUR);
        assertThat(store.get(id(11))).isEmpty();
    }

    @Test
    void lists_the_ids_of_the_sessions_that_have_not_expired() {
        CaffeineSessionStore store = store(10, 10_000);
        store.put(id(1), new byte[] {1}, Duration.ofMinutes(5));
        store.put(id(2), new byte[] {2}, Duration.ofMinutes(10));
        assertThat(store.ids()).containsExactlyInAnyOrder(id(1), id(2));
        store.ids().getFirst()[0] = 9;
        assertThat(store.ids()).containsExactlyInAnyOrder(id(1), id(2));
        advance(Duration.ofMinutes(5));
        assertThat(store.ids()).containsExactly(id(2));
    }

    @Test
    void takes_its_sessions_into_a_store_of_another_size_with_the_time_that_they_have_left() {
        CaffeineSessionStore store = store(10, 10_000);
        store.put(id(1), new byte[] {1}, Duration.ofMinutes(5));
        store.put(id(2), new byte[] {2}, Duration.ofMinutes(10));
        advance(Duration.ofMinutes(4));
        CaffeineSessionStore larger = store.withMaximumSize(20);

        assertThat(store.maximumSize()).isEqualTo(10);
        assertThat(larger.maximumSize()).isEqualTo(20);
        assertThat(larger.get(id(1)).orElseThrow()).containsExactly(1);
        assertThat(larger.get(id(2)).orElseThrow()).containsExactly(2);
        advance(Duration.ofMinutes(1));
        assertThat(larger.ids()).containsExactly(id(2));
        advance(Duration.ofMinutes(5));
        assertThat(larger.ids()).isEmpty();
    }

    @Test
    void takes_as_many_of_its_sessions_as_fit_into_a_smaller_store() {
        CaffeineSessionStore store = store(10, 10_000);
        for (long i = 0; i < 10; i++) {
            store.put(id(i), new byte[] {1}, HOUR);
        }
        assertThat(store.withMaximumSize(3).ids()).hasSize(3);
        assertThat(store.withMaximumSize(Long.MAX_VALUE).maximumSize())
                .as("a session has a byte at least")
                .isEqualTo(10_000);
        assertThatThrownBy(() -> store.withMaximumSize(0)).hasMessage("maximumSize: 0 was given, allowed is 1 or more");
    }

    @Test
    void counts_hits_and_misses() {
        CaffeineSessionStore store = CaffeineSessionStore.builder().build();
        store.put(id(1), new byte[68], HOUR);
        store.get(id(1));
        store.get(id(1));
        store.get(id(2));
        assertThat(store.statistics()).isEqualTo(new Statistics(2, 1, 0, 1, 100));
    }

    @Test
    void holds_20_000_sessions_by_default() {
        CaffeineSessionStore store = CaffeineSessionStore.builder().build();
        for (long i = 0; i < 20_001; i++) {
            store.put(id(i), new byte[1000], HOUR);
        }
        assertThat(store.statistics().size()).isEqualTo(20_000);
    }

    @ParameterizedTest
    @CsvSource({"0", "-1"})
    void refuses_bounds_below_one(long bound) {
        CaffeineSessionStore.Builder builder = CaffeineSessionStore.builder();
        assertThatThrownBy(() -> builder.maximumSize(bound))
                .isInstanceOfSatisfying(
                        InvalidOption.class, e -> assertThat(e.code()).isEqualTo("ERR_OUT_OF_RANGE"))
                .hasMessage("maximumSize: %d was given, allowed is 1 or more".formatted(bound));
        assertThatThrownBy(() -> builder.maximumBytes(bound))
                .hasMessage("maximumBytes: %d was given, allowed is 1 or more".formatted(bound));
    }
}
