package io.heddle.endpoint;

import io.heddle.engine.handshake.HandshakeResult;
import io.heddle.managers.WeightedCache;
import io.heddle.protocol.TlsVersion;
import io.heddle.session.SessionExtras;
import io.heddle.session.SessionState;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * The cache of the client sessions of an {@code SSLContext}, by host and port: the next connection to a server resumes
 * one of them. It is JSSE's client session context.
 *
 * <p>A session of TLS 1.3 is used once, so that connections cannot be linked by it (RFC 8446 appendix C.4); the last
 * few of a server are kept for simultaneous connections. Sessions of older versions are used repeatedly. A fatal alert
 * removes the sessions of its connection (RFC 5246 7.2.2, RFC 8446 6.2).
 *
 * <p>All sessions together have at most 64 MiB, since a server decides the size of its tickets and its chain. When the
 * bound is reached, the sessions of rarely used servers are evicted first. A session that has expired, by its own
 * lifetime or by the session timeout, is removed at the next use of the cache for any server; there is no thread.
 *
 * <p>Thread-safe. Its lock is held briefly.
 */
public final class ClientSessions implements SessionContext {
    /** JSSE's defaults: a day, and the JDK's number of servers. */
    private static final Duration TIMEOUT = Duration.ofDays(1);

    private static final int SERVERS = 20_480;

    /** The number of simultaneous connections to a server that can all resume. */
    private static final int SESSIONS_PER_SERVER = 8;

    /** The bound for all sessions together, which is also the default of a server's store. */
    public static final long MOST_BYTES = 64L << 20;

    /** The estimated size in bytes of the objects of a session or a server, without its contents. */
    private static final int OBJECTS = 256;

    public record Server(String host, int port) {
        public int bytes() {
            return OBJECTS + 2 * host.length();
        }
    }

    /**
     * A cached session. It is the object that the connection itself has, so that the two need the memory of one.
     *
     * @param state the session, as secret as a key
     * @param length the length of its DER
     * @param id the id of the session of the connection that received it
     * @param singleUse whether it is used only once
     * @param created the time of its full handshake
     * @param end the time at which it expires, regardless of the session timeout
     * @param identity the local certificates of the connection that received it
     */
    public record CachedSession(
            SessionState state,
            int length,
            byte[] id,
            boolean singleUse,
            Instant created,
            Instant end,
            List<X509Certificate> identity) {
        private static CachedSession of(SessionState state, byte[] id, List<X509Certificate> identity) {
            byte[] der = state.toDer();
            Arrays.fill(der, (byte) 0);
            return new CachedSession(
                    state,
                    der.length,
                    id,
                    state.protocol() == TlsVersion.TLS_1_3.code(),
                    state.extras().map(SessionExtras::originalTime).orElse(state.time()),
                    state.offeredUntil(),
                    identity);
        }

        private int bytes() {
            return OBJECTS + length + id.length;
        }
    }

    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();

    /** Guarded by {@link #lock}; the lists are unmodifiable and not empty, with the newest session last. */
    private WeightedCache<Server, List<CachedSession>> sessions;

    /** Guarded by {@link #lock}; 0 for no limit. */
    private Duration timeout = TIMEOUT;

    /** Guarded by {@link #lock}; 0 for no limit. */
    private int size = SERVERS;

    public ClientSessions(InstantSource clock) {
        this.clock = clock;
        this.sessions = cache(SERVERS);
    }

    /**
     * Creates the cache, whose only bound is its total weight. Each server weighs at least an equal share of the bytes,
     * so that this bound limits both the number of servers and the bytes.
     */
    private WeightedCache<Server, List<CachedSession>> cache(int servers) {
        int share = servers == 0 ? 1 : Math.clamp(MOST_BYTES / servers, 1, Integer.MAX_VALUE);
        return new WeightedCache<>(
                clock,
                servers == 0 ? MOST_BYTES : Math.min(MOST_BYTES, (long) share * servers),
                (server, kept) -> Math.max(share, bytes(server, kept)),
                (server, kept) -> lifeOf(kept));
    }

