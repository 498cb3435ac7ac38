package io.heddle;

import io.heddle.certificate.x509.Purpose;
import io.heddle.engine.Connection;
import io.heddle.engine.RecordExchange;
import io.heddle.engine.handshake.ClientSettings;
import io.heddle.engine.handshake.RenegotiationLimit;
import io.heddle.engine.handshake.ServerContext;
import io.heddle.engine.handshake.ServerSettings;
import io.heddle.engine.handshake.StapleCheck;
import io.heddle.engine.transport.Transport;
import io.heddle.failure.Alert;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.session.SessionState;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SNIHostName;
import org.jspecify.annotations.Nullable;

/** Which side a socket is, with the options of that side, and how they become the settings of its connection. */
sealed interface SocketRole permits SocketRole.Client, SocketRole.Server {
    SecureContext context();

    Duration handshakeTimeout();

    /** Returns what JSSE may change, as the options have it. */
    SocketParameters parameters();

    /** Returns a connection over a transport. Does no input or output. */
    Connection open(Transport transport, Endpoint endpoint, SocketParameters parameters) throws TlsFailure;

    /** Returns a connection whose records somebody else carries. */
    RecordExchange exchange(Endpoint endpoint, SocketParameters parameters) throws TlsFailure;

    /** Returns this side and the other, with the same context. */
    Sides sides();

    /** Returns whom the socket is connected to, as far as it was told; null if nobody knows. */
    @Nullable
    String peerHost();

    /** Returns the port of {@link #peerHost}, negative if nobody knows. */
    int peerPort();

    /** Returns the name that is asked for; empty on a server. */
    Optional<String> servername();

    /**
     * The client.
     *
     * @param handshakeTimeout what connecting has left of the time for both
     * @param servername what SNI carries
     * @param checkedName what the server's certificate must be for
     * @param identification by whose rules that is checked if nobody says otherwise, as in JSSE; empty for not at all
     * @param enabled what is enabled if nobody says otherwise
     */
    record Client(
            ConnectOptions options,
            Duration handshakeTimeout,
            @Nullable String peerHost,
            int peerPort,
            Optional<String> servername,
            String checkedName,
            String identification,
            Enabled enabled,
            Sides sides)
            implements SocketRole {
        /** Returns the role with all of the time for the handshake. */
        static Client of(ConnectOptions options) {
            return of(options, options.timeout());
        }

        static Client of(ConnectOptions options, Duration handshakeTimeout) {
            return new Client(
                    options,
                    handshakeTimeout,
                    options.host(),
                    options.port(),
                    options.servername(),
                    options.checkedName(),
                    "HTTPS",
                    Enabled.OF_CONTEXT,
                    Sides.of(options.context()));
        }

        /** Returns the role over a transport that somebody brings, in place of one of the options. */
        static Client over(ConnectOptions options) {
            options.requireNoTransport();
            return of(options);
        }

        @Override
        public SecureContext context() {
            return options.context();
        }

        @Override
        public SocketParameters parameters() {
            return new SocketParameters(context(), enabled, options.alpnProtocols(), identification);
        }

        @Override
        public Connection open(Transport transport, Endpoint endpoint, SocketParameters parameters) throws TlsFailure {
            ClientSettings settings = settings(endpoint, parameters);
            return Connection.client(transport, settings, endpoint.observers().toEngine());
        }

        @Override
        public RecordExchange exchange(Endpoint endpoint, SocketParameters parameters) throws TlsFailure {
            ClientSettings settings = settings(endpoint, parameters);
            return RecordExchange.client(settings, endpoint.observers().toEngine());
        }

        private Optional<SessionState> resume(ClientSessions sessions, Endpoint endpoint) {
            Optional<ClientSessions.Kept> newest = sessions.take(peerHost, peerPort);
            newest.ifPresent(kept -> {
                endpoint.offers(kept.identity());
                // Also where the handshake fails, which leaves no result; else each later connection would fail with
                // it.
                endpoint.observers().fatalAlert(() -> sessions.forget(peerHost, peerPort, kept.id()));
            });
            return newest.map(ClientSessions.Kept::state);
        }

        private Optional<StapleCheck> stapleCheck() {
            return options.requestOCSP()
                    ? Optional.of(new StapleCheck(
                            context().trust(),
                            options.onOcspResponse(),
                            options.requireOCSP(),
                            options.rejectUnauthorized()))
                    : Optional.empty();
        }

        /** Returns the name that Node's form binds a session of this role to, as the application spelled it. */
        String boundName(Optional<String> asked) {
            return asked.filter(name -> !HostNames.areSame(name, checkedName)).orElse(checkedName);
        }

        /** The name may have been set on the socket, after the options were built. */
        private static void refuseBoundElsewhere(Optional<SessionState> session, String name) throws TlsFailure {
            Optional<String> refusal = session.flatMap(given -> Checks.sessionRefusal(given, name));
            if (refusal.isPresent()) {
                throw TlsFailure.Code.ERR_INVALID_ARG_VALUE.failure("%s", refusal.get());
            }
        }

        private ClientSettings settings(Endpoint endpoint, SocketParameters parameters) throws TlsFailure {
            Optional<String> asked = parameters
                    .serverNames()
                    .map(names -> names.stream()
                            .filter(SNIHostName.class::isInstance)
                            .map(name -> ((SNIHostName) name).getAsciiName())
                            .findFirst())
                    .orElse(servername);
            var check = new PeerCheck(
                    context().trust(),
                    Purpose.SERVER,
                    parameters.checksName() ? Optional.of(asked.orElse(checkedName)) : Optional.empty(),
                    options.checkServerIdentity(),
                    options.rejectUnauthorized());
            Optional<SessionState> given = parameters.session().or(options::session);
            refuseBoundElsewhere(given, asked.orElse(checkedName));
            if (options.requireOCSP() && given.isPresent()) {
                throw TlsFailure.Code.ERR_INVALID_ARG_VALUE.failure("%s", ConnectOptions.SESSION_WITHOUT_OCSP);
            }
            options.observe(endpoint.observers());
            Optional<ClientSessions> kept = sides.clientSessions();
            kept.ifPresent(sessions -> sessions.observe(endpoint, peerHost, peerPort));
            return new ClientSettings(
                    parameters.settings(options.pskCallback().isPresent()),
                    context().credentials(endpoint, true),
                    asked,
                    Managers.verifier(context().managers(), check, endpoint),
                    options.requireOCSP()
                            ? Optional.empty()
                            : given.or(() -> kept.flatMap(sessions -> resume(sessions, endpoint))),
                    !context().has(SecureOption.NO_TICKET),
                    context().leastPrimeBits(),
                    options.minDHSize(),
                    context().has(SecureOption.LEGACY_SERVER_CONNECT),
                    context().has(SecureOption.NO_RENEGOTIATION)
                            ? RenegotiationLimit.NONE
                            : RenegotiationLimit.UNLIMITED,
                    options.pskCallback(),
                    stapleCheck());
        }
    }

