package io.heddle;

import io.heddle.callback.OcspRequestListener;
import io.heddle.endpoint.ContextSettings;
import io.heddle.endpoint.Endpoint;
import io.heddle.endpoint.OptionChecks;
import io.heddle.endpoint.ServerConfig;
import io.heddle.endpoint.ServerRole;
import io.heddle.endpoint.SessionConfig;
import io.heddle.endpoint.SniContexts;
import io.heddle.endpoint.SocketObservers;
import io.heddle.engine.handshake.ServerSettings;
import io.heddle.failure.InvalidOption;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.session.SessionIdContext;
import io.heddle.session.SessionStore;
import io.heddle.session.TicketKeyManager;
import io.heddle.session.TicketKeys;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * The options of a server: its context, application protocols, client certificates, sessions, time limits. Immutable.
 *
 * @see <a
 *     href="https://nodejs.org/api/tls.html#tlscreateserveroptions-secureconnectionlistener">Node
 *     tls.createServer</a>
 */
public final class ServerOptions {
    private final Builder builder;
    private final SecureContext context;
    private final ServerConfig config;

    private ServerOptions(Builder builder, SecureContext context) {
        this.builder = builder;
        this.context = context;
        this.config = builder.config(context);
    }

    /** Returns a builder with Node's defaults, which takes the options of a context as well. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns a builder for a server with a finished context; as {@link Builder#secureContext}. */
    public static Builder builder(SecureContext context) {
        return builder().secureContext(context);
    }

    /** Returns the default options for a context. */
    public static ServerOptions of(SecureContext context) {
        return builder(context).build();
    }

    /** Returns the default context. */
    public SecureContext context() {
        return context;
    }

    /** Returns the application protocols, the most preferred first. */
    public List<String> alpnProtocols() {
        return builder.alpnProtocols;
    }

    /** Returns whether client certificates are requested. */
    public boolean requestCert() {
        return builder.requestCert;
    }

    /** Returns whether a client without a valid certificate is refused, if one was requested. */
    public boolean rejectUnauthorized() {
        return builder.rejectUnauthorized;
    }

    /** Returns how long a handshake may take. */
    public Duration handshakeTimeout() {
        return builder.handshakeTimeout;
    }

    /** Returns the most connections that a server accepts at a time, {@link Integer#MAX_VALUE} for no limit. */
    public int maxConnections() {
        return builder.maxConnections;
    }

    /** Returns whether connections from an address are closed immediately. */
    boolean blocks(InetAddress address) {
        return builder.blockList != null && builder.blockList.test(address);
    }

    /** Returns the options of accepted TCP sockets. */
    TcpOptions tcp() {
        return builder.tcp;
    }

    /** Returns whether JMX shows the server while it listens. */
    public boolean jmx() {
        return builder.jmx;
    }

    /** Returns how long after its full handshake a session is resumed. */
    public Duration sessionTimeout() {
        return config.sessions().timeout();
    }

    /** Returns the session id context, empty if there is none. */
    public SessionIdContext sessionIdContext() {
        return config.sessions().idContext();
    }

    /** Returns whether session tickets are sent and accepted. */
    public boolean tickets() {
        return builder.tickets;
    }

    /** Returns the holder of the ticket keys. */
    public TicketKeyManager ticketKeys() {
        return config.sessions().ticketKeys();
    }

    /** Returns the session store, if there is one. */
    public Optional<SessionStore> sessionStore() {
        return Optional.ofNullable(builder.sessionStore);
    }

    /** Returns the most renegotiations in a row that a client may start. */
    public int renegotiationLimit() {
        return builder.renegotiationLimit;
    }

    /** Returns the time without a renegotiation after which their count starts again. */
    public Duration renegotiationWindow() {
        return builder.renegotiationWindow;
    }

    /**
     * Returns the settings for connections that a {@link TlsServer} does not accept.
     *
     * @throws InvalidOption if there are options that it alone applies
     */
    ServerConfig configWithoutServer() {
        boolean blocks = builder.blockList != null;
        if (blocks || !builder.tcp.equals(TcpOptions.DEFAULT)) {
            throw new InvalidOption(
                    "ERR_INVALID_ARG_VALUE",
                    "%s: the option is for connections that a TlsServer accepts, and this one is connected elsewhere"
                            .formatted(blocks ? "blockList" : "noDelay, keepAlive, keepAliveInitialDelay"));
        }
        return config();
    }

    /** Returns the options of the connections. */
    ServerConfig config() {
        return config;
    }

    /**
     * Returns whether a handshake may succeed although the default context has no credentials: with a pre-shared key,
     * or with a context that the {@code alpnCallback} selects.
     */
    boolean hasCredentialsBesideContext() {
        return builder.pskCallback != null || builder.alpnCallback != null;
    }

