package io.heddle;

import io.heddle.callback.HostLookup;
import io.heddle.callback.OcspResponseListener;
import io.heddle.callback.PskClientCallback;
import io.heddle.callback.ServerIdentityCheck;
import io.heddle.endpoint.ClientConfig;
import io.heddle.endpoint.ClientRole;
import io.heddle.endpoint.ContextSettings;
import io.heddle.endpoint.HostNames;
import io.heddle.endpoint.OptionChecks;
import io.heddle.endpoint.PeerCheck;
import io.heddle.endpoint.SocketObservers;
import io.heddle.failure.InvalidOption;
import io.heddle.session.SessionFormat;
import io.heddle.session.SessionState;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The options of a client: its destination, its transport, its side of the handshake. Immutable.
 *
 * @see <a href="https://nodejs.org/api/tls.html#tlsconnectoptions-callback">Node tls.connect</a>
 */
public final class ConnectOptions {
    private final Builder builder;
    private final SecureContext context;
    private final ClientConfig config;

    private ConnectOptions(Builder builder, SecureContext context) {
        this.builder = builder;
        this.context = context;
        this.config = builder.config(context.content());
    }

    /** Returns a builder with Node's defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns a builder that starts with these options and their finished context, whose options cannot be changed. */
    public Builder toBuilder() {
        Builder copy = builder.copy();
        copy.contextOptions(new ContextOptions());
        copy.context = context;
        return copy;
    }

    /** Returns the context. */
    public SecureContext context() {
        return context;
    }

    /** Returns the host to connect to. */
    public String host() {
        return builder.hostName();
    }

    /** Returns the port to connect to. */
    public int port() {
        return builder.port;
    }

    /** Returns the name that SNI carries, empty if none is sent. */
    public Optional<String> servername() {
        return config.server().servername();
    }

    /** Returns the application protocols, the most preferred first. */
    public List<String> alpnProtocols() {
        return builder.alpnProtocols;
    }

    /** Returns whether a server without a valid certificate is refused. */
    public boolean rejectUnauthorized() {
        return builder.rejectUnauthorized;
    }

    /** Returns whether the server is asked for an OCSP response. */
    public boolean requestOCSP() {
        return builder.requestOCSP;
    }

    /** Returns whether a server that sends no OCSP response is refused. */
    public boolean requireOCSP() {
        return builder.requireOCSP;
    }

    /** Returns how long connecting and the handshake may take together. */
    public Duration timeout() {
        return builder.timeout;
    }

    /** Returns the smallest prime that a server may have for DHE, in bits. */
    public int minDHSize() {
        return builder.minDHSize;
    }

    /** Returns 4 or 6 if only such addresses of the host are tried, else 0. */
    public int family() {
        return builder.family;
    }

    /** Returns the address to connect from, empty if the system chooses. */
    public Optional<InetAddress> localAddress() {
        return Optional.ofNullable(builder.localAddress);
    }

    /** Returns the port to connect from, 0 if the system chooses. */
    public int localPort() {
        return builder.localPort;
    }

    /** Returns the resolver of the host. */
    HostLookup lookup() {
        return builder.lookup;
    }

    /** Returns whether an address is not to be connected to. */
    boolean blocks(InetAddress address) {
        return builder.blockList != null && builder.blockList.test(address);
    }

    /** Returns the options of the TCP socket. */
    TcpOptions tcp() {
        return builder.tcp;
    }

    /** Returns the options of the connection, without those of its transport. */
    ClientConfig config() {
        return config;
    }

    /**
     * Returns the role over a transport supplied by the caller.
     *
     * @throws IllegalArgumentException if the options have a transport of their own, which would be ignored
     */
    ClientRole roleWithoutTransport() {
        if (builder.path != null || builder.transport != null) {
            throw new IllegalArgumentException("transport: the options have one of their own (transport or path)");
        }
        builder.refuseOptionsOfConnecting();
        return ClientRole.of(config);
    }

    @Nullable
    Path path() {
        return builder.path;
    }

    @Nullable
    TlsTransport transport() {
        return builder.transport;
    }

    /** The JDK's resolver. */
    private static List<InetAddress> resolve(String hostname, int family) throws UnknownHostException {
        try {
            return List.of(InetAddress.getAllByName(hostname));
        } catch (UnknownHostException e) {
            var failure = new UnknownHostException("host: \"%s\" has no address".formatted(hostname));
            failure.initCause(e);
            throw failure;
        }
    }