    private static int bytes(Server server, List<CachedSession> kept) {
        return server.bytes() + kept.stream().mapToInt(CachedSession::bytes).sum();
    }

    /** Returns the time until the last of these sessions expires; it remains valid to the end of that second. */
    private Duration lifeOf(List<CachedSession> kept) {
        Instant last = kept.stream().map(this::end).max(Instant::compareTo).orElse(Instant.MIN);
        Duration left = Duration.between(clock.instant(), last.plusSeconds(1));
        return left.isPositive() ? left : Duration.ZERO;
    }

    private Instant end(CachedSession kept) {
        Instant byTimeout = kept.created().plus(timeout);
        return timeout.isZero() || kept.end().isBefore(byTimeout) ? kept.end() : byTimeout;
    }

    private boolean isExpired(CachedSession kept) {
        return clock.instant().getEpochSecond() > end(kept).getEpochSecond();
    }

    /**
     * Caches the sessions that a connection to this server receives, and removes them if a fatal alert ends it. Does
     * nothing if the server is unknown.
     */
    void observe(Endpoint endpoint, @Nullable String host, int port) {
        server(host, port).ifPresent(server -> {
            endpoint.observers().sessionState(state -> keep(server, state, id(endpoint, state), endpoint.identity()));
            endpoint.observers()
                    .fatalAlert(() -> endpoint.result().ifPresent(result -> forget(server, result.sessionId())));
        });
    }

    private static byte[] id(Endpoint endpoint, SessionState state) {
        return endpoint.result().map(HandshakeResult::sessionId).orElseGet(state::sessionId);
    }

    private static Optional<Server> server(@Nullable String host, int port) {
        return host == null || port <= 0
                ? Optional.empty()
                : Optional.of(new Server(host.toLowerCase(Locale.ROOT), port));
    }

    /** Keeps a session, unless it is longer than one that is read. */
    public void keep(Server server, SessionState state, byte[] id, List<X509Certificate> identity) {
        CachedSession kept = CachedSession.of(state, id, identity);
        if (kept.length() > SessionState.LONGEST_DER) {
            return;
        }
        lock.lock();
        try {
            List<CachedSession> before = sessions.get(server);
            List<CachedSession> after = new ArrayList<>(SESSIONS_PER_SERVER);
            if (before != null && kept.singleUse()) {
                before.stream().filter(session -> !isExpired(session)).forEach(after::add);
            }
            after.add(kept);
            sessions.put(
                    server, List.copyOf(after.subList(Math.max(0, after.size() - SESSIONS_PER_SERVER), after.size())));
        } finally {
            lock.unlock();
        }
    }

    /** Returns the newest session for this server, and removes it if it is for one use; empty if there is none. */
    public Optional<CachedSession> take(@Nullable String host, int port) {
        Optional<Server> server = server(host, port);
        if (server.isEmpty()) {
            return Optional.empty();
        }
        lock.lock();
        try {
            List<CachedSession> before = sessions.get(server.get());
            if (before == null) {
                return Optional.empty();
            }
            List<CachedSession> after = new ArrayList<>(
                    before.stream().filter(session -> !isExpired(session)).toList());
            Optional<CachedSession> newest = after.isEmpty() ? Optional.empty() : Optional.of(after.getLast());
            if (newest.isPresent() && newest.get().singleUse()) {
                after.removeLast();
            }
            replace(server.get(), before, after);
            return newest;
        } finally {
            lock.unlock();
        }
    }

    private void replace(Server server, List<CachedSession> before, List<CachedSession> after) {
        if (after.isEmpty()) {
            sessions.remove(server);
        } else if (after.size() < before.size()) {
            sessions.put(server, List.copyOf(after));
        }
    }

    /** Removes the sessions of a connection to this server that a fatal alert has ended. */
    void forget(@Nullable String host, int port, byte[] id) {
        server(host, port).ifPresent(server -> forget(server, id));
    }

