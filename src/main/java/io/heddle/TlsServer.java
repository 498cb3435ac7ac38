package io.heddle;

import io.heddle.failure.TlsFailure;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A TLS server: listens, and gives each connection a virtual thread of its own for handshake and handler. What Node's {@code
 * tls.Server} is.
 *
 * <p>Nothing that one connection does stops the others: a handshake runs off the accepting thread, a handler that throws ends
 * its own connection, and when file descriptors run out, accepting goes on as soon as there are some. Thread-safe.
 *
 * @see <a href="https://nodejs.org/api/tls.html#class-tlsserver">Node tls.Server</a>
 */
public final class TlsServer implements AutoCloseable {
    private static final Logger LOG = System.getLogger(TlsServer.class.getName());

    private static final int BACKLOG = 511;
    private static final Duration DRAIN = Duration.ofSeconds(10);

    /** How long accepting waits after it failed, first and at most; each further failure doubles it. */
    private static final Duration FIRST_PAUSE = Duration.ofMillis(5);

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

    private final ServerOptions options;
    private final ConnectionHandler handler;
    private final SniContexts names;
    private final Set<TlsSocket> connections = ConcurrentHashMap.newKeySet();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /** Written once under {@link #lock}, read by anyone. */
    private volatile @Nullable Listener listener;

    private volatile @Nullable SocketAddress address;
    private volatile boolean closing;

    private volatile BiConsumer<TlsFailure, TlsSocket> onTlsClientError = TlsServer::logClientError;
    private volatile Consumer<Throwable> onError = TlsServer::logError;
    private volatile Optional<OcspRequestListener> onOcspRequest;
    private volatile ConnectionHandler onConnection = socket -> {};

    TlsServer(ServerOptions options, ConnectionHandler handler) {
        this.options = options;
        this.handler = handler;
        this.names = new SniContexts(options.context(), options.sniCallback());
        this.onOcspRequest = options.onOcspRequest();
    }

    // Listening

    /**
     * Listens on a port of all addresses and returns the server, which accepts from now on.
     *
     * @param port 0 for any free one; {@link #address} tells which
     * @throws IOException if the port is taken or not allowed
     * @throws IllegalStateException if the server listens already, or was closed
     */
    public TlsServer listen(int port) throws IOException {
        return listen(new InetSocketAddress(port));
    }

    /** Listens on a port of one address; see {@link #listen(int)}. */
    public TlsServer listen(String host, int port) throws IOException {
        return listen(new InetSocketAddress(host, port));
    }

    /** Listens on a Unix-domain socket, whose file is made, and deleted at the end; see {@link #listen(int)}. */
    public TlsServer listen(Path unixSocket) throws IOException {
        return listen(UnixDomainSocketAddress.of(unixSocket));
    }

    /** Listens on a TCP or Unix-domain address; see {@link #listen(int)}. */
    public TlsServer listen(SocketAddress local) throws IOException {
        lock.lock();
        try {
            if (listener != null || closing) {
                throw new IllegalStateException(closing ? "the server was closed" : "the server listens already");
            }
            Listener opened = Listener.open(local, BACKLOG);
            address = opened.address();
            listener = opened;
            Thread.ofVirtual().name("heddle-accept-" + address).start(() -> accept(opened));
            return this;
        } finally {
            lock.unlock();
        }
    }

    /** Returns where the server listens, empty if it does not. */
    public Optional<SocketAddress> address() {
        return closing ? Optional.empty() : Optional.ofNullable(address);
    }

    /**
     * Returns the port that the server listens on.
     *
     * @throws IllegalStateException if it does not listen on TCP
     */
    public int port() {
        if (address().orElse(null) instanceof InetSocketAddress inet) {
            return inet.getPort();
        }
        throw new IllegalStateException("the server does not listen on a TCP port");
    }

    /** Returns how many connections are open, those in their handshake included. */
    public int connections() {
        return connections.size();
    }

    /** Returns the options. */
    public ServerOptions options() {
        return options;
    }

