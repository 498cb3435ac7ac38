package io.heddle.endpoint;

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
public record ServerRole(
        ServerConfig config, ContextSettings context, SniContexts names, HandshakeEvents events, RoleSource source)
        implements ConnectionRole {
    /** Creates the role of a connection of a server. */
    public ServerRole(ServerConfig config, ContextSettings context, SniContexts names, HandshakeEvents events) {
        this(config, context, names, events, RoleSource.of(context));
    }

    /** Returns the role of a single connection, without a server. */
    public static ServerRole of(ServerConfig config) {
        return new ServerRole(config, config.context(), SniContexts.of(config), HandshakeEvents.none());
    }

    @Override
    public Duration handshakeTimeout() {
        return config.handshake().timeout();
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
        return config.handshake().alpnProtocols();
    }

    @Override
    public String endpointIdentification() {
        return "";
    }

    @Override
    public ClientCertificatePolicy clientCertificates() {
        return config.clientAuth().policy();
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
                configuration.handshakeSettings(endpoint.preSharedKeys().isPresent()),
                new ContextSelector(this, endpoint, configuration),
                configuration.clientCertificates(),
                new ServerSettings.KeyExchange(
                        configuration.honorCipherOrder(), context.negotiable().dh(), endpoint.preSharedKeys()),
                new ServerSettings.Sessions(config.sessions().of(context), events),
                alpn(endpoint),
                new RenegotiationLimit(
                        context.policy().renegotiation(),
                        config.renegotiation().limit(),
                        config.renegotiation().window()));
    }

    /**
     * Returns the selector of the application protocol: JSSE's, else the callback of the options; empty if the list of
     * protocols decides.
     */
    private Optional<ServerSettings.AlpnSelector> alpn(Endpoint endpoint) {
        return endpoint.protocolSelector()
                .map(selector -> bySelector(endpoint, selector))
                .or(config.handshake()::alpnSelector);
    }

    private static ServerSettings.AlpnSelector bySelector(
            Endpoint endpoint, Function<List<String>, @Nullable String> selector) {
        return (negotiated, offered) -> {
            endpoint.negotiating(negotiated);
            String chosen = selector.apply(offered);
            if (chosen == null) {
                throw refused("selector", offered);
            }
            return chosen.isEmpty() ? Optional.empty() : Optional.of(ServerSettings.AlpnChoice.of(chosen));
        };
    }

    /** Returns the failure of a connection whose client offers none of the protocols that are accepted. */
    public static TlsFailure refused(String selector, List<String> offered) {
        return Code.ERR_SSL_NO_APPLICATION_PROTOCOL.failure(
                "alpn: the %s refused all of %s",
                selector, offered.stream().map(TlsFailure::printable).toList());
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
            ContextSettings chosen = role.names().select(servername, role.context());
            boolean reject = role.config().clientAuth().rejectUnauthorized();
            // As in Node, a context without certificates only supplies the trust.
            ContextSettings own = chosen.hasCredentials() ? chosen : role.context();
            var check =
                    new PeerCheck(chosen.trust(), Purpose.CLIENT, Optional.empty(), PeerCheck.BY_NODES_RULES, reject);
            return new ServerContext(
                    own.credentials(endpoint, false),
                    configuration.clientCertificates() == ClientCertificatePolicy.NONE
                            ? List.of()
                            : chosen.authorities(),
                    ContextManagers.verifier(chosen.managers(), check, endpoint),
                    role.events()
                            .ocspRequest(role.config().ocsp().listener())
                            .map(listener -> new OcspStapler(
                                    listener, own.trust(), role.config().ocsp().verify(), role.events())));
        }

        @Override
        public boolean dependsOnName() {
            return role.names().dependsOnName();
        }
    }
}