    /** Returns the identity hint for clients of TLS 1.2 and below. */
    public Optional<String> pskIdentityHint() {
        return Optional.ofNullable(builder.pskIdentityHint);
    }

    /** Returns whether OCSP responses are verified before they are sent. */
    public boolean verifyOCSP() {
        return builder.verifyOCSP;
    }

    /** Returns the main options and a summary of the context; no key. */
    @Override
    public String toString() {
        return ("ServerOptions[alpnProtocols=%s, requestCert=%s, rejectUnauthorized=%s, tickets=%s, sessionTimeout=%s, "
                        + "handshakeTimeout=%s, maxConnections=%d, context=%s]")
                .formatted(
                        alpnProtocols(),
                        requestCert(),
                        rejectUnauthorized(),
                        tickets(),
                        sessionTimeout(),
                        handshakeTimeout(),
                        maxConnections(),
                        context);
    }

    /** A builder of server options, with Node's names, including the options of a context. Not thread-safe. */
    public static final class Builder extends ServerContextBuilder<Builder> {
        private @Nullable SecureContext context;
        private List<String> alpnProtocols = List.of();
        private boolean requestCert;
        private boolean rejectUnauthorized = true;
        private Duration handshakeTimeout = ServerConfig.Handshake.DEFAULT_TIMEOUT;
        private boolean tickets = true;
        private int renegotiationLimit = ServerConfig.Renegotiation.DEFAULT.limit();
        private Duration renegotiationWindow = ServerConfig.Renegotiation.DEFAULT.window();
        private int maxConnections = Integer.MAX_VALUE;
        private @Nullable Predicate<InetAddress> blockList;
        private TcpOptions tcp = TcpOptions.DEFAULT;
        private boolean jmx;

        private @Nullable SessionStore sessionStore;

        private @Nullable SniCallback sniCallback;

        private @Nullable PskServerCallback pskCallback;

        private @Nullable String pskIdentityHint;

        private @Nullable AlpnCallback alpnCallback;

        private @Nullable BiConsumer<String, TlsSocket> keylog;

        private @Nullable BiConsumer<String, TlsSocket> trace;

        private @Nullable OcspRequestListener onOcspRequest;
        private boolean verifyOCSP = true;

        private Builder() {}

        @Override
        Builder self() {
            return this;
        }

        /**
         * Sets a finished context, in place of the options for making one. Its {@link #sessionTimeout}, {@link
         * #sessionIdContext} and {@link #ticketKeys} are the defaults of those of this builder.
         */
        public Builder secureContext(SecureContext finished) {
            context = finished;
            return this;
        }

        /**
         * Sets the application protocols, the most preferred first. A client that offers only others is refused
         * (alert 120).
         */
        public Builder alpnProtocols(String... protocols) {
            return alpnProtocols(List.of(protocols));
        }

        /**
         * Sets the application protocols, the most preferred first. A client that offers only others is refused
         * (alert 120).
         */
        public Builder alpnProtocols(List<String> protocols) {
            alpnProtocols = OptionChecks.alpnProtocols(protocols);
            return this;
        }

        /** Sets whether client certificates are requested. Default: no. */
        public Builder requestCert(boolean request) {
            requestCert = request;
            return this;
        }

        /**
         * Sets whether a client without a valid certificate is refused, if one was requested. Default: yes. With no,
         * the certificate of a client that is not {@link TlsSocket#authorized} is in {@link
         * TlsSocket#peerCertificates}, but not in the {@code SSLSession}.
         */
        public Builder rejectUnauthorized(boolean reject) {
            rejectUnauthorized = reject;
            return this;
        }

        /** Sets the longest time of a handshake, which bytes that arrive slowly do not extend. Default: 120 s. */
        public Builder handshakeTimeout(Duration timeout) {
            handshakeTimeout = OptionChecks.positive("handshakeTimeout", timeout);
            return this;
        }

        /**
         * Sets the most connections that a {@link TlsServer} accepts at a time, 0 or more. Connections above the limit
         * are closed immediately. Default: no limit.
         *
         * @see TlsServer#setMaxConnections
         */
        public Builder maxConnections(int connections) {
            maxConnections = OptionChecks.notNegative("maxConnections", connections);
            return this;
        }

