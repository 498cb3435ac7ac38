package io.heddle;

import io.heddle.callback.HostLookup;
import io.heddle.callback.OcspResponseListener;
import io.heddle.callback.PskClientCallback;
import io.heddle.callback.ServerIdentityCheck;
import io.heddle.failure.InvalidOption;
import io.heddle.session.SessionFormat;
import io.heddle.session.SessionState;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where a client connects to, and how. Immutable.
 *
 * @see <a href="https://nodejs.org/api/tls.html#tlsconnectoptions-callback">Node tls.connect</a>
 */
public final class ConnectOptions {
    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    /** The refusal of a session together with {@link Builder#requireOCSP}. */
    static final String SESSION_WITHOUT_OCSP =
            "requireOCSP: a session was given as well, which would resume without an OCSP response";

    /** The listener of clients that request a response and look at it later. */
    private static final OcspResponseListener IGNORE_OCSP_RESPONSE = (response, chain, verdict) -> {};

    private final Builder made;
    private final SecureContext context;
    private final Optional<String> servername;

    private ConnectOptions(Builder builder, SecureContext context) {
        this.made = builder;
        this.context = context;
        String name = builder.servername == null ? builder.host : builder.servername;
        this.servername = name == null || HostNames.isIpAddress(name) || name.isEmpty()
                ? Optional.empty()
                : Optional.of(HostNames.toAscii(builder.servername == null ? "host" : "servername", name));
    }

    /** Returns a builder with Node's defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns a builder that starts with these options; their context is finished, so no option of one can be changed. */
    public Builder toBuilder() {
        Builder copy = made.connection();
        copy.context = context;
        return copy;
    }

    /** Returns the context. */
    public SecureContext context() {
        return context;
    }

    /** Returns the host to connect to. */
    public String host() {
        return made.host == null ? "localhost" : made.host;
    }

    /** Returns the port to connect to. */
    public int port() {
        return made.port;
    }

    /** Returns the name that SNI carries, empty if none is sent. */
    public Optional<String> servername() {
        return servername;
    }

    /** Returns the application protocols, the most preferred first. */
    public List<String> alpnProtocols() {
        return made.alpnProtocols;
    }

    /** Returns whether a server without a good certificate is refused. */
    public boolean rejectUnauthorized() {
        return made.rejectUnauthorized;
    }

    /** Returns whether the server is asked for an OCSP response. */
    public boolean requestOCSP() {
        return made.requestOCSP;
    }

    /** Returns whether a server that sends no OCSP response is refused. */
    public boolean requireOCSP() {
        return made.requireOCSP;
    }

    /** Returns the listener of OCSP responses. */
    OcspResponseListener onOcspResponse() {
        return made.onOcspResponse;
    }

    /** Returns how long connecting and the handshake may take together. */
    public Duration timeout() {
        return made.timeout;
    }

    /** Returns the smallest prime that a server may have for DHE, in bits. */
    public int minDHSize() {
        return made.minDHSize;
    }

    /** Returns 4 or 6 if only such addresses of the host are tried, else 0. */
    public int family() {
        return made.family;
    }

    /** Returns the address to connect from, empty if the system chooses. */
    public Optional<InetAddress> localAddress() {
        return Optional.ofNullable(made.localAddress);
    }

    /** Returns the port to connect from, 0 if the system chooses. */
    public int localPort() {
        return made.localPort;
    }

    /** Returns who finds the addresses of the host. */
    HostLookup lookup() {
        return made.lookup;
    }

    /** Returns who checks a server's name. */
    ServerIdentityCheck checkServerIdentity() {
        return made.checkServerIdentity;
    }

    /** Returns the same with another context. */
    ConnectOptions with(SecureContext other) {
        return new ConnectOptions(made, other);
    }

    /** Returns who has the pre-shared key. */
    Optional<PskClientCallback> pskCallback() {
        return Optional.ofNullable(made.pskCallback);
    }

    /** Returns the session to resume. */
    Optional<SessionState> session() {
        return Optional.ofNullable(made.session);
    }

    /** Adds those who watch every connection that is made with these options. */
    void observe(SocketObservers observers) {
        if (made.keylog != null) {
            observers.keylog(made.keylog);
        }
        if (made.trace != null) {
            observers.trace(made.trace);
        }
        if (made.onSession != null) {
            observers.session(made.onSession);
        }
    }

    /** Returns what the certificate has to be for: the server name, else the host, else localhost, as in Node. */
    String checkedName() {
        return made.checkedName();
    }

    @Nullable
    Path path() {
        return made.path;
    }

    @Nullable
    Socket socket() {
        return made.socket;
    }

    @Nullable
    SocketChannel channel() {
        return made.channel;
    }

    @Nullable
    InputStream in() {
        return made.in;
    }

    @Nullable
    OutputStream out() {
        return made.out;
    }

    /** Refuses options that name a transport, where there is one already and theirs would count for nothing. */
    void requireNoTransport() {
        if (made.path != null || made.socket != null || made.channel != null || made.in != null) {
            throw new IllegalArgumentException(
                    "transport: the options have one of their own (socket, streams or path)");
        }
    }

