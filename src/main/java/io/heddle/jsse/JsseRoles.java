package io.heddle.jsse;

import io.heddle.endpoint.ClientConfig;
import io.heddle.endpoint.ClientRole;
import io.heddle.endpoint.ClientSessions;
import io.heddle.endpoint.ConnectionRole;
import io.heddle.endpoint.ContextManagers;
import io.heddle.endpoint.ContextSettings;
import io.heddle.endpoint.HandshakeEvents;
import io.heddle.endpoint.HostNames;
import io.heddle.endpoint.RoleSource;
import io.heddle.endpoint.ServerConfig;
import io.heddle.endpoint.ServerCounters;
import io.heddle.endpoint.ServerRole;
import io.heddle.endpoint.SessionContext;
import io.heddle.endpoint.SniContexts;
import io.heddle.endpoint.SslConfiguration;
import io.heddle.engine.transport.TransportSource;
import io.heddle.session.SessionStore;
import java.io.IOException;
import java.security.KeyManagementException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The roles of the sockets and engines of one {@code SSLContext}, and the sessions these share. A connection keeps the
 * options it began with, while the context may be replaced ({@code ReloadableSslContext}).
 *
 * <p>Thread-safe.
 */
public final class JsseRoles implements RoleSource {
    private final Environment environment;
    private final SniContexts names;
    private final ServerCounters counters = new ServerCounters();
    private final ClientSessions clientSessions;
    private final ServerSessionContext serverSessions = new ServerSessionContext(this);

    private final Enabled ofClients;
    private final Enabled ofServers;

    /** Written when the session timeout or the store is set, read by each new connection. */
    private volatile ServerConfig serverConfig;

    /** Written when the context is replaced, read by each new connection. */
    private volatile ClientConfig clientConfig;

    /** The sockets and contexts of the public API, which the classes of JSSE create by it. */
    public interface Environment {
        /** Creates the socket of a connection over a transport; performs no I/O. */
        SSLSocket socket(TransportSource transport, SslConfiguration configuration);

        /**
         * Creates a context with default options that has managers in place of certificates and trust.
         *
         * @param random null for the default
         */
        ContextSettings context(ContextManagers managers, @Nullable SecureRandom random);

        /** Returns the managers of an {@code SSLContext} that is given no trust. */
        TrustManager[] defaultTrust() throws KeyManagementException;
    }

    /** The protocols and cipher suites enabled at first by JSSE's names, each empty for those of the context. */
    public record Enabled(Optional<List<String>> protocols, Optional<List<String>> suites) {
        public static final Enabled OF_CONTEXT = new Enabled(Optional.empty(), Optional.empty());
    }

    public JsseRoles(
            Environment environment,
            ServerConfig serverConfig,
            ClientConfig clientConfig,
            Enabled ofClients,
            Enabled ofServers) {
        this.environment = environment;
        this.serverConfig = serverConfig;
        this.clientConfig = clientConfig;
        this.names = SniContexts.of(serverConfig);
        this.clientSessions = new ClientSessions(clientConfig.context().clock());
        this.ofClients = ofClients;
        this.ofServers = ofServers;
    }

    public ServerConfig serverConfig() {
        return serverConfig;
    }

    public SniContexts names() {
        return names;
    }

    void sessionTimeout(Duration timeout) {
        serverConfig = serverConfig.with(serverConfig.sessions().withTimeout(timeout));
    }

    void sessionStore(SessionStore store) {
        serverConfig = serverConfig.with(store);
    }

    /** Sets the context of connections that begin from now on; ticket keys, store and the contexts of names stay. */
    public void context(ContextSettings context) {
        names.fallback(context);
        clientConfig = clientConfig.with(context);
    }

    /** Creates a socket with this role. */
    SSLSocket socket(TransportSource transport, ConnectionRole role) {
        return socket(transport, new SslConfiguration(role));
    }

    SSLSocket socket(TransportSource transport, SslConfiguration configuration) {
        return environment.socket(transport, configuration);
    }

    @Override
    public ClientRole client(@Nullable String host, int port) {
        ClientConfig config = clientConfig;
        String checked = host == null ? "" : host;
        Optional<String> name =
                checked.isEmpty() || HostNames.isIpAddress(checked) ? Optional.empty() : HostNames.sniName(checked);
        return new ClientRole(
                config, config.handshake().timeout(), new ClientConfig.Server(host, port, name, checked), this);
    }

    @Override
    public ServerRole server() {
        return new ServerRole(serverConfig, names.fallback(), names, HandshakeEvents.counting(counters), this);
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
