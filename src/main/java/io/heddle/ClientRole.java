package io.heddle;

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
 * @param servername the name in SNI
 * @param checkedName the name that the server's certificate must be valid for
 */
record ClientRole(
        ConnectOptions options,
        Duration handshakeTimeout,
        @Nullable String peerHost,
        int peerPort,
        Optional<String> servername,
        String checkedName,
        RoleSource source)
        implements ConnectionRole {
    /** Returns the role with the whole timeout for the handshake. */
    static ClientRole of(ConnectOptions options) {
        return of(options, options.timeout());
    }

    static ClientRole of(ConnectOptions options, Duration handshakeTimeout) {
        return of(options, handshakeTimeout, RoleSource.of(options.context()));
    }

    static ClientRole of(ConnectOptions options, Duration handshakeTimeout, RoleSource source) {
        return new ClientRole(
                options,
                handshakeTimeout,
                options.host(),
                options.port(),
                options.servername(),
                options.checkedName(),
                source);
    }

    /** Returns the role over a transport supplied by the caller; the options must not have one. */
    static ClientRole over(ConnectOptions options) {
        options.requireNoTransport();
        return of(options);
    }

    @Override
    public SecureContext context() {
        return options.context();
    }

    @Override
    public List<String> alpnProtocols() {
        return options.alpnProtocols();
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
                configuration.checksName() ? Optional.of(requested.orElse(checkedName)) : Optional.empty(),
                options.checkServerIdentity(),
                options.rejectUnauthorized());
        Optional<SessionState> given = configuration.session().or(options::session);
        requireBoundTo(requested.orElse(checkedName), given);
        if (options.requireOCSP() && given.isPresent()) {
            throw TlsFailure.Code.ERR_INVALID_ARG_VALUE.failure("%s", ConnectOptions.SESSION_WITHOUT_OCSP);
        }
        options.observe(endpoint.observers());
        Optional<ClientSessions> cache = source.clientSessions();
        cache.ifPresent(sessions -> sessions.observe(endpoint, peerHost, peerPort));
        return new ClientSettings(
                configuration.handshakeSettings(options.pskCallback().isPresent()),
                context().credentials(endpoint, true),
                new ClientSettings.Server(
                        requested, Managers.verifier(context().managers(), check, endpoint), stapleCheck()),
                new ClientSettings.Sessions(
                        options.requireOCSP()
                                ? Optional.empty()
                                : given.or(() -> cache.flatMap(sessions -> resume(sessions, endpoint))),
                        !context().has(SecureOption.NO_TICKET)),
                new ClientSettings.KeyExchange(context().leastPrimeBits(), options.minDHSize(), options.pskCallback()),
                context().has(SecureOption.LEGACY_SERVER_CONNECT),
                context().has(SecureOption.NO_RENEGOTIATION) ? RenegotiationLimit.NONE : RenegotiationLimit.UNLIMITED);
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

    /** Refuses a session of another server: the name may have been set on the socket, after the options were built. */
    private static void requireBoundTo(String name, Optional<SessionState> session) throws TlsFailure {
        Optional<String> refusal = session.flatMap(given -> Checks.sessionRefusal(given, name));
        if (refusal.isPresent()) {
            throw TlsFailure.Code.ERR_INVALID_ARG_VALUE.failure("%s", refusal.get());
        }
    }

    private Optional<SessionState> resume(ClientSessions sessions, Endpoint endpoint) {
        Optional<ClientSessions.Kept> newest = sessions.take(peerHost, peerPort);
        newest.ifPresent(kept -> {
            endpoint.offeredIdentity(kept.identity());
            // A handshake that fails leaves no result to find the session by; without this each later connection would
            // fail with
            // it as well.
            endpoint.observers().fatalAlert(() -> sessions.forget(peerHost, peerPort, kept.id()));
        });
        return newest.map(ClientSessions.Kept::state);
    }

    /** Returns the name that Node's form binds a session of this role to, in the application's spelling. */
    String boundName(Optional<String> requested) {
        return requested.filter(name -> !HostNames.areSame(name, checkedName)).orElse(checkedName);
    }
}