    /**
     * Adds, or replaces, the context for a host name, or for all names of one label below a domain ({@code *.example.com}).
     * Connections that have begun keep theirs.
     */
    public TlsServer addContext(String hostname, SecureContext context) {
        names.add(hostname, context);
        return this;
    }

    /** Makes a context of these options and adds it; see {@link #addContext(String, SecureContext)}. */
    public TlsServer addContext(String hostname, Consumer<SecureContext.Builder> contextOptions) {
        return addContext(hostname, Tls.createSecureContext(contextOptions));
    }

    /**
     * Replaces the default context, for connections that begin from now on; those that have begun keep theirs. Ticket keys and
     * session store stay, so sessions go on resuming.
     *
     * @see <a href="https://nodejs.org/api/tls.html#serversetsecurecontextoptions">Node server.setSecureContext</a>
     */
    public TlsServer setSecureContext(SecureContext context) {
        names.fallback(context);
        return this;
    }

    /**
     * Makes a context of these options and sets it; what they do not name has its default, not the old value. Where that fails
     * nothing has changed. See {@link #setSecureContext(SecureContext)}.
     */
    public TlsServer setSecureContext(Consumer<SecureContext.Builder> contextOptions) {
        return setSecureContext(Tls.createSecureContext(contextOptions));
    }

    /** Sets who is told of connections that fail before they are secure, on the connection's thread. Default: a debug log. */
    public TlsServer onTlsClientError(BiConsumer<TlsFailure, TlsSocket> listenerOfFailures) {
        onTlsClientError = listenerOfFailures;
        return this;
    }

    /** Sets who is told of what handlers throw and of failures to accept. Default: a warning in the log. */
    public TlsServer onError(Consumer<Throwable> listenerOfErrors) {
        onError = listenerOfErrors;
        return this;
    }

    /**
     * Sets who answers clients that ask for an OCSP response, for connections that begin from now on. Default: the one of the
     * options, else nobody.
     *
     * @see <a href="https://nodejs.org/api/tls.html#event-ocsprequest">Node event OCSPRequest</a>
     */
    public TlsServer onOcspRequest(OcspRequestListener listener) {
        onOcspRequest = Optional.of(listener);
        return this;
    }

    /**
     * Sets who is told of each connection before its handshake, on the connection's thread. It may block, and {@link
     * TlsSocket#abort} turns the client away. What it throws ends the connection and goes to {@link #onError}. Default: nobody.
     *
     * @see <a href="https://nodejs.org/api/tls.html#event-connection">Node event connection</a>
     */
    public TlsServer onConnection(ConnectionHandler listenerOfConnections) {
        onConnection = listenerOfConnections;
        return this;
    }

    // Accepting

    /**
     * Serves a connection that somebody else made, as if it had come in by {@link #listen}, which need not have been called. It
     * returns at once; the connection is the server's from now on, and is closed by it. What Node does by {@code
     * server.emit('connection', socket)}.
     *
     * @throws IllegalStateException if the server was closed; the connection is left as it was
     */
    public void accept(Socket connected) {
        acceptUnlessClosed(new Underlay.OverSocket(connected, null, true));
    }

    /** Serves a connection over a channel in blocking mode; see {@link #accept(Socket)}. */
    public void accept(SocketChannel connected) {
        acceptUnlessClosed(new Underlay.OverChannel(connected));
    }

    /** Serves a connection over a pair of streams; see {@link #accept(Socket)}. */
    public void accept(InputStream in, OutputStream out) {
        acceptUnlessClosed(new Underlay.OverStreams(in, out));
    }

    private void acceptUnlessClosed(Underlay brought) {
        if (closing) {
            throw new IllegalStateException("the server was closed");
        }
        serve(brought);
    }