        /**
         * Sets the addresses of clients whose connections a {@link TlsServer} closes immediately, before it reads
         * anything; {@link TlsServer#onDrop} is called. An IPv6 address that maps an IPv4 address is tested as that
         * IPv4 address; a connection without an IP address, such as one over a Unix-domain socket, is not tested. The
         * predicate runs on the accepting thread and must not block; if it throws, the exception goes to {@link
         * TlsServer#onError} and the connection is closed. Refused where no {@code TlsServer} accepts: {@link
         * Tls#accept}, {@link SslContexts#of(ServerOptions)}. Default: none.
         *
         * @param addresses a {@link BlockList}, or the application's own
         * @see <a href="https://nodejs.org/api/net.html#netcreateserveroptions-connectionlistener">Node blockList</a>
         */
        public Builder blockList(Predicate<InetAddress> addresses) {
            blockList = addresses;
            return this;
        }

        /**
         * Sets TCP_NODELAY of the sockets that a {@link TlsServer} accepts. Default: on, since records are written
         * whole; in Node off.
         */
        public Builder noDelay(boolean on) {
            tcp = tcp.withNoDelay(on);
            return this;
        }

        /** Sets SO_KEEPALIVE of the sockets that a {@link TlsServer} accepts. Default: off. */
        public Builder keepAlive(boolean on) {
            tcp = tcp.withKeepAlive(on);
            return this;
        }

        /**
         * Sets the idle time before the first probe of {@link #keepAlive}, rounded down to seconds. Default: that of
         * the system. Node has milliseconds, and also sets the interval and the number of the probes.
         *
         * @param delay 1 s to 32767 s
         * @throws InvalidOption with {@code ERR_OUT_OF_RANGE} for another delay, with {@code
         *     ERR_FEATURE_UNAVAILABLE_ON_PLATFORM} if the JDK cannot set it here ({@code TCP_KEEPIDLE}, module jdk.net)
         */
        public Builder keepAliveInitialDelay(Duration delay) {
            tcp = tcp.withKeepAliveInitialDelay(delay);
            return this;
        }

        /**
         * Sets whether a {@link TlsServer} is registered with JMX while it listens, as a {@link TlsServerMXBean} in
         * the platform's MBean server. Default: no, since JMX is slow to start, and a library registers names only
         * on request.
         *
         * @throws io.heddle.failure.InvalidOption if the Java runtime has no module java.management
         */
        public Builder jmx(boolean register) {
            jmx = OptionChecks.jmx(register);
            return this;
        }

        /**
         * Sets whether session tickets are sent and accepted. Without them, sessions are resumed from the session store
         * only. Default: yes.
         */
        public Builder tickets(boolean send) {
            tickets = send;
            return this;
        }

        /**
         * Sets the most renegotiations (TLS 1.2 and below) that a client may start in a row; one more ends the
         * connection with {@code ERR_TLS_SESSION_ATTACK}. Those that the server requested do not count. Default:
         * {@link Tls#CLIENT_RENEG_LIMIT}.
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
         * Sets the time without a renegotiation after which their count starts again. Default:
         * {@link Tls#CLIENT_RENEG_WINDOW}.
         */
        public Builder renegotiationWindow(Duration time) {
            renegotiationWindow = OptionChecks.positive("renegotiationWindow", time);
            return this;
        }

        /** Sets the store of sessions that are not carried by a ticket. Default: none. */
        public Builder sessionStore(SessionStore store) {
            sessionStore = store;
            return this;
        }

        /**
         * Sets the callback that selects the context for a server name that was not added by {@link
         * TlsServer#addContext}.
         */
        public Builder sniCallback(SniCallback callback) {
            sniCallback = callback;
            return this;
        }

        /**
         * Sets the supplier of pre-shared keys, which clients use in place of certificates. In TLS 1.3 no other option
         * is needed; in TLS 1.2 and below {@link #ciphers} must name suites with pre-shared keys as well, since the
         * default list has none. See {@link PskServerCallback} for the properties of such a connection.
         */
        public Builder pskCallback(PskServerCallback callback) {
            pskCallback = callback;
            return this;
        }

        /**
         * Sets the callback that selects the application protocol, in place of {@link #alpnProtocols}. It is called for
         * clients that offer protocols.
         *
         * @see <a
         *     href="https://nodejs.org/api/tls.html#tlscreateserveroptions-secureconnectionlistener">Node
         *     ALPNCallback</a>
         */
        public Builder alpnCallback(AlpnCallback callback) {
            alpnCallback = callback;
            return this;
        }

        /**
         * Sets the identity hint that clients of TLS 1.2 and below receive, in the clear, to find the key to use.
         * Default: none.
         *
         * @param hint at most 256 bytes of UTF-8; an empty one is none
         * @throws InvalidOption if it is longer ({@code ERR_TLS_PSK_SET_IDENTITY_HINT_FAILED}, in Node a failure of
         *     each connection)
         */
        public Builder pskIdentityHint(String hint) {
            pskIdentityHint = OptionChecks.pskIdentityHint(hint);
            return this;
        }

