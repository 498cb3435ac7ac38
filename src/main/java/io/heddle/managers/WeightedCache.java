package io.heddle.managers;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.ToIntBiFunction;
import org.jspecify.annotations.Nullable;

/**
 * A cache whose entries have a weight and a lifetime of their own. When it is full, entries that are asked for rarely go first.
 * An entry whose lifetime is over goes with the next use of the cache; there is no thread.
 *
 * <p>Thread-safe.
 *
 * @param <K> the keys
 * @param <V> the values
 */
public final class WeighedCache<K, V> {
    private static final Duration LONGEST_STEP = Duration.ofNanos(Long.MAX_VALUE / 4);

    private final Cache<K, V> entries;

    /**
     * Makes an empty one.
     *
     * @param clock decides when a lifetime is over
     * @param most the weight of all entries together, at least 1
     * @param weigher returns the weight of an entry when it is put, 0 or more
     * @param lifetime returns how long an entry lives from when it is put; zero for not at all
     */
    public WeighedCache(
            InstantSource clock, long most, ToIntBiFunction<K, V> weigher, BiFunction<K, V, Duration> lifetime) {
        Instant start = clock.instant();
        Ticker ticker = () -> nanos(Duration.between(start, clock.instant()));
        entries = Caffeine.newBuilder()
                .maximumWeight(most)
                .weigher((K key, V value) -> weigher.applyAsInt(key, value))
                .expireAfter(Expiry.<K, V>writing(lifetime))
                // Its upkeep is short, and should not depend on the common pool.
                .executor(Runnable::run)
                .ticker(ticker)
                .build();
    }

    /** A clock may be set by centuries, which nanoseconds cannot say. */
    private static long nanos(Duration duration) {
        if (duration.abs().compareTo(LONGEST_STEP) <= 0) {
            return duration.toNanos();
        }
        return duration.isNegative() ? -LONGEST_STEP.toNanos() : LONGEST_STEP.toNanos();
    }

    /** Returns the value of a key, null if there is none. */
    public @Nullable V get(K key) {
        return entries.getIfPresent(key);
    }

    /** Puts a value in place of what the key had. */
    public void put(K key, V value) {
        entries.put(key, value);
    }

    /** Removes a key. */
    public void remove(K key) {
        entries.invalidate(key);
    }

    /** Returns the entries as they are from moment to moment. */
    public Map<K, V> entries() {
        return entries.asMap();
    }
}
