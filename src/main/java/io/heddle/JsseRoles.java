package io.heddle;

import io.heddle.session.SessionStore;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The roles of the sockets and engines of one {@code SSLContext}, and the sessions these share. A connection keeps the
 * options it began with, while the context may be replaced ({@link ReloadableSslContext}).
 *
 * <p>Thread-safe.
 */
final class JsseRoles implements RoleSource {
    private final SniContexts names;
    private final ServerCounters counters = new ServerCounters();
    private final ClientSessions clientSessions;
    private final ServerSessionContext serverSessions = new ServerSessionContext(this);

    private final Enabled ofClients;
    private final Enabled ofServers;

    /** Written when the session timeout or the store is set, read by each new connection. */
    private volatile ServerOptions serverOptions;

    /** Written when the context is replaced, read by each new connection. */
    private volatile ConnectOptions clientOptions;

    /** The protocols and cipher suites enabled at first by JSSE's names, each empty for those of the context. */
    record Enabled(Optional<List<String>> protocols, Optional<List<String>> suites) {
        static final Enabled OF_CONTEXT = new Enabled(Optional.empty(), Optional.empty());
    }

    JsseRoles(ServerOptions serverOptions, ConnectOptions clientOptions, Enabled ofClients, Enabled ofServers) {
        this.serverOptions = serverOptions;
        this.clientOptions = clientOptions;
        this.names = new SniContexts(serverOptions.context(), serverOptions.sniCallback());
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

    /** Sets the context of connections that begin from now on; ticket keys, store and the contexts of names stay. */
    void context(SecureContext context) {
        names.fallback(context);
        clientOptions = clientOptions.with(context);
    }

    @Override
    public ClientRole client(@Nullable String host, int port) {
        ConnectOptions options = clientOptions;
        String checked = host == null ? "" : host;
        Optional<String> name =
                checked.isEmpty() || HostNames.isIpAddress(checked) ? Optional.empty() : HostNames.sniName(checked);
        return new ClientRole(options, options.timeout(), host, port, name, checked, this);
    }

    @Override
    public ServerRole server() {
        return new ServerRole(serverOptions, names.fallback(), names, HandshakeEvents.counting(counters), this);
    }

    @Override
    public Optional<List<String>> protocols(boolean client) {
        return (client ? ofClients : ofServers).protocols();
    }

    @Override
    public Optional<List<String>> cipherSuites(boolean client) {
        return (client ? ofClients : ofServers).suites();
    }

    /** Returns none: JSSE's programs check the name themselves, or request it by their {@code SSLParameters}. */
    @Override
    public String endpointIdentification() {
        return "";
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
    public IOException translate(IOException failure, boolean handshaking) {
        return JsseFailures.translate(failure, handshaking);
    }
}