    private void forget(Server server, byte[] id) {
        lock.lock();
        try {
            List<CachedSession> before = sessions.get(server);
            if (before != null) {
                replace(
                        server,
                        before,
                        before.stream()
                                .filter(session -> !Arrays.equals(session.id(), id))
                                .toList());
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void forget(byte[] id) {
        lock.lock();
        try {
            List.copyOf(sessions.entries().keySet()).forEach(server -> forget(server, id));
        } finally {
            lock.unlock();
        }
    }

    /** Returns the estimated size of the cached sessions in bytes, object overhead included. */
    public long bytes() {
        lock.lock();
        try {
            long bytes = 0;
            for (Map.Entry<Server, List<CachedSession>> entry :
                    sessions.entries().entrySet()) {
                bytes += bytes(entry.getKey(), entry.getValue());
            }
            return bytes;
        } finally {
            lock.unlock();
        }
    }

    /** Returns the number of servers in the cache. */
    public int servers() {
        lock.lock();
        try {
            return sessions.entries().size();
        } finally {
            lock.unlock();
        }
    }

    /** Replaces the cache by one with other bounds, since weights and lifetimes are set when a session is put. */
    private void rebuild() {
        WeightedCache<Server, List<CachedSession>> before = sessions;
        sessions = cache(size);
        before.entries().forEach((server, kept) -> {
            if (!kept.stream().allMatch(this::isExpired)) {
                sessions.put(server, kept);
            }
        });
    }

    // JSSE

    @Override
    public @Nullable SSLSession getSession(byte[] sessionId) {
        if (sessionId == null) {
            throw new NullPointerException("session id cannot be null");
        }
        return all((server, kept) -> Arrays.equals(kept.id(), sessionId) ? view(server, kept) : null).stream()
                .findFirst()
                .orElse(null);
    }

    private SSLSession view(Server server, CachedSession kept) {
        return new SocketSession(
                SessionFacts.of(kept.state(), kept.id()), List.of(), server.host(), server.port(), this);
    }

    @Override
    public Enumeration<byte[]> getIds() {
        Map<ByteBuffer, byte[]> ids = new LinkedHashMap<>();
        // The tickets of one connection share the id of its session.
        all((server, kept) -> kept.id().clone()).forEach(id -> ids.put(ByteBuffer.wrap(id), id));
        return Collections.enumeration(ids.values());
    }

    /** Returns the non-null values of this function for the sessions that have not expired. */
    private <T> List<T> all(BiFunction<Server, CachedSession, @Nullable T> of) {
        lock.lock();
        try {
            List<T> found = new ArrayList<>();
            sessions.entries().forEach((server, kept) -> {
                for (CachedSession session : kept) {
                    T value = isExpired(session) ? null : of.apply(server, session);
                    if (value != null) {
                        found.add(value);
                    }
                }
            });
            return found;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Sets the time after its full handshake during which a session is used; 0 leaves the lifetime set by the server.
     */
    @Override
    public void setSessionTimeout(int seconds) {
        if (seconds < 0) {
            throw new IllegalArgumentException("session timeout: %d s is less than 0".formatted(seconds));
        }
        lock.lock();
        try {
            timeout = Duration.ofSeconds(seconds);
            rebuild();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int getSessionTimeout() {
        lock.lock();
        try {
            return (int) timeout.toSeconds();
        } finally {
            lock.unlock();
        }
    }

    /** Sets the maximum number of servers in the cache; 0 leaves the bound for their bytes. */
    @Override
    public void setSessionCacheSize(int servers) {
        if (servers < 0) {
            throw new IllegalArgumentException("session cache size: %d is less than 0".formatted(servers));
        }
        lock.lock();
        try {
            size = servers;
            rebuild();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int getSessionCacheSize() {
        lock.lock();
        try {
            return size;
        } finally {
            lock.unlock();
        }
    }
}
