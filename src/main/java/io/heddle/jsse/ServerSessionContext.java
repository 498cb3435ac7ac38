package io.heddle.jsse;

import io.heddle.endpoint.SessionContext;
import io.heddle.endpoint.SessionFacts;
import io.heddle.endpoint.SocketSession;
import io.heddle.session.CaffeineSessionStore;
import io.heddle.session.MalformedSession;
import io.heddle.session.SessionState;
import io.heddle.session.SessionStore;
import java.time.Duration;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * JSSE's view of a server's session store. Sessions in tickets are in no store, so that they can neither be listed nor
 * invalidated, as in the JDK.
 *
 * <p>Thread-safe.
 */
final class ServerSessionContext implements SessionContext {
    private final JsseRoles roles;

    /** Whether the timeout was set to JSSE's 0 for no limit, which the getter must return. Written by any thread. */
    private volatile boolean noTimeout;

    /** The same for the size. */
    private volatile boolean noSize;

    ServerSessionContext(JsseRoles roles) {
        this.roles = roles;
    }

    private Optional<SessionStore> store() {
        return roles.serverConfig().sessions().store();
    }

    private CaffeineSessionStore bounded(String method) {
        if (store().orElse(null) instanceof CaffeineSessionStore caffeine) {
            return caffeine;
        }
        throw new UnsupportedOperationException(
                method + ": the session store is not Heddle's CaffeineSessionStore; ask it for that itself");
    }

    @Override
    public void forget(byte[] id) {
        store().ifPresent(kept -> kept.remove(id));
    }

    @Override
    public @Nullable SSLSession getSession(byte[] sessionId) {
        return store().flatMap(kept -> kept.get(sessionId))
                .flatMap(ServerSessionContext::parse)
                .map(state -> new SocketSession(SessionFacts.of(state, sessionId), List.of(), null, -1, this))
                .orElse(null);
    }

    private static Optional<SessionState> parse(byte[] der) {
        try {
            return Optional.of(SessionState.fromDer(der));
        } catch (MalformedSession e) {
            return Optional.empty();
        }
    }

    /** Returns the ids in the store; none if it is not Heddle's, since others cannot list them. */
    @Override
    public Enumeration<byte[]> getIds() {
        return Collections.enumeration(
                store().orElse(null) instanceof CaffeineSessionStore caffeine ? caffeine.ids() : List.of());
    }

    /**
     * Sets the time after its full handshake during which a session may be resumed; 0, which JSSE defines as no limit,
     * is 7 days.
     */
    @Override
    public void setSessionTimeout(int seconds) {
        if (seconds < 0) {
            throw new IllegalArgumentException("session timeout: %d s is less than 0".formatted(seconds));
        }
        noTimeout = seconds == 0;
        Duration longest = SessionState.LONGEST_TIMEOUT;
        Duration wanted = seconds == 0 ? longest : Duration.ofSeconds(seconds);
        roles.sessionTimeout(wanted.compareTo(longest) > 0 ? longest : wanted);
    }

    @Override
    public int getSessionTimeout() {
        return noTimeout ? 0 : (int) roles.serverConfig().sessions().timeout().toSeconds();
    }

    /**
     * Sets the maximum number of sessions in the store; 0, which JSSE defines as no limit, leaves the limit of its
     * bytes.
     */
    @Override
    public void setSessionCacheSize(int size) {
        if (size < 0) {
            throw new IllegalArgumentException("session cache size: %d is less than 0".formatted(size));
        }
        CaffeineSessionStore store = bounded("setSessionCacheSize");
        noSize = size == 0;
        roles.sessionStore(store.withMaximumSize(size == 0 ? Long.MAX_VALUE : size));
    }

    @Override
    public int getSessionCacheSize() {
        return noSize ? 0 : (int) Math.min(bounded("getSessionCacheSize").maximumSize(), Integer.MAX_VALUE);
    }
}
