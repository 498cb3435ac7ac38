package io.heddle;

import io.heddle.callback.NewSessionListener;
import io.heddle.callback.OcspProblemListener;
import io.heddle.callback.OcspRequestListener;
import io.heddle.callback.RemoveSessionListener;
import io.heddle.callback.ResumeSessionListener;
import io.heddle.failure.TlsFailure;
import java.io.IOException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** The part of {@link TlsServer} that takes listeners. Each call adds one, which counts for connections that come after it. */
abstract sealed class ObservedServer permits TlsServer {
    private final ServerEvents events = new ServerEvents();

    final ServerEvents events() {
        return events;
    }

    abstract TlsServer self();

    /**
     * Adds a listener of connections that fail before they are secure; the handshake's failure, and the socket, which is closed and
     * knows the server name if the client got as far as that. It is told once for a connection, on the connection's
     * thread or, where a handshake takes too long, that of the deadline.
     * While there is none, a debug log is written.
     *
     * @see <a href="https://nodejs.org/api/tls.html#event-tlsclienterror">Node event tlsClientError</a>
     */
    public final TlsServer onTlsClientError(BiConsumer<TlsFailure, TlsSocket> listenerOfFailures) {
        events.tlsClientError.add(listenerOfFailures);
        return self();
    }

    /**
     * Adds a listener of what handlers and listeners throw and of failures to accept. While there is none, a warning is
     * logged, or a debug log for an {@link IOException}.
     */
    public final TlsServer onError(Consumer<Throwable> listenerOfErrors) {
        events.error.add(listenerOfErrors);
        return self();
    }

    /**
     * Adds a listener of connections whose handshake is complete and whose client is verified or tolerated. It runs before the
     * handler, on the connection's thread, and may block. What it throws ends the connection and goes to {@link #onError}; the
     * socket stays open when it returns.
     *
     * @see <a href="https://nodejs.org/api/tls.html#event-secureconnection">Node event secureConnection</a>
     */
    public final TlsServer onSecureConnection(ConnectionHandler listenerOfConnections) {
        events.secureConnection.add(listenerOfConnections);
        return self();
    }

    /**
     * Adds a listener that keeps the sessions that no ticket carries: where tickets are off, or the client knows none. In TLS 1.2 it
     * is called once in a full handshake, in TLS 1.3 for each ticket that is sent, whose bytes are the id; always before the
     * connection is secure. A session store that the options name has the session first, and the listeners beside it.
     *
     * @see <a href="https://nodejs.org/api/tls.html#event-newsession">Node event newSession</a>
     */
    public final TlsServer onNewSession(NewSessionListener keeper) {
        events.newSession.add(keeper);
        return self();
    }

    /**
     * Adds a listener that finds sessions by id: in TLS 1.2 where the client sends no ticket, in TLS 1.3 where tickets are off.
     * The session store of the options is asked first, then the listeners in the order of adding, until one has the session.
     *
     * @see <a href="https://nodejs.org/api/tls.html#event-resumesession">Node event resumeSession</a>
     */
    public final TlsServer onResumeSession(ResumeSessionListener finder) {
        events.resumeSession.add(finder);
        return self();
    }

    /**
     * Adds a listener that removes sessions from where the listener of new ones put them: a fatal alert, sent or received, has ended a
     * connection that made or resumed the session. The session store of the options is called first, {@link
     * io.heddle.session.SessionStore#remove}. Runs on a virtual thread; what it throws goes to the listeners of errors.
     */
    public final TlsServer onRemoveSession(RemoveSessionListener remover) {
        events.removeSession.add(remover);
        return self();
    }

    /**
     * Adds a listener of connections that were closed as soon as they came, because there were {@link TlsServer#maxConnections} already. It
     * runs on a thread of its own.
     *
     * @see <a href="https://nodejs.org/api/net.html#event-drop">Node event drop</a>
     */
    public final TlsServer onDrop(Consumer<DroppedConnection> listenerOfDrops) {
        events.drop.add(listenerOfDrops);
        return self();
    }

    /**
     * Adds a listener that is called once, when {@link TlsServer#close()} has ended and no connection is left, on the thread that closed or one
     * of its own.
     *
     * @see <a href="https://nodejs.org/api/net.html#event-close">Node event close</a>
     */
    public final TlsServer onClose(Runnable listenerOfTheEnd) {
        events.close.add(listenerOfTheEnd);
        return self();
    }

    /**
     * Adds a listener that gets the key log of all connections that are accepted from now on: each line with its line end, as {@link
     * TlsSocket#onKeylog} describes them, and the connection's socket, whose handshake is not complete. It runs on the
     * connection's thread; what it throws ends that connection, {@code ERR_TLS_CALLBACK}. Default: nobody, and nothing is extracted.
     *
     * @see <a href="https://nodejs.org/api/tls.html#event-keylog">Node event keylog</a>
     */
    public final TlsServer onKeylog(BiConsumer<String, TlsSocket> listenerOfSecrets) {
        events.keylog.add(listenerOfSecrets);
        return self();
    }

    /**
     * Adds a listener that answers clients that ask for an OCSP response, for connections that begin from now on. The first that
     * has one decides; the listener of the options is asked last.
     *
     * @see <a href="https://nodejs.org/api/tls.html#event-ocsprequest">Node event OCSPRequest</a>
     */
    public final TlsServer onOcspRequest(OcspRequestListener listener) {
        events.ocspRequest.add(listener);
        return self();
    }

    /**
     * Adds a listener of OCSP responses that {@link #onOcspRequest} supplied and that are not good: each is left out, but for
     * those that say that the certificate is revoked. It is called for each connection that would have had the response. While
     * there is none, a warning is logged once a minute at most.
     *
     * @see ServerOptions.Builder#verifyOCSP
     */
    public final TlsServer onOcspProblem(OcspProblemListener listener) {
        events.ocspProblem.add(listener);
        return self();
    }

    /**
     * Adds a listener that is told of each connection before its handshake, on the connection's thread. It may block, and {@link
     * TlsSocket#abort} turns the client away. What it throws ends the connection and goes to {@link #onError}.
     *
     * @see <a href="https://nodejs.org/api/tls.html#event-connection">Node event connection</a>
     */
    public final TlsServer onConnection(ConnectionHandler listenerOfConnections) {
        events.connection.add(listenerOfConnections);
        return self();
    }
}
