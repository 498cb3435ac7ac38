package io.heddle;

import io.heddle.certificate.Purpose;
import io.heddle.engine.AlpnByPreference;
import io.heddle.engine.ClientSettings;
import io.heddle.engine.Connection;
import io.heddle.engine.PeerVerifier;
import io.heddle.engine.RenegotiationLimit;
import io.heddle.engine.ServerContext;
import io.heddle.engine.ServerSettings;
import io.heddle.engine.Stapler;
import io.heddle.engine.Transport;
import io.heddle.failure.Alert;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.session.ClientCertificatePolicy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SNIHostName;

/** Which side a socket is, with the options of that side, and how they become the settings of its connection. */
sealed interface SocketRole permits SocketRole.Client, SocketRole.Server {
    SecureContext context();

    Duration handshakeTimeout();

    /** Returns what JSSE may change, as the options have it. */
    SocketParameters parameters();

    Connection open(Transport transport, TlsSocket socket, SocketParameters parameters) throws TlsFailure;

    /** Returns the other side with the same context. */
    SocketRole turned();

    /**
     * The client.
     *
     * @param handshakeTimeout what connecting has left of the time for both
     */
    record Client(ConnectOptions options, Duration handshakeTimeout) implements SocketRole {
        /** Returns the role with all of the time for the handshake. */
        static Client of(ConnectOptions options) {
            return new Client(options, options.timeout());
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
            return new SocketParameters(context(), options.alpnProtocols(), "HTTPS");
        }

        @Override
        public SocketRole turned() {
            return Server.of(ServerOptions.of(context()));
        }

        @Override
        public Connection open(Transport transport, TlsSocket socket, SocketParameters parameters) throws TlsFailure {
            Optional<String> servername = parameters
                    .serverNames()
                    .map(names -> names.stream()
                            .filter(SNIHostName.class::isInstance)
                            .map(name -> ((SNIHostName) name).getAsciiName())
                            .findFirst())
                    .orElse(options.servername());
            String checked = servername.orElse(options.checkedName());
            PeerVerifier verifier = new PeerCheck(
                    context(),
                    Purpose.SERVER,
                    parameters.checksName() ? Optional.of(checked) : Optional.empty(),
                    options.checkServerIdentity(),
                    options.rejectUnauthorized());
            SocketObservers observers = socket.observers();
            options.observe(observers);
            return Connection.client(
                    transport,
                    new ClientSettings(
                            parameters.settings(options.pskCallback().isPresent()),
                            context().credentials(),
                            servername,
                            verifier,
                            parameters.session().or(options::session),
                            options.minDHSize(),
                            context().has(SecureOption.LEGACY_SERVER_CONNECT),
                            context().has(SecureOption.NO_RENEGOTIATION)
                                    ? RenegotiationLimit.NONE
                                    : RenegotiationLimit.UNLIMITED,
                            SharedKeys.of(options),
                            options.requestOCSP()
                                    ? Optional.of(new OcspCheck(options.onOcspResponse(), options.rejectUnauthorized()))
                                    : Optional.empty()),
                    observers.toEngine());
        }
    }

    /**
     * The server.
     *
     * @param context the default context of this connection; the server may have another by now
     * @param events whom this connection tells what happens
     */
    record Server(ServerOptions options, SecureContext context, SniContexts names, ConnectionEvents events)
            implements SocketRole {
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
            var parameters = new SocketParameters(context(), options.alpnProtocols(), "");
            if (options.requestCert() && options.rejectUnauthorized()) {
                parameters.needClientAuth(true);
            } else {
                parameters.wantClientAuth(options.requestCert());
            }
            return parameters;
        }

        @Override
        public SocketRole turned() {
            ConnectOptions options =
                    ConnectOptions.builder().secureContext(context()).build();
            return new Client(options, options.timeout());
        }

        @Override
        public Connection open(Transport transport, TlsSocket socket, SocketParameters parameters) throws TlsFailure {
            ClientCertificatePolicy policy = parameters.needClientAuth()
                    ? ClientCertificatePolicy.REQUIRE
                    : parameters.wantClientAuth() ? ClientCertificatePolicy.REQUEST : ClientCertificatePolicy.NONE;
            SocketObservers observers = socket.observers();
            observers.of(socket, options.keylog(), options.trace());
            events.observe(observers, socket);
            return Connection.server(
                    transport,
                    new ServerSettings(
                            parameters.settings(options.pskCallback().isPresent()),
                            new ByName(this, socket, parameters),
                            policy,
                            parameters.honorCipherOrder(),
                            options.sessions(context),
                            events,
                            alpn(socket, parameters),
                            context.dh(),
                            new RenegotiationLimit(
                                    !context.has(SecureOption.NO_RENEGOTIATION),
                                    options.renegotiationLimit(),
                                    options.renegotiationWindow()),
                            SharedKeys.of(options, socket)),
                    observers.toEngine());
        }

        private ServerSettings.AlpnSelector alpn(TlsSocket socket, SocketParameters parameters) {
            return parameters
                    .alpnSelector()
                    .<ServerSettings.AlpnSelector>map(selector -> (negotiated, offered) -> {
                        socket.negotiating(negotiated);
                        String chosen = selector.apply(socket, offered);
                        if (chosen == null) {
                            throw Code.ERR_SSL_NO_APPLICATION_PROTOCOL.failure(
                                    "alpn: the selector refused all of %s",
                                    offered.stream().map(TlsFailure::printable).toList());
                        }
                        return chosen.isEmpty() ? Optional.empty() : Optional.of(ServerSettings.AlpnChoice.of(chosen));
                    })
                    .or(() -> options.alpnCallback().map(Server::asking))
                    .orElseGet(() -> new AlpnByPreference(parameters.alpnProtocols()));
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
    record ByName(Server server, TlsSocket socket, SocketParameters parameters) implements ServerContext.Selector {
        @Override
        public ServerContext select(Optional<String> servername) throws Exception {
            socket.askedFor(servername);
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
            SecureContext own = chosen.credentials().isEmpty() ? server.context() : chosen;
            return new ServerContext(
                    own.credentials(),
                    chosen.authorities(),
                    new PeerCheck(chosen, Purpose.CLIENT, Optional.empty(), PeerCheck.BY_NODES_RULES, reject),
                    server.events()
                            .ocspRequest(server.options().onOcspRequest())
                            .<Stapler>map(listener -> new OcspStapler(listener, own))
                            .orElse(Stapler.NONE));
        }

        @Override
        public boolean dependsOnName() {
            return server.names().dependsOnName();
        }
    }
}
