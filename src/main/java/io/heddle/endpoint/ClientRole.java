package io.heddle.endpoint;

import io.heddle.certificate.x509.Purpose;
import io.heddle.engine.Connection;
import io.heddle.engine.RecordExchange;
import io.heddle.engine.handshake.ClientSettings;
import io.heddle.engine.handshake.HandshakeSettings.RenegotiationLimit;
import io.heddle.engine.handshake.trust.StapleCheck;
import io.heddle.engine.transport.Transport;
import io.heddle.failure.TlsFailure;
import io.heddle.session.ClientCertificatePolicy;
import io.heddle.session.SessionState;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The client role of a connection.
 *
 * @param handshakeTimeout the part of the time for connecting and handshake that connecting has left
 */
public record ClientRole(ClientConfig config, Duration handshakeTimeout, ClientConfig.Server server, RoleSource source)
        implements ConnectionRole {
    /** Returns the role with the whole timeout for the handshake. */
    public static ClientRole of(ClientConfig config) {
        return of(config, config.handshake().timeout());
    }

    public static ClientRole of(ClientConfig config, Duration handshakeTimeout) {
        return new ClientRole(config, handshakeTimeout, config.server(), RoleSource.of(config.context()));
    }

    @Override
    public @Nullable String peerHost() {
        return server.host();
    }

    @Override
    public int peerPort() {
        return server.port();
    }

    @Override
    public Optional<String> servername() {
        return server.servername();
    }

    @Override
    public ContextSettings context() {
        return config.context();
    }

    @Override
    public List<String> alpnProtocols() {
        return config.handshake().alpnProtocols();
    }

    @Override
    public String endpointIdentification() {
        return source.endpointIdentification();
    }

    @Override
    public ClientCertificatePolicy clientCertificates() {
        return ClientCertificatePolicy.NONE;
    }

    @Override
    public Connection open(Transport transport, Endpoint endpoint, SslConfiguration configuration) throws TlsFailure {
        ClientSettings settings = settings(endpoint, configuration);
        return Connection.client(transport, settings, endpoint.observers().toEngine());
    }

    @Override
    public RecordExchange exchange(Endpoint endpoint, SslConfiguration configuration) throws TlsFailure {
        ClientSettings settings = settings(endpoint, configuration);
        return RecordExchange.client(settings, endpoint.observers().toEngine());
    }

    private ClientSettings settings(Endpoint endpoint, SslConfiguration configuration) throws TlsFailure {
        Optional<String> requested = configuration.servername();
        var check = new PeerCheck(
                context().trust(),
                Purpose.SERVER,
                configuration.checksName() ? Optional.of(requested.orElse(server.checkedName())) : Optional.empty(),
                config.verification().identity(),
                config.verification().rejectUnauthorized());
        Optional<SessionState> given = configuration.session().or(config::session);
        requireBoundTo(requested.orElse(server.checkedName()), given);
        if (config.ocsp().require() && given.isPresent()) {
            throw TlsFailure.Code.ERR_INVALID_ARG_VALUE.failure("%s", ClientConfig.SESSION_WITHOUT_OCSP);
        }
        config.observers().accept(endpoint.observers());
        Optional<ClientSessions> cache = source.clientSessions();
        cache.ifPresent(sessions -> sessions.observe(endpoint, server.host(), server.port()));
        return new ClientSettings(
                configuration.handshakeSettings(config.handshake().psk().isPresent()),
                context().credentials(endpoint, true),
                new ClientSettings.Server(
                        requested, ContextManagers.verifier(context().managers(), check, endpoint), stapleCheck()),
                new ClientSettings.Sessions(
                        config.ocsp().require()
                                ? Optional.empty()
                                : given.or(() -> cache.flatMap(sessions -> resume(sessions, endpoint))),
                        context().policy().tickets()),
                new ClientSettings.KeyExchange(
                        context().minPrimeBits(),
                        config.handshake().minDHSize(),
                        config.handshake().psk()),
                context().policy().legacyServers(),
                context().policy().renegotiation() ? RenegotiationLimit.UNLIMITED : RenegotiationLimit.NONE);
    }

    private Optional<StapleCheck> stapleCheck() {
        return config.ocsp().request()
                ? Optional.of(new StapleCheck(
                        context().trust(),
                        config.ocsp().listener(),
                        config.ocsp().require(),
                        config.verification().rejectUnauthorized()))
                : Optional.empty();
    }

    /** Refuses a session of another server: the name may have been set on the socket, after the options were built. */
    private static void requireBoundTo(String name, Optional<SessionState> session) throws TlsFailure {
        Optional<String> refusal = session.flatMap(given -> OptionChecks.sessionRefusal(given, name));
        if (refusal.isPresent()) {
            throw TlsFailure.Code.ERR_INVALID_ARG_VALUE.failure("%s", refusal.get());
        }
    }

    private Optional<SessionState> resume(ClientSessions sessions, Endpoint endpoint) {
        Optional<ClientSessions.CachedSession> newest = sessions.take(server.host(), server.port());
        newest.ifPresent(kept -> {
            endpoint.offeredIdentity(kept.identity());
            // A handshake that fails leaves no result to find the session by; without this each later connection would
            // fail with
            // it as well.
            endpoint.observers().fatalAlert(() -> sessions.forget(server.host(), server.port(), kept.id()));
        });
        return newest.map(ClientSessions.CachedSession::state);
    }

    /** Returns the name that Node's form binds a session of this role to, in the application's spelling. */
    public String boundName(Optional<String> requested) {
        return requested
                .filter(name -> !HostNames.areSame(name, server.checkedName()))
                .orElse(server.checkedName());
    }
}
