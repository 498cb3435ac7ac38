package io.heddle.session;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.RemovalCause;
import com.github.benmanes.caffeine.cache.Ticker;
import io.heddle.failure.InvalidOption;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/**
 * A session store in the memory of this process, bounded by the number of sessions and by their bytes.
 *
 * <p>When it is full, rarely used sessions are evicted first. Thread-safe; it never blocks on I/O and has no thread of
 * its own.
 */
public final class CaffeineSessionStore implements SessionStore {
    private final Cache<ByteBuffer, Entry> sessions;
    private final long maximumSize;
    private final long maximumBytes;
    private final Ticker ticker;
    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private final LongAdder evictions = new LongAdder();

    private CaffeineSessionStore(long maximumSize, long maximumBytes, Ticker ticker) {
        this.maximumSize = maximumSize;
        this.maximumBytes = maximumBytes;
        this.ticker = ticker;
        // Caffeine has one bound only. If no session weighs less than its share of the bytes, and the bound is that
        // share times the number of sessions, then one weight enforces both bounds, and small sessions can still use
        // all places. The price are the bytes that the division leaves over, fewer than there are places.
        int share = Math.clamp(maximumBytes / maximumSize, 1, Integer.MAX_VALUE);
        sessions = Caffeine.newBuilder()
                .maximumWeight(Math.min(maximumBytes, share * maximumSize))
                .weigher((ByteBuffer id, Entry entry) -> Math.max(share, entry.bytes()))
                .expireAfter(Expiry.<ByteBuffer, Entry>writing((id, entry) -> entry.timeToLive))
                .evictionListener((id, entry, cause) -> {
                    if (cause == RemovalCause.SIZE) {
                        evictions.increment();
                    }
                })
                // Maintenance is short, and a server on virtual threads should not depend on the common pool.
                .executor(Runnable::run)
                .ticker(ticker)
                .build();
    }

    /** Returns a builder with the defaults: 20,000 sessions, 64 MiB. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public void put(byte[] id, byte[] session, Duration timeToLive) {
        ByteBuffer key = ByteBuffer.wrap(id.clone());
        if (timeToLive.isPositive()) {
            sessions.put(key, new Entry(session.clone(), id.length, timeToLive));
        } else {
            sessions.invalidate(key);
        }
    }

    @Override
    public Optional<byte[]> get(byte[] id) {
        Entry entry = sessions.getIfPresent(ByteBuffer.wrap(id));
        if (entry == null) {
            misses.increment();
            return Optional.empty();
        }
        hits.increment();
        return Optional.of(entry.session.clone());
    }

    @Override
    public void remove(byte[] id) {
        sessions.invalidate(ByteBuffer.wrap(id));
    }

    /** Returns the ids of the sessions in the store. */
    public List<byte[]> ids() {
        sessions.cleanUp();
        return sessions.asMap().keySet().stream()
                .map(CaffeineSessionStore::bytes)
                .toList();
    }

    private static byte[] bytes(ByteBuffer id) {
        byte[] bytes = new byte[id.remaining()];
        id.get(id.position(), bytes);
        return bytes;
    }

    /** Returns the maximum number of sessions. */
    public long maximumSize() {
        return maximumSize;
    }

    /**
     * Returns a store with another bound for the number of sessions, filled with as many of the sessions of this one
     * as fit.
     *
     * @param sessions at least 1; the bound for their bytes is unchanged and is the only one for a very large number
     * @throws InvalidOption with {@code ERR_OUT_OF_RANGE} if that is less than 1
     */
    public CaffeineSessionStore withMaximumSize(long sessions) {
        CaffeineSessionStore other = builder()
                .maximumSize(Math.min(sessions, maximumBytes))
                .maximumBytes(maximumBytes)
                .ticker(ticker)
                .build();
        this.sessions
                .policy()
                .expireVariably()
                .ifPresent(expiry -> this.sessions
                        .asMap()
                        .forEach((id, entry) -> expiry.getExpiresAfter(id)
                                .ifPresent(left -> other.put(bytes(id), entry.session, left))));
        return other;
    }

    /** Returns the counts since the store was created, and its current size; iterates over all sessions. */
    public Statistics statistics() {
        sessions.cleanUp();
        long size = 0;
        long bytes = 0;
        for (Entry entry : sessions.asMap().values()) {
            size++;
            bytes += entry.bytes();
        }
        return new Statistics(hits.sum(), misses.sum(), evictions.sum(), size, bytes);
    }

    /**
     * The counters and the size of a store.
     *
     * @param hits the number of sessions that were found
     * @param misses the number of lookups that found no session or an expired one
     * @param evictions the number of sessions removed before their expiry because the store was full
     * @param size the number of sessions that have not expired
     * @param bytes the bytes of those sessions and their ids
     */
    public record Statistics(long hits, long misses, long evictions, long size, long bytes) {}

    private static final class Entry {
        private final byte[] session;
        private final int idLength;
        private final Duration timeToLive;

        Entry(byte[] session, int idLength, Duration timeToLive) {
            this.session = session;
            this.idLength = idLength;
            this.timeToLive = timeToLive;
        }

        int bytes() {
            return (int) Math.min((long) session.length + idLength, Integer.MAX_VALUE);
        }
    }

    /** A builder of stores. Not thread-safe. */
    public static final class Builder {
        private long maximumSize = 20_000;
        private long maximumBytes = 64L * 1024 * 1024;
        private Ticker ticker = Ticker.systemTicker();

        private Builder() {}

        /**
         * Sets the maximum number of sessions. Default: 20,000.
         *
         * @throws InvalidOption with {@code ERR_OUT_OF_RANGE} if that is less than 1
         */
        public Builder maximumSize(long sessions) {
            maximumSize = atLeastOne("maximumSize", sessions);
            return this;
        }

        /**
         * Sets the maximum number of bytes of the sessions and their ids, without Java's overhead. Default: 64 MiB. A
         * remainder beyond a multiple of {@link #maximumSize} stays unused.
         *
         * @throws InvalidOption with {@code ERR_OUT_OF_RANGE} if that is less than 1
         */
        public Builder maximumBytes(long bytes) {
            maximumBytes = atLeastOne("maximumBytes", bytes);
            return this;
        }

        /** Sets the clock that sessions expire by, for tests. Default: the system's. */
        public Builder ticker(Ticker nanoseconds) {
            this.ticker = nanoseconds;
            return this;
        }

        /** Returns an empty store with these bounds. */
        public CaffeineSessionStore build() {
            return new CaffeineSessionStore(maximumSize, maximumBytes, ticker);
        }

        private static long atLeastOne(String option, long value) {
            if (value < 1) {
                throw new InvalidOption(
                        "ERR_OUT_OF_RANGE", "%s: %d was given, allowed is 1 or more".formatted(option, value));
            }
            return value;
        }
    }
}
