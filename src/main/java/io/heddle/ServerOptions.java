package io.heddle;

import io.heddle.callback.OcspRequestListener;
import io.heddle.engine.handshake.ServerSessions;
import io.heddle.failure.InvalidOption;
import io.heddle.session.SessionIdContext;
import io.heddle.session.SessionStore;
import io.heddle.session.TicketKeyManager;
import io.heddle.session.TicketKeys;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
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

    /** Returns how many connections a server takes at a time, {@link Integer#MAX_VALUE} for as many as come. */
    public int maxConnections() {
        return made.maxConnections;
    }

    /** Returns whether JMX shows the server while it listens. */
    public boolean jmx() {
        return made.jmx;
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

    /** Returns how many renegotiations in a row a client may begin. */
    public int renegotiationLimit() {
        return made.renegotiationLimit;
    }

    /** Returns the time after which counting renegotiations starts again. */
    public Duration renegotiationWindow() {
        return made.renegotiationWindow;
    }

    /** Returns the same, ticket keys and store included, with another session timeout. */
    ServerOptions withSessionTimeout(Duration timeout) {
        return new ServerOptions(made.copy().ticketKeys(keys).sessionTimeout(timeout));
    }

    /** Returns the same, ticket keys included, with another store. */
    ServerOptions withSessionStore(SessionStore store) {
        return new ServerOptions(made.copy().ticketKeys(keys).sessionStore(store));
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

    Optional<BiConsumer<String, TlsSocket>> keylog() {
        return Optional.ofNullable(made.keylog);
    }

    Optional<BiConsumer<String, TlsSocket>> trace() {
        return Optional.ofNullable(made.trace);
    }

    Optional<AlpnCallback> alpnCallback() {
        return Optional.ofNullable(made.alpnCallback);
    }

    Optional<SniCallback> sniCallback() {
        return Optional.ofNullable(made.sniCallback);
    }

    Optional<PskServerCallback> pskCallback() {
        return Optional.ofNullable(made.pskCallback);
    }

    /** Returns what clients of TLS 1.2 and below are told about the pre-shared key to use. */
    public Optional<String> pskIdentityHint() {
        return Optional.ofNullable(made.pskIdentityHint);
    }

    /** Returns whether OCSP responses are verified before they are sent. */
    public boolean verifyOCSP() {
        return made.verifyOCSP;
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
        private int renegotiationLimit = Tls.CLIENT_RENEG_LIMIT;
        private Duration renegotiationWindow = Tls.CLIENT_RENEG_WINDOW;
        private int maxConnections = Integer.MAX_VALUE;
        private boolean jmx;

        private @Nullable Duration sessionTimeout;

        private @Nullable SessionIdContext sessionIdContext;

        private @Nullable TicketKeyManager ticketKeys;

        private @Nullable SessionStore sessionStore;

        private @Nullable SniCallback sniCallback;

        private @Nullable PskServerCallback pskCallback;

        private @Nullable String pskIdentityHint;

        private @Nullable AlpnCallback alpnCallback;

        private @Nullable BiConsumer<String, TlsSocket> keylog;

        private @Nullable BiConsumer<String, TlsSocket> trace;

        private @Nullable OcspRequestListener onOcspRequest;
        private boolean verifyOCSP = true;

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

        /**
         * Sets whether a client without a good certificate is refused, if it was asked for one. Default: yes. With no, the certificate
         * of a client that is not {@link TlsSocket#authorized} is in {@link TlsSocket#peerCertificates}, but not in the {@code
         * SSLSession}.
         */
        public Builder rejectUnauthorized(boolean reject) {
            rejectUnauthorized = reject;
            return this;
        }

        /** Sets how long a handshake may take, however slowly the client drips its bytes. Default: 120 s. */
        public Builder handshakeTimeout(Duration timeout) {
            handshakeTimeout = Checks.positive("handshakeTimeout", timeout);
            return this;
        }

        /**
         * Sets how many connections a {@link TlsServer} takes at a time; those beyond are closed as soon as they come. 0 for none at
         * all. Default: as many as come.
         *
         * @see TlsServer#setMaxConnections
         */
        public Builder maxConnections(int connections) {
            maxConnections = Checks.notNegative("maxConnections", connections);
            return this;
        }

        /**
         * Sets whether JMX shows a {@link TlsServer} while it listens: a {@link TlsServerMXBean} in the platform's MBean server.
         * Default: no, since JMX takes its time to start, and a library does not register names that nobody asked for.
         *
         * @throws io.heddle.failure.InvalidOption if the Java runtime has no module java.management
         */
        public Builder jmx(boolean register) {
            jmx = Checks.jmx(register);
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

        /**
         * Sets how many renegotiations (TLS 1.2 and below) a client may begin in a row; one more ends the connection with {@code
         * ERR_TLS_SESSION_ATTACK}. Those that the server asked for do not count. Default: {@link Tls#CLIENT_RENEG_LIMIT}.
         *
         * @param times 0 or more; {@link SecureOption#NO_RENEGOTIATION} refuses them without ending the connection
         * @throws InvalidOption below 0
         */
        public Builder renegotiationLimit(int times) {
            if (times < 0) {
                throw new InvalidOption(
                        "ERR_OUT_OF_RANGE", "renegotiationLimit: %d was given, 0 or more is allowed".formatted(times));
            }
            renegotiationLimit = times;
            return this;
        }

        /**
         * Sets the time after which counting starts again when no renegotiation has begun. Default: {@link
         * Tls#CLIENT_RENEG_WINDOW}.
         */
        public Builder renegotiationWindow(Duration time) {
            renegotiationWindow = Checks.positive("renegotiationWindow", time);
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
         * Sets who knows pre-shared keys, which clients use in place of certificates. In TLS 1.3 that is all there is to
         * do; in TLS 1.2 and below the context's {@link SecureContextBuilder#ciphers} must name suites with pre-shared keys
         * as well, since the default list leaves them out. See {@link PskServerCallback} for what such a connection is.
         */
        public Builder pskCallback(PskServerCallback callback) {
            pskCallback = callback;
            return this;
        }

        /**
         * Sets who chooses the application protocol, in place of {@link #alpnProtocols}. Asked for clients that offer some.
         *
         * @see <a href="https://nodejs.org/api/tls.html#tlscreateserveroptions-secureconnectionlistener">Node ALPNCallback</a>
         */
        public Builder alpnCallback(AlpnCallback callback) {
            alpnCallback = callback;
            return this;
        }

        /**
         * Sets what clients of TLS 1.2 and below are told, in the clear, about which key to use. Default: nothing.
         *
         * @param hint at most 256 bytes of UTF-8; an empty one is none
         * @throws InvalidOption if it is longer ({@code ERR_TLS_PSK_SET_IDENTITY_HINT_FAILED}, in Node a failure of each
         *     connection)
         */
        public Builder pskIdentityHint(String hint) {
            pskIdentityHint = Checks.pskIdentityHint(hint);
            return this;
        }

        /**
         * Sets who gets the key log of each connection; see {@link TlsServer#onKeylog}, which says what is in it. For sockets of
         * {@link Tls#accept} this is the only way.
         */
        public Builder onKeylog(BiConsumer<String, TlsSocket> listener) {
            keylog = listener;
            return this;
        }

        /** Sets whether each connection is traced into the log {@code io.heddle.trace}, at level INFO. Default: no. */
        public Builder enableTrace(boolean on) {
            trace = on ? (line, socket) -> SocketObservers.log(line, socket.getRemoteSocketAddress()) : null;
            return this;
        }

        /** Traces each connection from its first record on; {@link TlsSocket#enableTrace(Consumer)} says what a listener gets. */
        public Builder enableTrace(BiConsumer<String, TlsSocket> listener) {
            trace = listener;
            return this;
        }

        /**
         * Sets the listener that supplies the response for clients that ask for an OCSP response. For a {@link TlsServer} its own
         * {@link TlsServer#onOcspRequest} may replace it. Default: none, so that no response is sent.
         */
        public Builder onOcspRequest(OcspRequestListener listener) {
            onOcspRequest = listener;
            return this;
        }

        /**
         * Sets whether the responses of {@link #onOcspRequest} are verified, once for each, and left out where a client would
         * refuse them; {@link OcspRequestListener} says which. Default: yes. With no, anything is sent as it is, as Node does.
         */
        public Builder verifyOCSP(boolean verify) {
            verifyOCSP = verify;
            return this;
        }

        /**
         * Returns the options.
         *
         * @throws InvalidOption if there is a {@link #pskIdentityHint} without a {@link #pskCallback}; {@code
         *     ERR_TLS_ALPN_CALLBACK_WITH_PROTOCOLS} if there are both an {@link #alpnCallback} and a list of protocols
         */
        public ServerOptions build() {
            if (pskIdentityHint != null && pskCallback == null) {
                throw new InvalidOption(
                        "ERR_INVALID_ARG_VALUE", "pskIdentityHint: it was set without pskCallback, which it is for");
            }
            if (alpnCallback != null && !alpnProtocols.isEmpty()) {
                throw new InvalidOption(
                        "ERR_TLS_ALPN_CALLBACK_WITH_PROTOCOLS",
                        "alpnCallback: alpnProtocols is given as well, one of them is allowed");
            }
            return new ServerOptions(copy());
        }

        private Builder copy() {
            try {
                return (Builder) clone();
            } catch (CloneNotSupportedException e) {
                throw new AssertionError(e);
            }
        }
    }
}