    /** Returns the destination, the main options and a summary of the context; no key and no session. */
    @Override
    public String toString() {
        return ("ConnectOptions[host=%s, port=%d, servername=%s, alpnProtocols=%s, rejectUnauthorized=%s, timeout=%s, "
                        + "context=%s]")
                .formatted(
                        host(),
                        port(),
                        servername().orElse(""),
                        alpnProtocols(),
                        rejectUnauthorized(),
                        timeout(),
                        context);
    }

    /** A builder of client options, with Node's names, including the options of a context. Not thread-safe. */
    public static final class Builder extends SecureContextBuilder<Builder> {
        private @Nullable String host;
        private int port;
        private int family;
        private HostLookup lookup = ConnectOptions::resolve;
        private @Nullable InetAddress localAddress;
        private int localPort;
        private @Nullable Predicate<InetAddress> blockList;
        private TcpOptions tcp = TcpOptions.DEFAULT;
        private @Nullable Path path;
        private @Nullable TlsTransport transport;
        private @Nullable String servername;
        private @Nullable SecureContext context;
        private List<String> alpnProtocols = List.of();
        private boolean rejectUnauthorized = true;
        private @Nullable SessionState session;
        private Duration timeout = ClientConfig.Handshake.DEFAULT_TIMEOUT;
        private int minDHSize = ClientConfig.Handshake.DEFAULT_MIN_DH_SIZE;
        private ServerIdentityCheck checkServerIdentity = PeerCheck.BY_NODES_RULES;
        private @Nullable PskClientCallback pskCallback;
        private @Nullable Consumer<String> keylog;
        private @Nullable Consumer<String> trace;
        private @Nullable Consumer<byte[]> onSession;
        private boolean requestOCSP;
        private boolean requireOCSP;
        private OcspResponseListener onOcspResponse = ClientConfig.Ocsp.IGNORE;

        private Builder() {}

        @Override
        Builder self() {
            return this;
        }

        /** Sets the host to connect to, whose name SNI carries and the certificate must be for. Default: localhost. */
        public Builder host(String name) {
            host = name;
            return this;
        }

        /** Sets the port to connect to, 1 to 65535. */
        public Builder port(int number) {
            port = OptionChecks.port("port", number);
            return this;
        }

        /** Sets the address family to try: 4, 6, or 0 for both. Default: 0. */
        public Builder family(int version) {
            if (version != 0 && version != 4 && version != 6) {
                throw new InvalidOption(
                        "ERR_INVALID_ARG_VALUE", "family: %d was given, 0, 4 and 6 are allowed".formatted(version));
            }
            family = version;
            return this;
        }

        /** Sets the resolver of the host, whose addresses are tried in turn. Default: the JDK's resolver. */
        public Builder lookup(HostLookup resolver) {
            lookup = resolver;
            return this;
        }

        /** Sets the address to connect from. Default: the system's choice. */
        public Builder localAddress(InetAddress address) {
            localAddress = address;
            return this;
        }

        /** Sets the port to connect from, 1 to 65535. Default: the system's choice. */
        public Builder localPort(int number) {
            localPort = OptionChecks.port("localPort", number);
            return this;
        }

        /**
         * Sets the addresses that are not connected to: after the host is resolved these are passed over, and if none
         * is left the connection fails with {@code ERR_IP_BLOCKED}. An IPv6 address that maps an IPv4 address is tested
         * as that IPv4 address. Refused together with {@link #path} or {@link #transport}. Default: none.
         *
         * @param addresses a {@link BlockList}, or the application's own
         * @see <a href="https://nodejs.org/api/net.html#new-netsocketoptions">Node blockList</a>, which {@code
         *     net.connect} has, and {@code tls.connect} ignores
         */
        public Builder blockList(Predicate<InetAddress> addresses) {
            blockList = addresses;
            return this;
        }

        /**
         * Sets SO_KEEPALIVE of the TCP socket. Refused together with {@link #path} or {@link #transport}. Default: off.
         */
        public Builder keepAlive(boolean probes) {
            tcp = tcp.withKeepAlive(probes);
            return this;
        }

        /**
         * Sets the idle time before the first probe of {@link #keepAlive}, with the range, default and refusals of
         * {@link ServerOptions.Builder#keepAliveInitialDelay}.
         */
        public Builder keepAliveInitialDelay(Duration delay) {
            tcp = tcp.withKeepAliveInitialDelay(delay);
            return this;
        }

        /**
         * Sets TCP_NODELAY of the TCP socket. Refused together with {@link #path} or {@link #transport}. Default: on,
         * since records are written whole; in Node off.
         */
        public Builder noDelay(boolean on) {
            tcp = tcp.withNoDelay(on);
            return this;
        }

        /** Sets the Unix-domain socket to connect to, in place of host and port. */
        public Builder path(Path unixSocket) {
            path = unixSocket;
            return this;
        }

