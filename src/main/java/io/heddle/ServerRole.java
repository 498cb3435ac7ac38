package io.heddle;

import io.heddle.certificate.x509.Purpose;
import io.heddle.engine.Connection;
import io.heddle.engine.RecordExchange;
import io.heddle.engine.handshake.HandshakeSettings.RenegotiationLimit;
import io.heddle.engine.handshake.ServerContext;
import io.heddle.engine.handshake.ServerSettings;
import io.heddle.engine.transport.Transport;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.session.ClientCertificatePolicy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The server role of a connection.
 *
 * @param context the default context of this connection; the server's may have been replaced since
 * @param events the listeners of this connection's handshakes
 */
record ServerRole(
        ServerOptions options, SecureContext context, SniContexts names, HandshakeEvents events, RoleSource source)
        implements ConnectionRole {
    /** Creates the role of a connection of a server. */
    ServerRole(ServerOptions options, SecureContext context, SniContexts names, HandshakeEvents events) {
        this(options, context, names, events, RoleSource.of(context));
    }

    /** Creates the role of a connection without listeners. */
    ServerRole(ServerOptions options, SecureContext context, SniContexts names) {
        this(options, context, names, HandshakeEvents.none());
    }

    /** Returns the role of a single connection, without a server. */
    static ServerRole of(ServerOptions options) {
        return new ServerRole(options, options.context(), new SniContexts(options.context(), options.sniCallback()));
    }

    @Override
    public Duration handshakeTimeout() {
        return options.handshakeTimeout();
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
    public List<String> alpnProtocols() {
        return options.alpnProtocols();
    }

    @Override
    public String endpointIdentification() {
        return "";
    }

    @Override
    public ClientCertificatePolicy clientCertificates() {
        if (!options.requestCert()) {
            return ClientCertificatePolicy.NONE;
        }
        return options.rejectUnauthorized() ? ClientCertificatePolicy.REQUIRE : ClientCertificatePolicy.REQUEST;
    }

    @Override
    public Connection open(Transport transport, Endpoint endpoint, SslConfiguration configuration) throws TlsFailure {
        ServerSettings settings = settings(endpoint, configuration);
        return Connection.server(transport, settings, endpoint.observers().toEngine());
    }

    @Override
    public RecordExchange exchange(Endpoint endpoint, SslConfiguration configuration) throws TlsFailure {
        ServerSettings settings = settings(endpoint, configuration);
        return RecordExchange.server(settings, endpoint.observers().toEngine());
    }

    private ServerSettings settings(Endpoint endpoint, SslConfiguration configuration) throws TlsFailure {
        return new ServerSettings(
                configuration.handshakeSettings(options.pskCallback().isPresent()),
                new ContextSelector(this, endpoint, configuration),
                configuration.clientCertificates(),
                new ServerSettings.KeyExchange(
                        configuration.honorCipherOrder(), context.dh(), endpoint.preSharedKeys()),
                new ServerSettings.Sessions(options.sessions(context), events),
                alpn(endpoint),
                new RenegotiationLimit(
                        !context.has(SecureOption.NO_RENEGOTIATION),
                        options.renegotiationLimit(),
                        options.renegotiationWindow()));
    }

    /** Returns the selector of the application protocol: JSSE's, else the callback of the options; empty for their list. */
    private Optional<ServerSettings.AlpnSelector> alpn(Endpoint endpoint) {
        return endpoint.protocolSelector()
                .map(selector -> bySelector(endpoint, selector))
                .or(() -> options.alpnCallback().map(ServerRole::byCallback));
    }

    private static ServerSettings.AlpnSelector bySelector(
            Endpoint endpoint, Function<List<String>, @Nullable String> selector) {
        return (negotiated, offered) -> {
            endpoint.negotiating(negotiated);
            String chosen = selector.apply(offered);
            if (chosen == null) {
                throw Code.ERR_SSL_NO_APPLICATION_PROTOCOL.failure(
                        "alpn: the selector refused all of %s",
                        offered.stream().map(TlsFailure::printable).toList());
            }
            return chosen.isEmpty() ? Optional.empty() : Optional.of(ServerSettings.AlpnChoice.of(chosen));
        };
    }

    private static ServerSettings.AlpnSelector byCallback(AlpnCallback callback) {
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

    /** A selector of the context by server name, for the engine. */
    private record ContextSelector(ServerRole role, Endpoint endpoint, SslConfiguration configuration)
            implements ServerContext.Selector {
        @Override
        public ServerContext select(Optional<String> servername) throws Exception {
            endpoint.requestedName(servername);
            if (servername.isPresent()) {
                configuration.requireMatched(servername.get());
            }
            SecureContext chosen = role.names().select(servername, role.context());
            boolean reject = role.options().rejectUnauthorized();
            // As in Node, a context without certificates only supplies the trust.
            SecureContext own = chosen.hasCredentials() ? chosen : role.context();
            var check =
                    new PeerCheck(chosen.trust(), Purpose.CLIENT, Optional.empty(), PeerCheck.BY_NODES_RULES, reject);
            return new ServerContext(
                    own.credentials(endpoint, false),
                    configuration.clientCertificates() == ClientCertificatePolicy.NONE
                            ? List.of()
                            : chosen.authorities(),
                    Managers.verifier(chosen.managers(), check, endpoint),
                    role.events()
                            .ocspRequest(role.options().onOcspRequest())
                            .map(listener -> new OcspStapler(
                                    listener, own.trust(), role.options().verifyOCSP(), role.events())));
        }

        @Override
        public boolean dependsOnName() {
            return role.names().dependsOnName();
        }
    }
}