        /**
         * Sets the listener of the key log of each connection, whose lines {@link TlsServer#onKeylog} describes. For
         * sockets of {@link Tls#accept} this is the only way.
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

        /**
         * Traces each connection from its first record on; {@link TlsSocket#enableTrace(Consumer)} describes the lines.
         */
        public Builder enableTrace(BiConsumer<String, TlsSocket> listener) {
            trace = listener;
            return this;
        }

        /**
         * Sets the listener that supplies OCSP responses for clients that request one. The listeners of {@link
         * TlsServer#onOcspRequest} are consulted before it. Default: none, so that no response is sent.
         */
        public Builder onOcspRequest(OcspRequestListener listener) {
            onOcspRequest = listener;
            return this;
        }

        /**
         * Sets whether the responses of {@link #onOcspRequest} are verified, each of them once, and omitted if they are
         * not valid; see {@link OcspRequestListener}. Default: yes. If not, each is sent unchanged, as in Node.
         */
        public Builder verifyOCSP(boolean verify) {
            verifyOCSP = verify;
            return this;
        }

        /**
         * Checks that the options are consistent, and returns them.
         *
         * @throws InvalidOption if there is a {@link #pskIdentityHint} without a {@link #pskCallback}, or a {@link
         *     #keepAliveInitialDelay} without {@link #keepAlive}; {@code
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
            tcp.check();
            SecureContext used =
                    context == null ? SecureContext.of(contextOptions()) : context.inPlaceOf(contextOptions());
            return new ServerOptions(copy(), used);
        }

        private ServerConfig config(SecureContext used) {
            ContextSettings content = used.content();
            return new ServerConfig(
                    content,
                    new ServerConfig.Handshake(
                            handshakeTimeout,
                            alpnProtocols,
                            Optional.ofNullable(alpnCallback).map(Builder::selector),
                            Optional.ofNullable(sniCallback).map(Builder::source)),
                    new ServerConfig.ClientAuth(requestCert, rejectUnauthorized),
                    sessions(used),
                    new ServerConfig.Renegotiation(renegotiationLimit, renegotiationWindow),
                    new ServerConfig.Ocsp(Optional.ofNullable(onOcspRequest), verifyOCSP),
                    keylog == null && trace == null && pskCallback == null
                            ? Optional.empty()
                            : Optional.of(this::bind));
        }

        private static SniContexts.Source source(SniCallback callback) {
            return servername -> {
                Optional<SecureContext> selected = callback.select(servername);
                if (selected == null) {
                    throw Code.ERR_TLS_CALLBACK.failure(
                            "servername: Invalid SNI context, the callback returned null for \"%s\"",
                            TlsFailure.printable(servername));
                }
                return selected.map(SecureContext::content);
            };
        }

        private static ServerSettings.AlpnSelector selector(AlpnCallback callback) {
            return (negotiated, offered) -> {
                AlpnCallback.Choice choice = callback.select(new AlpnCallback.Offer(negotiated.servername(), offered))
                        .orElseThrow(() -> ServerRole.refused("callback", offered));
                return Optional.of(new ServerSettings.AlpnChoice(
                        choice.protocol(),
                        choice.context()
                                .map(given -> given.content().credentials())
                                .orElse(List.of())));
            };
        }

        private SessionConfig sessions(SecureContext used) {
            return new SessionConfig(
                    Optional.ofNullable(contextOptions().sessionIdContext)
                            .or(used::sessionIdContext)
                            .orElse(SessionIdContext.of("")),
                    Optional.ofNullable(contextOptions().sessionTimeout)
                            .or(used::sessionTimeout)
                            .orElse(SessionConfig.DEFAULT_TIMEOUT),
                    tickets,
                    Optional.ofNullable(contextOptions().ticketKeys)
                            .or(used::ticketKeys)
                            .orElseGet(() -> TicketKeyManager.of(
                                    TicketKeys.random(used.content().random()))),
                    Optional.ofNullable(sessionStore));
        }

        /** Binds the callbacks that are given the socket; only a {@link TlsSocket} has these options. */
        private void bind(SSLSocket given, Endpoint endpoint) {
            var socket = (TlsSocket) given;
            if (keylog != null) {
                BiConsumer<String, TlsSocket> listener = keylog;
                endpoint.observers().keylog(line -> listener.accept(line, socket));
            }
            if (trace != null) {
                BiConsumer<String, TlsSocket> listener = trace;
                endpoint.observers().trace(line -> listener.accept(line, socket));
            }
            if (pskCallback != null) {
                PskServerCallback callback = pskCallback;
                endpoint.preSharedKeys(Optional.of(new ServerSettings.PreSharedKeys(
                        Optional.ofNullable(pskIdentityHint), identity -> callback.keyOf(socket, identity))));
            }
        }
    }
}