    /** Where and how to connect, with Node's names, and the options of a context. Not thread-safe. */
    public static final class Builder extends SecureContextBuilder<Builder> {
        private @Nullable String host;
        private int port;
        private int family;
        private HostLookup lookup = TcpConnect::resolve;
        private @Nullable InetAddress localAddress;
        private int localPort;
        private @Nullable Path path;
        private @Nullable Socket socket;
        private @Nullable SocketChannel channel;
        private @Nullable InputStream in;
        private @Nullable OutputStream out;
        private @Nullable String servername;
        private @Nullable SecureContext context;
        private List<String> alpnProtocols = List.of();
        private boolean rejectUnauthorized = true;
        private @Nullable SessionState session;
        private Duration timeout = TIMEOUT;
        private int minDHSize = 1024;
        private ServerIdentityCheck checkServerIdentity = PeerCheck.BY_NODES_RULES;
        private @Nullable PskClientCallback pskCallback;
        private @Nullable Consumer<String> keylog;
        private @Nullable Consumer<String> trace;
        private @Nullable Consumer<byte[]> onSession;
        private boolean requestOCSP;
        private boolean requireOCSP;
        private OcspResponseListener onOcspResponse = IGNORE_OCSP_RESPONSE;

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
            port = Checks.port("port", number);
            return this;
        }

        /** Sets the kind of addresses to try: 4, 6, or 0 for both, the default. */
        public Builder family(int version) {
            if (version != 0 && version != 4 && version != 6) {
                throw new InvalidOption(
                        "ERR_INVALID_ARG_VALUE", "family: %d was given, 0, 4 and 6 are allowed".formatted(version));
            }
            family = version;
            return this;
        }