        /**
         * Sets a connected transport, in place of connecting; host and port then only name the server. Closing the TLS
         * socket closes it. Node's option {@code socket}.
         */
        public Builder transport(TlsTransport connected) {
            transport = connected;
            return this;
        }

        /**
         * Sets the name that SNI carries and that the certificate must be for; an empty one sends none. Default:
         * the host.
         */
        public Builder servername(String name) {
            servername = OptionChecks.servername(name);
            return this;
        }

        /** Sets a finished context, in place of the options for making one. */
        public Builder secureContext(SecureContext finished) {
            context = finished;
            return this;
        }

        /** Sets the application protocols, the most preferred first. */
        public Builder alpnProtocols(List<String> protocols) {
            alpnProtocols = OptionChecks.alpnProtocols(protocols);
            return this;
        }

        /** Sets the application protocols, the most preferred first. */
        public Builder alpnProtocols(String... protocols) {
            return alpnProtocols(List.of(protocols));
        }

        /**
         * Sets whether a server without a valid certificate is refused. Default: yes. With no, the server is not
         * authenticated, unless the application checks {@link TlsSocket#authorized}; the {@code SSLSession} has no
         * certificate of such a server.
         */
        public Builder rejectUnauthorized(boolean reject) {
            rejectUnauthorized = reject;
            return this;
        }

        /**
         * Sets the session to resume, as {@link TlsSocket#getSessionData} returned it, in this process or another, or
         * as Node's {@code getSession()} did: either {@link SessionFormat}. One that does not fit is not offered. One
         * that Node's form binds to another server is refused by {@link #build}; Node ignores it.
         *
         * @throws InvalidOption if it is not a session
         */
        public Builder session(byte[] data) {
            session = OptionChecks.session(data);
            return this;
        }

        /** Sets how long connecting and the handshake may take together. Default: 120 s. */
        public Builder timeout(Duration limit) {
            timeout = OptionChecks.positive("timeout", limit);
            return this;
        }

        /**
         * Sets the smallest prime that a server may have for DHE in TLS 1.2 and below, in bits. Default: 1024. The
         * security level of the cipher list has a minimum of its own, 2048 at the default level.
         */
        public Builder minDHSize(int bits) {
            if (bits < 1) {
                throw new InvalidOption(
                        "ERR_OUT_OF_RANGE", "minDHSize: %d was given, more than 0 is allowed".formatted(bits));
            }
            minDHSize = bits;
            return this;
        }

        /** Sets the check that the server's certificate is for its name. Default: {@link Tls#checkServerIdentity}. */
        public Builder checkServerIdentity(ServerIdentityCheck check) {
            checkServerIdentity = check;
            return this;
        }

        /** Sets the listener of the key log of the connection; see {@link TlsSocket#onKeylog}. */
        public Builder onKeylog(Consumer<String> listener) {
            keylog = listener;
            return this;
        }

        /** Sets the listener of sessions that a later connection can resume; see {@link TlsSocket#onSession}. */
        public Builder onSession(Consumer<byte[]> listener) {
            onSession = listener;
            return this;
        }

        /** Traces the connection from its first record on; see {@link TlsSocket#enableTrace(Consumer)}. */
        public Builder enableTrace(Consumer<String> listener) {
            trace = listener;
            return this;
        }

        /**
         * Sets the supplier of a pre-shared key, to be used in place of certificates. In TLS 1.3 no other option is
         * needed; in TLS 1.2 and below {@link #ciphers} must name suites with pre-shared keys as well, since the
         * default list has none. See {@link PskClientCallback} for the properties of such a connection.
         */
        public Builder pskCallback(PskClientCallback callback) {
            pskCallback = callback;
            return this;
        }

        /**
         * Sets whether the server is asked for an OCSP response to its certificate, which {@link
         * TlsSocket#ocspResponse} then returns. Default: no.
         *
         * <p>A received response is verified (RFC 6960 3.2, {@link TlsSocket#ocspVerdict}). A server whose certificate
         * is revoked is refused with {@code CERT_REVOKED}; one whose response is not valid, because it is malformed,
         * for another certificate, not signed by the issuer or its delegate, out of date, or of status unknown, with a
         * code that begins with {@code OCSP_} (RFC 6066 8). Times may differ by 5 minutes; a response without
         * nextUpdate is valid for a day. In TLS 1.3 the responses for intermediate certificates are verified as well.
         * With {@link #rejectUnauthorized rejectUnauthorized(false)} the server is not authorized instead.
         *
         * <p>A server that sends none is accepted, unless its certificate demands one (RFC 7633) or {@link
         * #requireOCSP} is set. A resumed session has no response: it relies on the verification of its full handshake.
         */
        public Builder requestOCSP(boolean request) {
            requestOCSP = request;
            return this;
        }

