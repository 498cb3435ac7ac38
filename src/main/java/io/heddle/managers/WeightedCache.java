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
 * A cache whose entries have a weight and a lifetime each. When it is full, entries that are rarely used are evicted
 * first. Expired entries are removed during later uses of the cache; there is no thread.
 *
 * <p>Thread-safe.
 *
 * @param <K> the keys
 * @param <V> the values
 */
public final class WeightedCache<K, V> {
    private static final Duration LONGEST_STEP = Duration.ofNanos(Long.MAX_VALUE / 4);

    private final Cache<K, V> entries;

    /**
     * Creates an empty cache.
     *
     * @param clock the time source of lifetimes
     * @param maximumWeight the largest weight of all entries together, at least 1
     * @param weigher returns the weight of a new entry, 0 or more
     * @param lifetime returns the lifetime of a new entry; zero to drop it at once
     */
    public WeightedCache(
            InstantSource clock,
            long maximumWeight,
            ToIntBiFunction<K, V> weigher,
            BiFunction<K, V, Duration> lifetime) {
        Instant start = clock.instant();
        Ticker ticker = () -> nanos(Duration.between(start, clock.instant()));
        entries = Caffeine.newBuilder()
                .maximumWeight(maximumWeight)
                .weigher((K key, V value) -> weigher.applyAsInt(key, value))
                .expireAfter(Expiry.<K, V>writing(lifetime))
                // The maintenance is short, and must not depend on the common pool.
                .executor(Runnable::run)
                .ticker(ticker)
                .build();
    }

    /** Returns a duration in nanoseconds, cut at their range: a clock may be adjusted by centuries. */
    private static long nanos(Duration duration) {
        if (duration.abs().compareTo(LONGEST_STEP) <= 0) {
            return duration.toNanos();
        }
        return duration.isNegative() ? -LONGEST_STEP.toNanos() : LONGEST_STEP.toNanos();
    }

    /** Returns the value of a key, null if it has none. */
    public @Nullable V get(K key) {
        return entries.getIfPresent(key);
    }

    /** Sets the value of a key. */
    public void put(K key, V value) {
        entries.put(key, value);
    }

    /** Removes a key and its value. */
    public void remove(K key) {
        entries.invalidate(key);
    }

    /** Returns a live view of the entries. */
    public Map<K, V> entries() {
        return entries.asMap();
    }
}