    /**
     * The server.
     *
     * @param context the default context of this connection; the server may have another by now
     * @param events whom this connection tells what happens
     * @param enabled what is enabled if nobody says otherwise
     */
    record Server(
            ServerOptions options,
            SecureContext context,
            SniContexts names,
            ConnectionEvents events,
            Enabled enabled,
            Sides sides)
            implements SocketRole {
        /** Makes the role of a connection of a server. */
        Server(ServerOptions options, SecureContext context, SniContexts names, ConnectionEvents events) {
            this(options, context, names, events, Enabled.OF_CONTEXT, Sides.of(context));
        }

        /** Makes the role of a connection that nobody listens to. */
        Server(ServerOptions options, SecureContext context, SniContexts names) {
            this(options, context, names, ServerEvents.unheard());
        }

        /** Returns the role of a single connection, without a server. */
        static Server of(ServerOptions options) {
            return new Server(options, options.context(), new SniContexts(options.context(), options.sniCallback()));
        }

        @Override
        public Duration handshakeTimeout() {
            return options.handshakeTimeout();
        }

        @Override
        public SocketParameters parameters() {
            var parameters = new SocketParameters(context(), enabled, options.alpnProtocols(), "");
            if (options.requestCert() && options.rejectUnauthorized()) {
                parameters.needClientAuth(true);
            } else {
                parameters.wantClientAuth(options.requestCert());
            }
            return parameters;
        }

        @Override
        public @Nullable String peerHost() {
            return null;
        }

        @Override
        public int peerPort() {
            return -1;
        }

        @Override
        public Optional<String> servername() {
            return Optional.empty();
        }

        @Override
        public Connection open(Transport transport, Endpoint endpoint, SocketParameters parameters) throws TlsFailure {
            ServerSettings settings = settings(endpoint, parameters);
            return Connection.server(transport, settings, endpoint.observers().toEngine());
        }

        @Override
        public RecordExchange exchange(Endpoint endpoint, SocketParameters parameters) throws TlsFailure {
            ServerSettings settings = settings(endpoint, parameters);
            return RecordExchange.server(settings, endpoint.observers().toEngine());
        }

        private ServerSettings settings(Endpoint endpoint, SocketParameters parameters) throws TlsFailure {
            endpoint.socket().ifPresent(this::observe);
            return new ServerSettings(
                    parameters.settings(options.pskCallback().isPresent()),
                    new ByName(this, endpoint, parameters),
                    parameters.clientCertificates(),
                    parameters.honorCipherOrder(),
                    options.sessions(context),
                    events,
                    alpn(endpoint),
                    context.dh(),
                    new RenegotiationLimit(
                            !context.has(SecureOption.NO_RENEGOTIATION),
                            options.renegotiationLimit(),
                            options.renegotiationWindow()),
                    endpoint.socket().flatMap(this::preSharedKeys));
        }

        private Optional<ServerSettings.PreSharedKeys> preSharedKeys(TlsSocket socket) {
            return options.pskCallback()
                    .map(callback -> new ServerSettings.PreSharedKeys(
                            options.pskIdentityHint(), identity -> callback.keyOf(socket, identity)));
        }

        private void observe(TlsSocket socket) {
            socket.observers().of(socket, options.keylog(), options.trace());
            events.observe(socket.observers(), socket);
        }

        private Optional<ServerSettings.AlpnSelector> alpn(Endpoint endpoint) {
            return endpoint.protocolSelector()
                    .<ServerSettings.AlpnSelector>map(selector -> (negotiated, offered) -> {
                        endpoint.negotiating(negotiated);
                        String chosen = selector.apply(offered);
                        if (chosen == null) {
                            throw Code.ERR_SSL_NO_APPLICATION_PROTOCOL.failure(
                                    "alpn: the selector refused all of %s",
                                    offered.stream().map(TlsFailure::printable).toList());
                        }
                        return chosen.isEmpty() ? Optional.empty() : Optional.of(ServerSettings.AlpnChoice.of(chosen));
                    })
                    .or(() -> options.alpnCallback().map(Server::asking));
        }

        private static ServerSettings.AlpnSelector asking(AlpnCallback callback) {
            return (negotiated, offered) -> {
                AlpnCallback.Choice choice = callback.select(new AlpnCallback.Offer(negotiated.servername(), offered))
                        .orElseThrow(() -> Code.ERR_SSL_NO_APPLICATION_PROTOCOL.failure(
                                "alpn: the callback refused all of %s",
                                offered.stream().map(TlsFailure::printable).toList()));
                return Optional.of(new ServerSettings.AlpnChoice(
                        choice.protocol(),
                        choice.context().map(SecureContext::credentials).orElse(List.of())));
            };
        }
    }