        /**
         * Sets whether a server that sends no OCSP response with its certificate is refused with {@code
         * OCSP_VERIFY_NEEDED}; asks for one, as {@link #requestOCSP} does. Default: no.
         *
         * <p>Since a resumed session has no response, this excludes {@link #session}: every connection has a
         * full handshake. A connection with a pre-shared key ({@link #pskCallback}) has no certificate and
         * needs no response.
         */
        public Builder requireOCSP(boolean require) {
            requireOCSP = require;
            return require ? requestOCSP(true) : this;
        }

        /**
         * Sets a listener of the OCSP response, which may refuse the connection; asks for one, as {@link
         * #requestOCSP} does.
         */
        public Builder onOcspResponse(OcspResponseListener listener) {
            onOcspResponse = listener;
            return requestOCSP(true);
        }

        private String hostName() {
            return host == null ? "localhost" : host;
        }

        private String checkedName() {
            return servername == null || servername.isEmpty() ? hostName() : servername;
        }

        private Optional<String> sniName() {
            String name = servername == null ? host : servername;
            return name == null || HostNames.isIpAddress(name) || name.isEmpty()
                    ? Optional.empty()
                    : Optional.of(HostNames.toAscii(servername == null ? "host" : "servername", name));
        }

        private ClientConfig config(ContextSettings content) {
            return new ClientConfig(
                    content,
                    new ClientConfig.Server(hostName(), port, sniName(), checkedName()),
                    new ClientConfig.Handshake(timeout, alpnProtocols, minDHSize, Optional.ofNullable(pskCallback)),
                    new ClientConfig.Verification(rejectUnauthorized, checkServerIdentity),
                    new ClientConfig.Ocsp(requestOCSP, requireOCSP, onOcspResponse),
                    Optional.ofNullable(session),
                    this::observe);
        }

        private void observe(SocketObservers observers) {
            if (keylog != null) {
                observers.keylog(keylog);
            }
            if (trace != null) {
                observers.trace(trace);
            }
            if (onSession != null) {
                observers.session(onSession);
            }
        }

        /**
         * Checks that the options are consistent, and returns them.
         *
         * @throws InvalidOption if they are not: {@code ERR_INVALID_ARG_VALUE} if {@link #keepAliveInitialDelay} is set
         *     without {@link #keepAlive}, or an option of TCP connections together with a path or a transport; the
         *     codes of the context's options are at these
         */
        public ConnectOptions build() {
            if (session != null) {
                OptionChecks.sessionRefusal(session, checkedName()).ifPresent(refusal -> {
                    throw new InvalidOption("ERR_INVALID_ARG_VALUE", refusal);
                });
            }
            if (!requestOCSP && (requireOCSP || !onOcspResponse.equals(ClientConfig.Ocsp.IGNORE))) {
                throw new InvalidOption(
                        "ERR_INVALID_ARG_VALUE",
                        "requestOCSP: false was given, but %s asks for the response"
                                .formatted(requireOCSP ? "requireOCSP" : "onOcspResponse"));
            }
            if (requireOCSP && session != null) {
                throw new InvalidOption("ERR_INVALID_ARG_VALUE", ClientConfig.SESSION_WITHOUT_OCSP);
            }
            if (transport != null && path != null) {
                throw new InvalidOption(
                        "ERR_INVALID_ARG_VALUE", "path: %s was given together with a transport".formatted(path));
            }
            tcp.check();
            if (transport != null || path != null) {
                refuseOptionsOfConnecting();
            }
            SecureContext used = context == null ? newContext() : context.inPlaceOf(contextOptions());
            return new ConnectOptions(copy(), used);
        }

        /** Refuses what would be ignored without a TCP connection that is made here. */
        private void refuseOptionsOfConnecting() {
            boolean blocks = blockList != null;
            if (blocks || !tcp.equals(TcpOptions.DEFAULT)) {
                throw new InvalidOption(
                        "ERR_INVALID_ARG_VALUE",
                        "%s: %s was given as well, and the option is for a TCP connection that is made to host and port"
                                .formatted(
                                        blocks ? "blockList" : "noDelay, keepAlive, keepAliveInitialDelay",
                                        path == null ? "a transport" : "path"));
            }
        }

        private SecureContext newContext() {
            return contextOptions().demandOwnContext()
                    ? SecureContext.of(contextOptions())
                    : SecureContext.ofDefaults();
        }
    }
}
