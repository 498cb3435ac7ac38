package io.heddle;

import io.heddle.cipher.TlsVersion;
import io.heddle.engine.HandshakeResult;
import io.heddle.session.SessionState;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of the clients of an {@code SSLContext}, by host and port: the next connection to a server resumes one without
 * being told. JSSE's client session context shows it.
 *
 * <p>A session of TLS 1.3 is used once, so that connections cannot be linked by it (RFC 8446 appendix C.4); a server's last few
 * are kept, for as many connections at once. Those of older versions are used again and again.
 *
 * <p>Thread-safe. Its lock is held for moments only.
 */
final class ClientSessions implements SessionContext {
    /** JSSE's defaults: a day, and the JDK's number of servers. */
    private static final Duration TIMEOUT = Duration.ofDays(1);

    private static final int SERVERS = 20_480;

    /** As many connections may be made at once without one that does not resume. */
    private static final int OF_A_SERVER = 8;

    record Server(String host, int port) {}

    /**
     * A session.
     *
     * @param id of the connection that was given it
     * @param identity who we are in it
     */
    record Kept(SessionState state, byte[] id, Server server, List<X509Certificate> identity) {}

    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();

    /** Guarded by {@link #lock}; the one that was used longest ago first. */
    private final Map<Server, Deque<Kept>> sessions = new LinkedHashMap<>(16, 0.75f, true);

    /** Guarded by {@link #lock}. */
    private Duration timeout = TIMEOUT;

    /** Guarded by {@link #lock}; 0 for no limit. */
    private int size = SERVERS;

    ClientSessions(InstantSource clock) {
        this.clock = clock;
    }

    /** Keeps what a connection to this server is given; nothing if nobody knows the server. */
    void observe(Endpoint endpoint, @Nullable String host, int port) {
        server(host, port)
                .ifPresent(server -> endpoint.observers().sessionState(state -> keep(server, state, endpoint)));
    }

    private static Optional<Server> server(@Nullable String host, int port) {
        return host == null || port <= 0
                ? Optional.empty()
                : Optional.of(new Server(host.toLowerCase(Locale.ROOT), port));
    }

    private void keep(Server server, SessionState state, Endpoint endpoint) {
        byte[] id = endpoint.result().map(HandshakeResult::sessionId).orElseGet(state::sessionId);
        lock.lock();
        try {
            Deque<Kept> ofServer = sessions.computeIfAbsent(server, each -> new ArrayDeque<>(2));
            if (isUsedAgain(state)) {
                ofServer.clear();
            }
            ofServer.addLast(new Kept(state, id, server, endpoint.identity()));
            if (ofServer.size() > OF_A_SERVER) {
                ofServer.removeFirst();
            }
            shrink();
        } finally {
            lock.unlock();
        }
    }

    /** Returns the newest session for a connection to this server, empty if there is none. */
    Optional<Kept> take(@Nullable String host, int port) {
        Optional<Server> server = server(host, port);
        if (server.isEmpty()) {
            return Optional.empty();
        }
        lock.lock();
        try {
            Deque<Kept> ofServer = sessions.get(server.get());
            if (ofServer == null) {
                return Optional.empty();
            }
            ofServer.removeIf(this::isOver);
            Kept newest = ofServer.peekLast();
            if (newest != null && !isUsedAgain(newest.state())) {
                ofServer.removeLast();
            }
            if (ofServer.isEmpty()) {
                sessions.remove(server.get());
            }
            return Optional.ofNullable(newest);
        } finally {
            lock.unlock();
        }
    }

    private static boolean isUsedAgain(SessionState state) {
        return state.protocol() != TlsVersion.TLS_1_3.code();
    }

    private boolean isOver(Kept kept) {
        Duration age = Duration.between(kept.state().time(), clock.instant());
        return !timeout.isZero() && age.compareTo(timeout) > 0;
    }

    private void shrink() {
        var oldest = sessions.keySet().iterator();
        for (int excess = size == 0 ? 0 : sessions.size() - size; excess > 0; excess--) {
            oldest.next();
            oldest.remove();
        }
    }

    @Override
    public void forget(byte[] id) {
        lock.lock();
        try {
            sessions.values().removeIf(ofServer -> {
                ofServer.removeIf(kept -> Arrays.equals(kept.id(), id));
                return ofServer.isEmpty();
            });
        } finally {
            lock.unlock();
        }
    }

    // JSSE

    @Override
    public @Nullable SSLSession getSession(byte[] sessionId) {
        if (sessionId == null) {
            throw new NullPointerException("session id cannot be null");
        }
        return all(kept -> kept).stream()
                .filter(kept -> Arrays.equals(kept.id(), sessionId))
                .findFirst()
                .map(this::view)
                .orElse(null);
    }

    private SSLSession view(Kept kept) {
        Server server = kept.server();
        return new SocketSession(
                SessionFacts.of(kept.state(), kept.id()), List.of(), server.host(), server.port(), this);
    }

    @Override
    public Enumeration<byte[]> getIds() {
        Map<ByteBuffer, byte[]> ids = new LinkedHashMap<>();
        // The tickets of one connection are of one session.
        all(kept -> kept.id().clone()).forEach(id -> ids.put(ByteBuffer.wrap(id), id));
        return Collections.enumeration(ids.values());
    }

    private <T> List<T> all(Function<Kept, T> of) {
        lock.lock();
        try {
            List<T> found = new ArrayList<>();
            for (Deque<Kept> ofServer : sessions.values()) {
                for (Kept kept : ofServer) {
                    if (!isOver(kept)) {
                        found.add(of.apply(kept));
                    }
                }
            }
            return found;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void setSessionTimeout(int seconds) {
        if (seconds < 0) {
            throw new IllegalArgumentException("session timeout: %d s is less than 0".formatted(seconds));
        }
        lock.lock();
        try {
            timeout = Duration.ofSeconds(seconds);
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

    /** Sets of how many servers sessions are kept. */
    @Override
    public void setSessionCacheSize(int servers) {
        if (servers < 0) {
            throw new IllegalArgumentException("session cache size: %d is less than 0".formatted(servers));
        }
        lock.lock();
        try {
            size = servers;
            shrink();
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
