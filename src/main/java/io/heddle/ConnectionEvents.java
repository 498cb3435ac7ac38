package io.heddle;

import io.heddle.endpoint.HandshakeEvents;
import io.heddle.endpoint.ServerCounters;
import io.heddle.failure.TlsFailure;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;

/** The listeners of one connection of a server: those the server had when the connection began. Thread-safe. */
final class ConnectionEvents {
    private static final Logger LOG = System.getLogger("io.heddle.TlsServer");

    private final List<ConnectionHandler> connection;
    private final List<ConnectionHandler> secureConnection;
    private final List<BiConsumer<TlsFailure, TlsSocket>> tlsClientError;
    private final List<BiConsumer<String, TlsSocket>> keylog;
    private final HandshakeEvents handshake;
    private final ServerCounters counters;
    private final AtomicBoolean failed = new AtomicBoolean();

    ConnectionEvents(ServerEvents server) {
        connection = server.connection.listeners();
        secureConnection = server.secureConnection.listeners();
        tlsClientError = server.tlsClientError.listeners();
        keylog = server.keylog.listeners();
        counters = server.counters;
        handshake = new HandshakeEvents(
                counters,
                server.newSession.listeners(),
                server.resumeSession.listeners(),
                server.removeSession.listeners(),
                server.ocspRequest.listeners(),
                server.ocspProblem.listeners(),
                server.error.listeners());
    }

    /** Returns the part for the handshakes of the connection. */
    HandshakeEvents handshake() {
        return handshake;
    }

    /** Subscribes the listeners of the key log to the connection's own. */
    void observe(TlsSocket socket) {
        for (BiConsumer<String, TlsSocket> listener : keylog) {
            socket.onKeylog(line -> listener.accept(line, socket));
        }
    }

    void connection(TlsSocket socket) throws Exception {
        for (ConnectionHandler listener : connection) {
            listener.handle(socket);
        }
    }

    void secureConnection(TlsSocket socket) throws Exception {
        counters.handshake(socket.negotiated());
        for (ConnectionHandler listener : secureConnection) {
            listener.handle(socket);
        }
    }

    /** Notifies of the failure that kept the connection from becoming secure; the first call only. */
    void tlsClientError(TlsFailure failure, TlsSocket socket) {
        if (!failed.compareAndSet(false, true)) {
            return;
        }
        counters.failure(failure.code());
        if (tlsClientError.isEmpty()) {
            LOG.log(Level.DEBUG, "{0} from {1}", failure.getMessage(), socket.getRemoteSocketAddress());
        }
        for (BiConsumer<TlsFailure, TlsSocket> listener : tlsClientError) {
            try {
                listener.accept(failure, socket);
            } catch (Throwable e) {
                error(e);
            }
        }
    }

    void error(Throwable thrown) {
        handshake.error(thrown);
    }
}
