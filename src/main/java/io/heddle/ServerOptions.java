package io.heddle;

import io.heddle.engine.ServerSessions;
import io.heddle.session.SessionIdContext;
import io.heddle.session.SessionStore;
import io.heddle.session.TicketKeyManager;
import io.heddle.session.TicketKeys;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a server does beyond its context: application protocols, client certificates, sessions, time limits. Immutable.
 *
 * @see <a href="https://nodejs.org/api/tls.html#tlscreateserveroptions-secureconnectionlistener">Node tls.createServer</a>
 */
public final class ServerOptions {
    /** Node's. */
    private static final Duration HANDSHAKE_TIMEOUT = Duration.ofMinutes(2);

    private static final Duration SESSION_TIMEOUT = Duration.ofMinutes(5);

    private final Builder made;
    private final TicketKeyManager keys;

    /** For the context of the last connection, which the next one most often has too. Written by anyone; any value is right. */
    private volatile @Nullable Sessions sessions;

    private record Sessions(SecureContext context, ServerSessions made) {}

    private ServerOptions(Builder builder) {
        this.made = builder;
        this.keys = builder.ticketKeys != null
                ? builder.ticketKeys
                : builder.context
                        .ticketKeys()
                        .orElseGet(() -> TicketKeyManager.of(TicketKeys.random(builder.context.random())));
    }

    /** Returns a builder with Node's defaults. */
    public static Builder builder(SecureContext context) {
        return new Builder(context);
    }

    /** Returns the default options for a context. */
    public static ServerOptions of(SecureContext context) {
        return builder(context).build();
    }

    /** Returns the default context. */
    public SecureContext context() {
        return made.context;
    }

    /** Returns the application protocols, the most preferred first. */
    public List<String> alpnProtocols() {
        return made.alpnProtocols;
    }

    /** Returns whether clients are asked for a certificate. */
    public boolean requestCert() {
        return made.requestCert;
    }

    /** Returns whether a client without a good certificate is refused, if it was asked for one. */
    public boolean rejectUnauthorized() {
        return made.rejectUnauthorized;
    }

    /** Returns how long a handshake may take. */
    public Duration handshakeTimeout() {
        return made.handshakeTimeout;
    }

    /** Returns how long after its full handshake a session is resumed. */
    public Duration sessionTimeout() {
        return made.sessionTimeout != null
                ? made.sessionTimeout
                : made.context.sessionTimeout().orElse(SESSION_TIMEOUT);
    }

    /** Returns the name under which sessions are made, empty bytes if there is none. */
    public SessionIdContext sessionIdContext() {
        return made.sessionIdContext != null
                ? made.sessionIdContext
                : made.context.sessionIdContext().orElse(SessionIdContext.of(""));
    }

    /** Returns whether session tickets are sent and taken. */
    public boolean tickets() {
        return made.tickets;
    }

    /** Returns the holder of the ticket keys. */
    public TicketKeyManager ticketKeys() {
        return keys;
    }

    /** Returns the session store, if there is one. */
    public Optional<SessionStore> sessionStore() {
        return Optional.ofNullable(made.sessionStore);
    }

    /** Returns where sessions of connections that begin with this context go; the connections share it. */
    ServerSessions sessions(SecureContext context) {
        Sessions last = sessions;
        if (last == null || last.context() != context) {
            last = new Sessions(context, makeSessions(context));
            sessions = last;
        }
        return last.made();
    }

    private ServerSessions makeSessions(SecureContext context) {
        return new ServerSessions(
                sessionIdContext(),
                sessionTimeout(),
                tickets() && !context.has(SecureOption.NO_TICKET) ? Optional.of(keys) : Optional.empty(),
                sessionStore(),
                context.random(),
                context.clock());
    }

    Optional<SniCallback> sniCallback() {
        return Optional.ofNullable(made.sniCallback);
    }

    /** Returns who has OCSP responses, where no server says otherwise. */
    Optional<OcspRequestListener> onOcspRequest() {
        return Optional.ofNullable(made.onOcspRequest);
    }

    /** What a server does, with Node's names. Not thread-safe. */
    public static final class Builder implements Cloneable {
        private final SecureContext context;
        private List<String> alpnProtocols = List.of();
        private boolean requestCert;
        private boolean rejectUnauthorized = true;
        private Duration handshakeTimeout = HANDSHAKE_TIMEOUT;
        private boolean tickets = true;

        private @Nullable Duration sessionTimeout;

        private @Nullable SessionIdContext sessionIdContext;

        private @Nullable TicketKeyManager ticketKeys;

        private @Nullable SessionStore sessionStore;

        private @Nullable SniCallback sniCallback;

        private @Nullable OcspRequestListener onOcspRequest;

        private Builder(SecureContext context) {
            this.context = context;
        }

        /** Sets the application protocols, the most preferred first. A client that offers others only is refused (120). */
        public Builder alpnProtocols(String... protocols) {
            return alpnProtocols(List.of(protocols));
        }

        /** Sets the application protocols, the most preferred first. A client that offers others only is refused (120). */
        public Builder alpnProtocols(List<String> protocols) {
            alpnProtocols = Checks.alpnProtocols(protocols);
            return this;
        }

        /** Sets whether clients are asked for a certificate. Default: no. */
        public Builder requestCert(boolean request) {
            requestCert = request;
            return this;
        }

        /** Sets whether a client without a good certificate is refused, if it was asked for one. Default: yes. */
        public Builder rejectUnauthorized(boolean reject) {
            rejectUnauthorized = reject;
            return this;
        }

        /** Sets how long a handshake may take, however slowly the client drips its bytes. Default: 120 s. */
        public Builder handshakeTimeout(Duration timeout) {
            handshakeTimeout = Checks.positive("handshakeTimeout", timeout);
            return this;
        }

        /** Sets how long after its full handshake a session is resumed, up to 7 days. Default: the context's, else 300 s. */
        public Builder sessionTimeout(Duration timeout) {
            sessionTimeout = Checks.sessionTimeout(timeout);
            return this;
        }

        /** Names the sessions, at most 32 bytes of UTF-8. Default: the context's, else no name. */
        public Builder sessionIdContext(String name) {
            sessionIdContext = SessionIdContext.of(name);
            return this;
        }

        /** Sets whether session tickets are sent and taken. Without, sessions are in the store. Default: yes. */
        public Builder tickets(boolean send) {
            tickets = send;
            return this;
        }

        /** Sets the holder of the ticket keys. Default: the context's, else random keys. */
        public Builder ticketKeys(TicketKeyManager manager) {
            ticketKeys = manager;
            return this;
        }

        /** Sets where sessions are kept that no ticket carries. Default: nowhere. */
        public Builder sessionStore(SessionStore store) {
            sessionStore = store;
            return this;
        }

        /** Sets who finds the context for a server name that {@link TlsServer#addContext} does not know. */
        public Builder sniCallback(SniCallback callback) {
            sniCallback = callback;
            return this;
        }

        /**
         * Sets who answers clients that ask for an OCSP response. For a {@link TlsServer} its own {@link
         * TlsServer#onOcspRequest} may replace it. Default: nobody, so none is sent.
         */
        public Builder onOcspRequest(OcspRequestListener listener) {
            onOcspRequest = listener;
            return this;
        }

        /** Returns the options. */
        public ServerOptions build() {
            try {
                return new ServerOptions((Builder) clone());
            } catch (CloneNotSupportedException e) {
                throw new AssertionError(e);
            }
        }
    }
}
