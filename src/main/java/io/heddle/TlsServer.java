package io.heddle;

import io.heddle.callback.NewSessionListener;
import io.heddle.callback.OcspProblemListener;
import io.heddle.callback.OcspRequestListener;
import io.heddle.callback.RemoveSessionListener;
import io.heddle.callback.ResumeSessionListener;

import io.heddle.engine.transport.DeferredInterrupt;
import io.heddle.engine.transport.PlatformExecutor;
import io.heddle.engine.transport.ReadDeadline;
import io.heddle.engine.transport.Watchdog;
import io.heddle.failure.TlsFailure;
import io.heddle.session.TicketKeys;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
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
 * its own connection with a fatal alert, and when file descriptors run out, accepting goes on as soon as there are some.
 * Accepting and deadlines need no free carrier thread. Thread-safe.
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

    /** How long the accepting thread is waited for on closing; a listener of errors may keep it. */
    private static final Duration ACCEPTOR_BOUND = Duration.ofSeconds(1);

    private final ServerOptions options;
    private final ConnectionHandler handler;
    private final SniContexts names;
    private final ServerEvents events = new ServerEvents();
    private final CountDownLatch acceptorEnded = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /** Written once under {@link #lock}, read by anyone. */
    private volatile @Nullable Listener listener;

    /** Written once under {@link #lock}, read by who closes. */
    private volatile @Nullable Thread acceptor;

    private volatile @Nullable SocketAddress address;
    private volatile boolean closing;
    private volatile int maxConnections;

    /** Written once under {@link #lock}, where JMX shows the server. */
    private @Nullable AutoCloseable management;

    private final AtomicBoolean over = new AtomicBoolean();

    private final OpenConnections connections;

    TlsServer(ServerOptions options, ConnectionHandler handler) {
        this.options = options;
        this.handler = handler;
        this.maxConnections = options.maxConnections();
        this.connections = new OpenConnections(events.counters);
        this.names = new SniContexts(options.context(), options.sniCallback());
    }

    // Listening

    /**
     * Listens on a port of all addresses and returns the server, which accepts from now on.
     *
     * <p>A server without a certificate may listen, as in Node, and be given one later; a warning is logged.
     *
     * @param port 0 for any free one; {@link #address} has it then
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
            if (cannotAnswer()) {
                LOG.log(
                        Level.WARNING,
                        "{0}: the server has no certificate, no context of a name and no callback that could give one; until"
                                + " setSecureContext or addContext is called every handshake fails",
                        AddressText.of(opened.address()));
            }
            if (options.jmx()) {
                management = ManagedServer.register(this, AddressText.of(opened.address()));
            }
            // A platform thread: connections are taken in while handlers keep all carriers busy, too.
            acceptor = Thread.ofPlatform()
                    .daemon()
                    .name("heddle-accept-" + address)
                    .start(() -> acceptAll(opened));
            return this;
        } finally {
            lock.unlock();
        }
    }

    private boolean cannotAnswer() {
        return !names.fallback().hasCredentials()
                && !names.dependsOnName()
                && options.pskCallback().isEmpty()
                && options.alpnCallback().isEmpty();
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

    /**
     * Returns whether the server listens.
     *
     * @see <a href="https://nodejs.org/api/net.html#serverlistening">Node server.listening</a>
     */
    public boolean listening() {
        Listener opened = listener;
        return opened != null && !closing && !opened.isClosed();
    }

    /** Returns how many connections are open, those in their handshake included. */
    public int connections() {
        return connections.size();
    }

    /** Returns how many connections the server takes at a time. */
    public int maxConnections() {
        return maxConnections;
    }

    /**
     * Sets how many connections the server takes at a time, those in their handshake included. What comes beyond is closed at
     * once; connections that are there stay.
     *
     * @param connections 0 for none at all; {@link Integer#MAX_VALUE} for as many as come
     * @throws io.heddle.failure.InvalidOption with {@code ERR_OUT_OF_RANGE} if it is negative
     * @see <a href="https://nodejs.org/api/net.html#servermaxconnections">Node server.maxConnections</a>
     */
    public TlsServer setMaxConnections(int connections) {
        maxConnections = Checks.notNegative("maxConnections", connections);
        return this;
    }

    /** Returns what the server has counted so far. Goes over the session store, if that counts what it holds. */
    public ServerStatistics statistics() {
        return events.counters.statistics(connections.size(), ServerStatistics.Sessions.of(options.sessionStore()));
    }

    /** Returns the statistics without the store's own. */
    ServerStatistics figures() {
        return events.counters.statistics(connections.size(), Optional.empty());
    }

    /**
     * Returns the 48 bytes of the ticket key that seals, whether it was given or is random. Secret.
     *
     * @see <a href="https://nodejs.org/api/tls.html#servergetticketkeys">Node server.getTicketKeys</a>
     */
    public byte[] getTicketKeys() {
        return options.ticketKeys().current().toBytes();
    }

    /**
     * Replaces the ticket keys, for handshakes that have not yet come to their ticket: the first seals, all open, so that the
     * tickets under an old key work for as long as it is among them. Others lead to full handshakes. Whoever shares the options'
     * {@link io.heddle.session.TicketKeyManager} gets the new keys as well.
     *
     * @param keys one or more, each of exactly 48 bytes: name, HMAC key, AES key
     * @throws io.heddle.failure.InvalidOption with {@code ERR_INVALID_ARG_VALUE} if there is none or one has another length;
     *     the old keys stay
     * @see <a href="https://nodejs.org/api/tls.html#serversetticketkeyskeys">Node server.setTicketKeys</a>
     */
    public TlsServer setTicketKeys(byte[]... keys) {
        options.ticketKeys().set(TicketKeys.fromBytes(keys));
        return this;
    }

    /** Returns the options. */
    public ServerOptions options() {
        return options;
    }

    /**
     * Adds, or replaces, the context for a host name, or for all names of a pattern: each {@code *} stands for any characters but a
     * dot, as in {@code *.example.com}. An exact name wins over patterns, and of these the one with more other characters.
     * Connections that have begun keep theirs.
     *
     * @throws io.heddle.failure.InvalidOption {@code ERR_TLS_REQUIRED_SERVER_NAME} if the name is empty
     * @see <a href="https://nodejs.org/api/tls.html#serveraddcontexthostname-context">Node server.addContext</a>
     */
    public TlsServer addContext(String hostname, SecureContext context) {
        names.add(hostname, context);
        return this;
    }

    /** Makes a context of these options and adds it; see {@link #addContext(String, SecureContext)}. */
    public TlsServer addContext(String hostname, Consumer<SecureContext.Builder> contextOptions) {
        return addContext(hostname, SecureContext.of(contextOptions));
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
        return setSecureContext(SecureContext.of(contextOptions));
    }

    // Listeners; a connection notifies those that were added before it began

    /**
     * Adds a listener of connections that fail before they are secure; the handshake's failure, and the socket, which is closed and
     * knows the server name if the client got as far as that. It is connectionEvents once for a connection, on the connection's
     * thread or, where a handshake takes too long, that of the deadline.
     * While there is none, a debug log is written.
     *
     * @see <a href="https://nodejs.org/api/tls.html#event-tlsclienterror">Node event tlsClientError</a>
     */
    public TlsServer onTlsClientError(BiConsumer<TlsFailure, TlsSocket> listenerOfFailures) {
        events.tlsClientError.add(listenerOfFailures);
        return this;
    }

    /**
     * Adds a listener of what handlers and listeners throw and of failures to accept. While there is none, a warning is
     * logged, or a debug log for an {@link IOException}.
     */
    public TlsServer onError(Consumer<Throwable> listenerOfErrors) {
        events.error.add(listenerOfErrors);
        return this;
    }

    /**
     * Adds a listener of connections whose handshake is complete and whose client is verified or tolerated. It runs before the
     * handler, on the connection's thread, and may block. What it throws ends the connection and goes to {@link #onError}; the
     * socket stays open when it returns.
     *
     * @see <a href="https://nodejs.org/api/tls.html#event-secureconnection">Node event secureConnection</a>
     */
    public TlsServer onSecureConnection(ConnectionHandler listenerOfConnections) {
        events.secureConnection.add(listenerOfConnections);
        return this;
    }

    /**
     * Adds a listener that keeps the sessions that no ticket carries: where tickets are off, or the client knows none. In TLS 1.2 it
     * is called once in a full handshake, in TLS 1.3 for each ticket that is sent, whose bytes are the id; always before the
     * connection is secure. A session store that the options name has the session first, and the listeners beside it.
     *
     * @see <a href="https://nodejs.org/api/tls.html#event-newsession">Node event newSession</a>
     */
    public TlsServer onNewSession(NewSessionListener keeper) {
        events.newSession.add(keeper);
        return this;
    }

    /**
     * Adds a listener that finds sessions by id: in TLS 1.2 where the client sends no ticket, in TLS 1.3 where tickets are off.
     * The session store of the options is asked first, then the listeners in the order of adding, until one has the session.
     *
     * @see <a href="https://nodejs.org/api/tls.html#event-resumesession">Node event resumeSession</a>
     */
    public TlsServer onResumeSession(ResumeSessionListener finder) {
        events.resumeSession.add(finder);
        return this;
    }

    /**
     * Adds a listener that removes sessions from where the listener of new ones put them: a fatal alert, sent or received, has ended a
     * connection that made or resumed the session. The session store of the options is called first, {@link
     * io.heddle.session.SessionStore#remove}. Runs on a virtual thread; what it throws goes to the listeners of errors.
     */
    public TlsServer onRemoveSession(RemoveSessionListener remover) {
        events.removeSession.add(remover);
        return this;
    }

    /**
     * Adds a listener of connections that were closed as soon as they came, because there were {@link TlsServer#maxConnections} already. It
     * runs on a thread of its own.
     *
     * @see <a href="https://nodejs.org/api/net.html#event-drop">Node event drop</a>
     */
    public TlsServer onDrop(Consumer<DroppedConnection> listenerOfDrops) {
        events.drop.add(listenerOfDrops);
        return this;
    }

    /**
     * Adds a listener that is called once, when {@link TlsServer#close()} has ended and no connection is left, on the thread that closed or one
     * of its own.
     *
     * @see <a href="https://nodejs.org/api/net.html#event-close">Node event close</a>
     */
    public TlsServer onClose(Runnable listenerOfTheEnd) {
        events.close.add(listenerOfTheEnd);
        return this;
    }

    /**
     * Adds a listener that gets the key log of all connections that are accepted from now on: each line with its line end, as {@link
     * TlsSocket#onKeylog} describes them, and the connection's socket, whose handshake is not complete. It runs on the
     * connection's thread; what it throws ends that connection, {@code ERR_TLS_CALLBACK}. Default: nobody, and nothing is extracted.
     *
     * @see <a href="https://nodejs.org/api/tls.html#event-keylog">Node event keylog</a>
     */
    public TlsServer onKeylog(BiConsumer<String, TlsSocket> listenerOfSecrets) {
        events.keylog.add(listenerOfSecrets);
        return this;
    }

    /**
     * Adds a listener that answers clients that ask for an OCSP response, for connections that begin from now on. The first that
     * has one decides; the listener of the options is asked last.
     *
     * @see <a href="https://nodejs.org/api/tls.html#event-ocsprequest">Node event OCSPRequest</a>
     */
    public TlsServer onOcspRequest(OcspRequestListener listener) {
        events.ocspRequest.add(listener);
        return this;
    }

    /**
     * Adds a listener of OCSP responses that {@link #onOcspRequest} supplied and that are not good: each is left out, but for
     * those that say that the certificate is revoked. It is called for each connection that would have had the response. While
     * there is none, a warning is logged once a minute at most.
     *
     * @see ServerOptions.Builder#verifyOCSP
     */
    public TlsServer onOcspProblem(OcspProblemListener listener) {
        events.ocspProblem.add(listener);
        return this;
    }

    /**
     * Adds a listener that is connectionEvents of each connection before its handshake, on the connection's thread. It may block, and {@link
     * TlsSocket#abort} turns the client away. What it throws ends the connection and goes to {@link #onError}.
     *
     * @see <a href="https://nodejs.org/api/tls.html#event-connection">Node event connection</a>
     */
    public TlsServer onConnection(ConnectionHandler listenerOfConnections) {
        events.connection.add(listenerOfConnections);
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

    private void acceptAll(Listener from) {
        try {
            accept(from);
        } finally {
            acceptorEnded.countDown();
        }
    }

    private void accept(Listener from) {
        Duration pause = FIRST_PAUSE;
        while (!closing) {
            // A listener of errors or drops may have left one, which closes channels.
            Thread.interrupted();
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
                events.notifyError(e);
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
        if (connections.size() >= maxConnections) {
            drop(accepted);
            return;
        }
        events.counters.accepted.increment();
        ConnectionEvents connectionEvents = events.begin();
        var socket =
                new TlsSocket(accepted, new ServerRole(options, names.fallback(), names, connectionEvents.handshake()));
        connectionEvents.observe(socket);
        Watchdog start = Watchdog.after(options.handshakeTimeout(), () -> notStarted(socket, connectionEvents));
        Thread thread = Thread.ofVirtual().name("heddle-connection").unstarted(() -> {
            start.close();
            run(socket, connectionEvents);
        });
        connections.add(socket, thread);
        if (closing) {
            // The thread that closes may have looked before this connection was there.
            start.close();
            connections.end(socket);
            return;
        }
        try {
            thread.start();
        } catch (RuntimeException | OutOfMemoryError e) {
            start.close();
            connections.end(socket);
            throw e;
        }
    }

    /** No carrier was free for the thread of a connection, for as long as its handshake may take. */
    private void notStarted(TlsSocket socket, ConnectionEvents connectionEvents) {
        connections.end(socket);
        PlatformExecutor.CLOSING.execute(() -> connectionEvents.tlsClientError(
                TlsFailure.Code.ERR_TLS_HANDSHAKE_TIMEOUT.failure(
                        "handshake: not begun within %d ms, no thread was free",
                        options.handshakeTimeout().toMillis()),
                socket));
    }

    private void drop(Underlay accepted) {
        var dropped = new DroppedConnection(
                Optional.ofNullable(accepted.remoteAddress()), Optional.ofNullable(accepted.localAddress()));
        try {
            accepted.close();
        } catch (IOException e) {
            LOG.log(Level.TRACE, "closing a dropped connection failed", e);
        }
        events.dropped(dropped);
    }

    /** One connection from its handshake to its end. */
    private void run(TlsSocket socket, ConnectionEvents connectionEvents) {
        try {
            if (socket.isClosed()) {
                return;
            }
            connectionEvents.connection(socket);
            if (socket.isClosed()) {
                return;
            }
            socket.startHandshake(failure -> {
                connectionEvents.tlsClientError(failure, socket);
                connections.end(socket);
            });
            connectionEvents.secureConnection(socket);
            handler.handle(socket);
        } catch (TlsFailure e) {
            if (socket.getProtocol() == null) {
                connectionEvents.tlsClientError(e, socket);
            } else {
                cutOff(socket, e);
                connectionEvents.error(e);
            }
        } catch (Throwable e) {
            cutOff(socket, e);
            if (e instanceof SocketTimeoutException
                    && socket.getProtocol() == null
                    && e.getCause() instanceof TlsFailure late) {
                // The SO_TIMEOUT of a socket that was brought was shorter than the time for the handshake.
                connectionEvents.tlsClientError(late, socket);
            } else if (!(closing && e instanceof IOException)) {
                connectionEvents.error(e);
            }
        } finally {
            connections.end(socket);
        }
    }

    /** A peer must not take for the whole answer what a handler wrote before it threw: it gets an alert, not close_notify. */
    private static void cutOff(TlsSocket socket, Throwable thrown) {
        try {
            socket.closeWithAlert(TlsFailure.Code.ERR_TLS_CALLBACK.failure(thrown, "handler: it threw %s", thrown));
        } catch (IOException e) {
            LOG.log(Level.TRACE, "closing {0} failed", socket, e);
        }
    }

    // The end

    /** Stops accepting, lets connections finish for 10 s, and closes those that are left; see {@link #close(Duration)}. */
    @Override
    public void close() {
        close(DRAIN);
    }

    /**
     * Stops accepting, lets connections finish for as long as {@code drain}, and closes those that are left. Takes at most 5 s
     * longer; an interrupt does not shorten it and stays pending. On the thread of a connection, in a handler or a listener, it only
     * stops accepting, and the rest happens on another thread: it would wait for itself.
     *
     * @see <a href="https://nodejs.org/api/tls.html#serverclosecallback">Node server.close</a>
     */
    public void close(Duration drain) {
        stopListening();
        awaitAcceptor();
        if (connections.serves(Thread.currentThread())) {
            Thread.ofPlatform().daemon().name("heddle-close-server").start(() -> finish(drain));
        } else {
            finish(drain);
        }
    }

    private void finish(Duration drain) {
        connections.awaitNone(drain);
        connections.endAll();
        // Each takes a second at most, and all of them close at the same time.
        connections.awaitNone(Duration.ofSeconds(5));
        if (over.compareAndSet(false, true)) {
            events.closed();
            ended.countDown();
        }
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
            unregister();
        } catch (IOException e) {
            LOG.log(Level.WARNING, "closing the listener failed", e);
        } finally {
            lock.unlock();
        }
    }

    /** The system keeps the port for as long as somebody waits in accept, who has been woken. */
    private void awaitAcceptor() {
        Thread accepting = acceptor;
        if (accepting == null || accepting == Thread.currentThread()) {
            return;
        }
        try (var interrupt = new DeferredInterrupt()) {
            // Not Thread.join, which waits for a platform thread in a monitor.
            if (!interrupt.await(acceptorEnded, ACCEPTOR_BOUND)) {
                LOG.log(Level.DEBUG, "{0} is still in a listener", accepting.getName());
            }
        }
    }

    private void unregister() {
        AutoCloseable registered = management;
        management = null;
        if (registered != null) {
            try {
                registered.close();
            } catch (Exception e) {
                LOG.log(Level.WARNING, "jmx: the server could not be taken out", e);
            }
        }
    }

    /** Waits until {@link #close} has ended. */
    public void awaitClose() throws InterruptedException {
        ended.await();
    }

    /** Waits until {@link #close} has ended, for a while. */
    public boolean awaitClose(Duration limit) throws InterruptedException {
        return ended.await(ReadDeadline.nanos(limit), TimeUnit.NANOSECONDS);
    }
}
