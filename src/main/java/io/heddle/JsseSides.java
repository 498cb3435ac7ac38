package io.heddle;

import io.heddle.session.SessionStore;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Both sides of an {@code SSLContext}: what its sockets and engines have in common. A connection keeps what it began with; the
 * context may be replaced under it ({@link ReloadableSslContext}).
 *
 * <p>Thread-safe.
 */
final class JsseSides implements Sides {
    private final SniContexts names;
    private final ServerEvents events;
    private final ClientSessions clientSessions;
    private final ServerSessionContext serverSessions = new ServerSessionContext(this);

    private final Enabled ofClients;
    private final Enabled ofServers;

    /** Written by who sets the session timeout, read by each new connection. */
    private volatile ServerOptions serverOptions;

    /** Written by who replaces the context, read by each new connection. */
    private volatile ConnectOptions clientOptions;

    JsseSides(
            ServerOptions serverOptions,
            ConnectOptions clientOptions,
            ServerEvents events,
            Enabled ofClients,
            Enabled ofServers) {
        this.serverOptions = serverOptions;
        this.clientOptions = clientOptions;
        this.names = new SniContexts(serverOptions.context(), serverOptions.sniCallback());
        this.events = events;
        this.clientSessions = new ClientSessions(clientOptions.context().clock());
        this.ofClients = ofClients;
        this.ofServers = ofServers;
    }

    ServerOptions serverOptions() {
        return serverOptions;
    }

    SniContexts names() {
        return names;
    }

    void sessionTimeout(Duration timeout) {
        serverOptions = serverOptions.withSessionTimeout(timeout);
    }

    void sessionStore(SessionStore store) {
        serverOptions = serverOptions.withSessionStore(store);
    }

    /** Connections from now on have this context; ticket keys, store and the contexts of names stay. */
    void context(SecureContext context) {
        names.fallback(context);
        clientOptions = clientOptions.with(context);
    }

    @Override
    public SocketRole.Client client(@Nullable String host, int port) {
        ConnectOptions options = clientOptions;
        String known = host == null ? "" : host;
        Optional<String> name =
                known.isEmpty() || HostNames.isIpAddress(known) ? Optional.empty() : HostNames.sniName(known);
        return new SocketRole.Client(options, options.timeout(), host, port, name, known, "", ofClients, this);
    }

    @Override
    public SocketRole.Server server() {
        return new SocketRole.Server(serverOptions, names.fallback(), names, events.begin(), ofServers, this);
    }

    @Override
    public Optional<ClientSessions> clientSessions() {
        return Optional.of(clientSessions);
    }

    @Override
    public Optional<SessionContext> sessionContext(boolean client) {
        return Optional.of(client ? clientSessions : serverSessions);
    }

    @Override
    public IOException told(IOException failure, boolean handshaking) {
        return JsseFailures.told(failure, handshaking);
    }
}
