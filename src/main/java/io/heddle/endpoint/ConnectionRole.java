package io.heddle.endpoint;

import io.heddle.engine.Connection;
import io.heddle.engine.RecordExchange;
import io.heddle.engine.transport.Transport;
import io.heddle.failure.TlsFailure;
import io.heddle.session.ClientCertificatePolicy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The client or server role of a connection: the options of that side, and how they become the settings of its
 * handshakes.
 */
public sealed interface ConnectionRole permits ClientRole, ServerRole {
    ContextSettings context();

    Duration handshakeTimeout();

    RoleSource source();

    /** Returns the host the connection leads to, or null if it is unknown. */
    @Nullable
    String peerHost();

    /** Returns the port of {@link #peerHost}, negative if it is unknown. */
    int peerPort();

    /** Returns the server name that is requested; empty on a server. */
    Optional<String> servername();

    // The initial values of an SslConfiguration

    List<String> alpnProtocols();

    String endpointIdentification();

    ClientCertificatePolicy clientCertificates();

    default boolean isClient() {
        return this instanceof ClientRole;
    }

    default List<String> protocols() {
        return source().protocols(isClient()).orElseGet(context()::protocolNames);
    }

    default List<String> cipherSuites() {
        return source().cipherSuites(isClient()).orElseGet(context()::suiteNames);
    }

    // Connections

    /** Returns a connection over a transport. Performs no I/O. */
    Connection open(Transport transport, Endpoint endpoint, SslConfiguration configuration) throws TlsFailure;

    /** Returns a connection whose records are carried by the caller. */
    RecordExchange exchange(Endpoint endpoint, SslConfiguration configuration) throws TlsFailure;

    /** Returns JSSE's view of a session of this role. */
    default SocketSession session(SessionFacts facts, @Nullable String host, int port) {
        return new SocketSession(
                facts,
                context().negotiable().sigalgs(),
                host,
                port,
                source().sessionContext(isClient()).orElse(null));
    }
}