        /** Sets who finds the addresses of the host, which are tried in turn. Default: the JDK's resolver. */
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
            localPort = Checks.port("localPort", number);
            return this;
        }

        /** Sets the Unix-domain socket to connect to, in place of host and port. */
        public Builder path(Path unixSocket) {
            path = unixSocket;
            return this;
        }

        /** Sets a connected socket to speak over, in place of connecting; closing the TLS socket closes it. */
        public Builder socket(Socket connected) {
            socket = connected;
            return this;
        }

        /** Sets a connected channel in blocking mode to speak over, in place of connecting. */
        public Builder socket(SocketChannel connected) {
            channel = connected;
            return this;
        }

        /** Sets a pair of streams to speak over, in place of connecting. */
        public Builder streams(InputStream input, OutputStream output) {
            in = input;
            out = output;
            return this;
        }

        /** Sets the name that SNI carries and that the certificate must be for; an empty one sends none. Default: the host. */
        public Builder servername(String name) {
            servername = Checks.servername(name);
            return this;
        }

        /** Sets a context that was made before, in place of the options that make one. */
        public Builder secureContext(SecureContext made) {
            context = made;
            return this;
        }

        /** Sets the application protocols, the most preferred first. */
        public Builder alpnProtocols(String... protocols) {
            return alpnProtocols(List.of(protocols));
        }

        /** Sets the application protocols, the most preferred first. */
        public Builder alpnProtocols(List<String> protocols) {
            alpnProtocols = Checks.alpnProtocols(protocols);
            return this;
        }

        /**
         * Sets whether a server without a good certificate is refused. Default: yes. With no, anyone can be the server, unless
         * the application looks at {@link TlsSocket#authorized}; the {@code SSLSession} shows no certificate of such a server.
         */
        public Builder rejectUnauthorized(boolean reject) {
            rejectUnauthorized = reject;
            return this;
        }

        /**
         * Sets the session to resume, as {@link TlsSocket#getSessionData} returned it, in this process or another, or as
         * Node's {@code getSession()} did: either {@link SessionFormat}. One that does not fit is not offered. One that Node's
         * form binds to another server is refused by {@link #build}, where Node leaves it unused.
         *
         * @throws InvalidOption if it is no session
         */
        public Builder session(byte[] data) {
            session = Checks.session(data);
            return this;
        }

        /** Sets how long connecting and the handshake may take together. Default: 120 s. */
        public Builder timeout(Duration limit) {
            timeout = Checks.positive("timeout", limit);
            return this;
        }

        /**
         * Sets the smallest prime that a server may have for DHE in TLS 1.2 and below, in bits. Default: 1024. The security level
         * of the cipher list asks for its own least beside it, 2048 at the default level.
         */
        public Builder minDHSize(int bits) {
            if (bits < 1) {
                throw new InvalidOption(
                        "ERR_OUT_OF_RANGE", "minDHSize: %d was given, more than 0 is allowed".formatted(bits));
            }
            minDHSize = bits;
            return this;
        }

        /** Sets who checks that the server's certificate is for its name. Default: {@link Tls#checkServerIdentity}. */
        public Builder checkServerIdentity(ServerIdentityCheck check) {
            checkServerIdentity = check;
            return this;
        }

        /** Sets who gets the key log of the connection; see {@link TlsSocket#onKeylog}. */
        public Builder onKeylog(Consumer<String> listener) {
            keylog = listener;
            return this;
        }

        /** Sets who gets each session that a later connection can resume; see {@link TlsSocket#onSession}. */
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
         * Sets who has a pre-shared key, to be used in place of certificates. In TLS 1.3 that is all there is to do; in TLS
         * 1.2 and below {@link #ciphers} must name suites with pre-shared keys as well, since the default list leaves them
         * out. See {@link PskClientCallback} for what such a connection is.
         */
        public Builder pskCallback(PskClientCallback callback) {
            pskCallback = callback;
            return this;
        }

        /**
         * Sets whether the server is asked for an OCSP response to its certificate, which {@link TlsSocket#ocspResponse} then
         * returns. Default: no.
         *
         * <p>A response that comes is verified (RFC 6960 3.2, {@link TlsSocket#ocspVerdict}). A server whose certificate is
         * revoked is refused with {@code CERT_REVOKED}; one whose response is not good, because it is malformed, for another
         * certificate, not signed by the issuer or its delegate, out of date, or of status unknown, with a code that begins with
         * {@code OCSP_} (RFC 6066 8). Times may differ by 5 minutes; a response without nextUpdate is good for a day. In TLS 1.3
         * the responses for intermediate certificates are verified as well. With {@link #rejectUnauthorized
         * rejectUnauthorized(false)} the server is not authorized instead.
         *
         * <p>A server that sends none is accepted, unless its certificate is good only with one (RFC 7633) or {@link #requireOCSP}
         * is set. A session that resumes has no response: it stands for what its full handshake verified.
         */
        public Builder requestOCSP(boolean request) {
            requestOCSP = request;
            return this;
        }

        /**
         * Sets whether a server that sends no OCSP response with its certificate is refused with {@code OCSP_VERIFY_NEEDED}; asks
         * for one, as {@link #requestOCSP} does. Default: no.
         *
         * <p>Since a session that resumes has no response, it excludes {@link #session}: every connection has a full
         * handshake. A connection with a pre-shared key ({@link #pskCallback}) has no certificate, and needs no response.
         */
        public Builder requireOCSP(boolean require) {
            requireOCSP = require;
            return require ? requestOCSP(true) : this;
        }

        /** Sets a listener of the OCSP response, which may refuse the connection; asks for one, as {@link #requestOCSP} does. */
        public Builder onOcspResponse(OcspResponseListener listener) {
            onOcspResponse = listener;
            return requestOCSP(true);
        }

        private String checkedName() {
            String asked = servername == null || servername.isEmpty() ? host : servername;
            return asked == null ? "localhost" : asked;
        }

        /** Copies everything but what a context is made of. */
        private Builder connection() {
            Builder copy = new Builder();
            copy.host = host;
            copy.port = port;
            copy.family = family;
            copy.lookup = lookup;
            copy.localAddress = localAddress;
            copy.localPort = localPort;
            copy.path = path;
            copy.socket = socket;
            copy.channel = channel;
            copy.in = in;
            copy.out = out;
            copy.servername = servername;
            copy.alpnProtocols = alpnProtocols;
            copy.rejectUnauthorized = rejectUnauthorized;
            copy.session = session;
            copy.timeout = timeout;
            copy.minDHSize = minDHSize;
            copy.checkServerIdentity = checkServerIdentity;
            copy.pskCallback = pskCallback;
            copy.keylog = keylog;
            copy.trace = trace;
            copy.onSession = onSession;
            copy.requestOCSP = requestOCSP;
            copy.requireOCSP = requireOCSP;
            copy.onOcspResponse = onOcspResponse;
            return copy;
        }

        /**
         * Checks that everything fits together, and returns the options.
         *
         * @throws InvalidOption if something does not
         */
        public ConnectOptions build() {
            Builder frozen = connection();
            frozen.take(this);
            if (session != null) {
                Checks.sessionRefusal(session, checkedName()).ifPresent(refusal -> {
                    throw new InvalidOption("ERR_INVALID_ARG_VALUE", refusal);
                });
            }
            if (!requestOCSP && (requireOCSP || !onOcspResponse.equals(IGNORE_OCSP_RESPONSE))) {
                throw new InvalidOption(
                        "ERR_INVALID_ARG_VALUE",
                        "requestOCSP: false was given, but %s asks for the response"
                                .formatted(requireOCSP ? "requireOCSP" : "onOcspResponse"));
            }
            if (requireOCSP && session != null) {
                throw new InvalidOption("ERR_INVALID_ARG_VALUE", SESSION_WITHOUT_OCSP);
            }
            if (context != null && hasContextOptions()) {
                throw new InvalidOption(
                        "ERR_INVALID_ARG_VALUE",
                        "secureContext: a finished context was given together with options for making one");
            }
            SecureContext used = context;
            if (used == null) {
                SecureContext.Builder making = SecureContext.builder();
                making.take(this);
                used = hasContextOptions() ? making.build() : Tls.defaultContext();
            }
            return new ConnectOptions(frozen, used);
        }
    }
}