    private void accept(Listener from) {
        Duration pause = FIRST_PAUSE;
        while (!closing) {
            try {
                serve(from.accept());
                pause = FIRST_PAUSE;
            } catch (IOException | RuntimeException | Error e) {
                // An Error too: who has no descriptor cannot load a class either, and without this loop there is no
                // server.
                if (from.isClosed()) {
                    return;
                }
                // Out of descriptors, most often. The connection stays in the backlog; others that end make room.
                tellError(e);
                pauseAccepting(pause);
                pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause.multipliedBy(2);
            }
        }
    }

    private void pauseAccepting(Duration pause) {
        lock.lock();
        try {
            long left = pause.toNanos();
            while (left > 0 && !closing) {
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    private void serve(Underlay accepted) {
        var socket = new TlsSocket(accepted, new SocketRole.Server(options, names.fallback(), names, onOcspRequest));
        connections.add(socket);
        if (closing) {
            // Whoever closes may have looked before this connection was there.
            end(socket);
            return;
        }
        try {
            Thread.ofVirtual().name("heddle-connection").start(() -> run(socket));
        } catch (RuntimeException | OutOfMemoryError e) {
            end(socket);
            throw e;
        }
    }

    /** One connection from its handshake to its end. */
    private void run(TlsSocket socket) {
        try {
            onConnection.handle(socket);
            if (socket.isClosed()) {
                return;
            }
            socket.startHandshake();
            handler.handle(socket);
        } catch (TlsFailure e) {
            if (socket.getProtocol() == null) {
                tellClientError(e, socket);
            } else {
                tellError(e);
            }
        } catch (Throwable e) {
            if (!(closing && e instanceof IOException)) {
                tellError(e);
            }
        } finally {
            end(socket);
        }
    }

    private void end(TlsSocket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            LOG.log(Level.TRACE, "closing {0} failed", socket, e);
        } finally {
            connections.remove(socket);
            if (closing) {
                signal();
            }
        }
    }

    private void tellClientError(TlsFailure failure, TlsSocket socket) {
        try {
            onTlsClientError.accept(failure, socket);
        } catch (Throwable e) {
            tellError(e);
        }
    }

    private void tellError(Throwable error) {
        try {
            onError.accept(error);
        } catch (Throwable e) {
            LOG.log(Level.WARNING, "the error listener failed", e);
        }
    }

    private static void logClientError(TlsFailure failure, TlsSocket socket) {
        LOG.log(Level.DEBUG, "{0} from {1}", failure.getMessage(), socket.getRemoteSocketAddress());
    }

    private static void logError(Throwable error) {
        Level level = error instanceof IOException ? Level.DEBUG : Level.WARNING;
        LOG.log(level, "connection ended", error);
    }

    // The end

    /** Stops accepting, lets connections finish for 10 s, and closes those that are left. */
    @Override
    public void close() {
        close(DRAIN);
    }

    /** Stops accepting, lets connections finish for as long as {@code drain}, and closes those that are left. */
    public void close(Duration drain) {
        stopListening();
        awaitNoConnections(drain);
        for (TlsSocket each : connections) {
            Thread.ofVirtual().name("heddle-close").start(() -> end(each));
        }
        // Each takes a second at most, and all of them close at the same time.
        awaitNoConnections(Duration.ofSeconds(5));
        ended.countDown();
    }

    private void stopListening() {
        lock.lock();
        try {
            closing = true;
            changed.signalAll();
            Listener opened = listener;
            if (opened != null && !opened.isClosed()) {
                opened.close();
            }
        } catch (IOException e) {
            LOG.log(Level.WARNING, "closing the listener failed", e);
        } finally {
            lock.unlock();
        }
    }

    private void awaitNoConnections(Duration limit) {
        long left = limit.toNanos();
        lock.lock();
        try {
            while (!connections.isEmpty() && left > 0) {
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    private void signal() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until {@link #close} has ended. */
    public void awaitClose() throws InterruptedException {
        ended.await();
    }

    /** Waits until {@link #close} has ended, for a while. */
    public boolean awaitClose(Duration limit) throws InterruptedException {
        return ended.await(limit.toNanos(), TimeUnit.NANOSECONDS);
    }
}