    /** Finds the context by server name, in the terms of the engine. */
    record ByName(Server server, Endpoint endpoint, SocketParameters parameters) implements ServerContext.Selector {
        @Override
        public ServerContext select(Optional<String> servername) throws Exception {
            endpoint.askedFor(servername);
            if (servername.isPresent() && !parameters.sniMatchers().isEmpty()) {
                boolean accepted = HostNames.sni(servername.get())
                        .map(name -> parameters.sniMatchers().stream()
                                .anyMatch(matcher -> matcher.getType() == name.getType() && matcher.matches(name)))
                        .orElse(false);
                if (!accepted) {
                    throw Code.ERR_SSL_HANDSHAKE_FAILURE.failure(
                            Alert.UNRECOGNIZED_NAME,
                            "servername: the client asked for \"%s\", which no matcher accepts",
                            TlsFailure.printable(servername.get()));
                }
            }
            SecureContext chosen = server.names().select(servername, server.context());
            boolean reject = server.options().rejectUnauthorized();
            // As in Node, a context without certificates only says who is trusted.
            SecureContext own = chosen.hasCredentials() ? chosen : server.context();
            var check =
                    new PeerCheck(chosen.trust(), Purpose.CLIENT, Optional.empty(), PeerCheck.BY_NODES_RULES, reject);
            return new ServerContext(
                    own.credentials(endpoint, false),
                    parameters.asksForCertificate() ? chosen.authorities() : List.of(),
                    Managers.verifier(chosen.managers(), check, endpoint),
                    server.events()
                            .ocspRequest(server.options().onOcspRequest())
                            .map(listener -> new OcspStapler(
                                    listener, own.trust(), server.options().verifyOCSP(), server.events())));
        }

        @Override
        public boolean dependsOnName() {
            return server.names().dependsOnName();
        }
    }
}
