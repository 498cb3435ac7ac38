package io.heddle;

import io.heddle.callback.NewSessionListener;
import io.heddle.callback.OcspProblemListener;
import io.heddle.callback.OcspRequestListener;
import io.heddle.callback.RemoveSessionListener;
import io.heddle.callback.ResumeSessionListener;
import io.heddle.endpoint.HostNames;
import io.heddle.endpoint.OptionChecks;
import io.heddle.endpoint.ServerRole;
import io.heddle.endpoint.SniContexts;
import io.heddle.engine.transport.DeferredInterrupt;
import io.heddle.engine.transport.PlatformExecutor;
import io.heddle.engine.transport.ReadDeadline;
import io.heddle.engine.transport.TransportSource;
import io.heddle.engine.transport.Watchdog;
import io.heddle.failure.TlsFailure;
import io.heddle.session.TicketKeys;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.net.UnixDomainSocketAddress;
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
 * A TLS server, as Node's {@code tls.Server}: accepts connections and runs the handshake and the handler of each on a
 * virtual thread of its own.
 *
 * <p>Connections do not affect each other: handshakes run off the accepting thread, a handler that throws ends its own
 * connection with a fatal alert, and when file descriptors run out, accepting resumes as soon as some are free.
 * Accepting and deadlines need no free carrier thread. Thread-safe.
 *
 * @see <a href="https://nodejs.org/api/tls.html#class-tlsserver">Node tls.Server</a>
 */
public final class TlsServer implements AutoCloseable {
    private static final Logger LOG = System.getLogger(TlsServer.class.getName());

    private static final int BACKLOG = 511;
    private static final Duration DRAIN = Duration.ofSeconds(10);

    /** The pause after a failure to accept; each further failure doubles it, up to {@link #LONGEST_PAUSE}. */
    private static final Duration FIRST_PAUSE = Duration.ofMillis(5);

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

    /** The limit for waiting on the accepting thread on close, which may be in a listener of errors. */
    private static final Duration ACCEPTOR_BOUND = Duration.ofSeconds(1);

    private final ServerOptions options;
    private final ConnectionHandler handler;
    private final SniContexts names;
    private final ServerEvents events = new ServerEvents();
    private final CountDownLatch acceptorEnded = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /** Written once under {@link #lock}, read by any thread. */
    private volatile @Nullable Listener listener;

    /** Written once under {@link #lock}, read on close. */
    private volatile @Nullable Thread acceptor;

    private volatile @Nullable SocketAddress address;
    private volatile boolean closing;
    private volatile int maxConnections;

    /** The registration with JMX, if the options request it; written once under {@link #lock}. */
    private @Nullable AutoCloseable management;

    private final AtomicBoolean over = new AtomicBoolean();

    private final OpenConnections connections;

    TlsServer(ServerOptions options, ConnectionHandler handler) {
        this.options = options;
        this.handler = handler;
        this.maxConnections = options.maxConnections();
        this.connections = new OpenConnections(events.counters);
        this.names = SniContexts.of(options.config());
    }

    // Listening

    /**
     * Starts listening on a port of all addresses.
     *
     * <p>As in Node, a server without a certificate may listen and be given one later; a warning is logged.
     *
     * @param port 0 for any free port, which {@link #address} returns
     * @return this server
     * @throws IOException if the port is in use or not permitted
     * @throws IllegalStateException if the server is listening already, or was closed
     */
    public TlsServer listen(int port) throws IOException {
        return listen(new InetSocketAddress(port));
    }

    /** Starts listening on a port of one address; see {@link #listen(int)}. */
    public TlsServer listen(String host, int port) throws IOException {
        return listen(new InetSocketAddress(host, port));
    }

    /**
     * Starts listening on a Unix-domain socket, whose file is created, and deleted on close; see {@link #listen(int)}.
     */
    public TlsServer listen(Path unixSocket) throws IOException {
        return listen(UnixDomainSocketAddress.of(unixSocket));
    }

    /** Starts listening on a TCP or Unix-domain address; see {@link #listen(int)}. */
    public TlsServer listen(SocketAddress local) throws IOException {
        lock.lock();
        try {
            if (listener != null || closing) {
                throw new IllegalStateException(closing ? "the server was closed" : "the server listens already");
            }
            Listener opened = Listener.open(local, BACKLOG, options.tcp());
            address = opened.address();
            listener = opened;
            if (cannotAnswer()) {
                LOG.log(
                        Level.WARNING,
                        "{0}: the server has no certificate, no context of a name and no callback that could give one; until"
                                + " setSecureContext or addContext is called every handshake fails",
                        HostNames.addressText(opened.address()));
            }
            if (options.jmx()) {
                management = ManagedServer.register(this, HostNames.addressText(opened.address()));
            }
            // A platform thread, so that connections are accepted while handlers keep all carriers busy.
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
        return !names.fallback().hasCredentials() && !names.dependsOnName() && !options.hasCredentialsBesideContext();
    }

    /** Returns the address the server listens on, empty if it is not listening. */
    public Optional<SocketAddress> address() {
        return closing ? Optional.empty() : Optional.ofNullable(address);
    }

    /**
     * Returns the port the server listens on.
     *
     * @throws IllegalStateException if it is not listening on TCP
     */
    public int port() {
        if (address().orElse(null) instanceof InetSocketAddress inet) {
            return inet.getPort();
        }
        throw new IllegalStateException("the server does not listen on a TCP port");
    }

    /**
     * Returns whether the server is listening.
     *
     * @see <a href="https://nodejs.org/api/net.html#serverlistening">Node server.listening</a>
     */
    public boolean listening() {
        Listener opened = listener;
        return opened != null && !closing && !opened.isClosed();
    }

    /** Returns the number of open connections, including those in their handshake. */
    public int connections() {
        return connections.size();
    }

    /** Returns the maximum number of simultaneous connections. */
    public int maxConnections() {
        return maxConnections;
    }

    /**
     * Sets the maximum number of simultaneous connections, including those in their handshake. Connections above the
     * limit are closed immediately; open ones are not affected.
     *
     * @param connections 0 for none at all, {@link Integer#MAX_VALUE} for no limit
     * @throws io.heddle.failure.InvalidOption with {@code ERR_OUT_OF_RANGE} if it is negative
     * @see <a href="https://nodejs.org/api/net.html#servermaxconnections">Node server.maxConnections</a>
     */
    public TlsServer setMaxConnections(int connections) {
        maxConnections = OptionChecks.notNegative("maxConnections", connections);
        return this;
    }

    /** Returns the counts so far. Walks through the session store, if that counts its content. */
    public ServerStatistics statistics() {
        return ServerStatistics.of(
                events.counters, connections.size(), ServerStatistics.Sessions.of(options.sessionStore()));
    }

    /** Returns the statistics without those of the store. */
    ServerStatistics figures() {
        return ServerStatistics.of(events.counters, connections.size(), Optional.empty());
    }

    /**
     * Returns the 48 bytes of the ticket key that seals new tickets, given or random. Secret.
     *
     * @see <a href="https://nodejs.org/api/tls.html#servergetticketkeys">Node server.getTicketKeys</a>
     */
    public byte[] getTicketKeys() {
        return options.ticketKeys().current().toBytes();
    }

    /**
     * Replaces the ticket keys, for handshakes that have not reached their ticket yet: the first seals, all open, so
     * that tickets under an old key work while it is among them. Other tickets lead to full handshakes. All servers
     * that share the options' {@link io.heddle.session.TicketKeyManager} get the new keys.
     *
     * @param keys one or more, each of exactly 48 bytes: name, HMAC key, AES key
     * @throws io.heddle.failure.InvalidOption with {@code ERR_INVALID_ARG_VALUE} if there is none or one has another
     *     length; the old keys remain
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
     * Adds, or replaces, the context for a host name, or for all names of a pattern: each {@code *} matches any
     * characters except a dot, as in {@code *.example.com}. An exact name takes precedence over patterns, and a pattern
     * with more other characters over one with fewer. Connections that have begun are not affected.
     *
     * @throws io.heddle.failure.InvalidOption {@code ERR_TLS_REQUIRED_SERVER_NAME} if the name is empty
     * @see <a href="https://nodejs.org/api/tls.html#serveraddcontexthostname-context">Node server.addContext</a>
     */
    public TlsServer addContext(String hostname, SecureContext context) {
        names.add(hostname, context.content());
        return this;
    }

    /** Builds a context of these options and adds it; see {@link #addContext(String, SecureContext)}. */
    public TlsServer addContext(String hostname, Consumer<SecureContext.Builder> contextOptions) {
        return addContext(hostname, SecureContext.of(contextOptions));
    }

    /**
     * Replaces the default context, for connections that begin from now on. Ticket keys and session store remain, so
     * that sessions still resume.
     *
     * @see <a href="https://nodejs.org/api/tls.html#serversetsecurecontextoptions">Node server.setSecureContext</a>
     */
    public TlsServer setSecureContext(SecureContext context) {
        names.fallback(context.content());
        return this;
    }

    /**
     * Builds a context of these options and sets it; an option that is not set has its default, not the old value. On
     * failure nothing is changed. See {@link #setSecureContext(SecureContext)}.
     */
    public TlsServer setSecureContext(Consumer<SecureContext.Builder> contextOptions) {
        return setSecureContext(SecureContext.of(contextOptions));
    }

    // Listeners; each counts for connections that begin after it was added

    /**
     * Adds a listener of connections that fail before they are secure. It receives the failure of the handshake, and
     * the socket, which is closed and has the server name if the client sent it. It is called once for a connection, on
     * the connection's thread or, if the handshake takes too long, on that of the deadline. Without a listener the
     * failure is logged at DEBUG.
     *
     * @see <a href="https://nodejs.org/api/tls.html#event-tlsclienterror">Node event tlsClientError</a>
     */
    public TlsServer onTlsClientError(BiConsumer<TlsFailure, TlsSocket> listenerOfFailures) {
        events.tlsClientError.add(listenerOfFailures);
        return this;
    }

    /**
     * Adds a listener of exceptions from handlers and listeners and of failures to accept. Without a listener they are
     * logged at WARNING, an {@link IOException} at DEBUG.
     */
    public TlsServer onError(Consumer<Throwable> listenerOfErrors) {
        events.error.add(listenerOfErrors);
        return this;
    }

    /**
     * Adds a listener of connections whose handshake is complete and whose client is verified or tolerated. It runs
     * before the handler, on the connection's thread, and may block. An exception from it ends the connection and goes
     * to {@link #onError}; the socket remains open when it returns.
     *
     * @see <a href="https://nodejs.org/api/tls.html#event-secureconnection">Node event secureConnection</a>
     */
    public TlsServer onSecureConnection(ConnectionHandler listenerOfConnections) {
        events.secureConnection.add(listenerOfConnections);
        return this;
    }

    /**
     * Adds a listener that stores the sessions that are not carried by a ticket, because tickets are off or the client
     * does not support them. In TLS 1.2 it is called once in a full handshake, in TLS 1.3 for each ticket that is sent,
     * whose bytes are the id; always before the connection is secure. The session store of the options, if any,
     * receives each session first.
     *
     * @see <a href="https://nodejs.org/api/tls.html#event-newsession">Node event newSession</a>
     */
    public TlsServer onNewSession(NewSessionListener keeper) {
        events.newSession.add(keeper);
        return this;
    }

    /**
     * Adds a listener that finds sessions by id: in TLS 1.2 if the client sends no ticket, in TLS 1.3 if tickets are
     * off. The session store of the options is consulted first, then the listeners in the order of adding, until one
     * has the session.
     *
     * @see <a href="https://nodejs.org/api/tls.html#event-resumesession">Node event resumeSession</a>
     */
    public TlsServer onResumeSession(ResumeSessionListener finder) {
        events.resumeSession.add(finder);
        return this;
    }

    /**
     * Adds a listener that removes sessions stored by {@link #onNewSession}: a fatal alert, sent or received, has ended
     * a connection that created or resumed the session. The session store of the options is called first, {@link
     * io.heddle.session.SessionStore#remove}. Runs on a virtual thread; exceptions from it go to {@link #onError}.
     */
    public TlsServer onRemoveSession(RemoveSessionListener remover) {
        events.removeSession.add(remover);
        return this;
    }

    /**
     * Adds a listener of connections that were closed immediately because {@link #maxConnections} was reached or the
     * client's address is on the {@linkplain ServerOptions.Builder#blockList block list}. It runs on a thread of its
     * own.
     *
     * @see <a href="https://nodejs.org/api/net.html#event-drop">Node event drop</a>
     */
    public TlsServer onDrop(Consumer<DroppedConnection> listenerOfDrops) {
        events.drop.add(listenerOfDrops);
        return this;
    }

    /**
     * Adds a listener that is called once, when {@link #close()} is complete and no connection is left, on the thread
     * that closes or one of its own.
     *
     * @see <a href="https://nodejs.org/api/net.html#event-close">Node event close</a>
     */
    public TlsServer onClose(Runnable listenerOfTheEnd) {
        events.close.add(listenerOfTheEnd);
        return this;
    }

    /**
     * Adds a listener of the key log of all connections that are accepted from now on. It receives each line with its
     * line end, as described at {@link TlsSocket#onKeylog}, and the connection's socket, whose handshake is not
     * complete. It runs on the connection's thread; an exception from it ends that connection, {@code
     * ERR_TLS_CALLBACK}. Without a listener nothing is extracted.
     *
     * @see <a href="https://nodejs.org/api/tls.html#event-keylog">Node event keylog</a>
     */
    public TlsServer onKeylog(BiConsumer<String, TlsSocket> listenerOfSecrets) {
        events.keylog.add(listenerOfSecrets);
        return this;
    }

    /**
     * Adds a source of OCSP responses for clients that request one, for connections that begin from now on. The first
     * source that has one decides; that of the options is consulted last.
     *
     * @see <a href="https://nodejs.org/api/tls.html#event-ocsprequest">Node event OCSPRequest</a>
     */
    public TlsServer onOcspRequest(OcspRequestListener listener) {
        events.ocspRequest.add(listener);
        return this;
    }

    /**
     * Adds a listener of OCSP responses from {@link #onOcspRequest} that are not good. They are not sent, except those
     * with the status revoked. It is called for each connection that would have had the response. Without a listener a
     * warning is logged, once a minute at most.
     *
     * @see ServerOptions.Builder#verifyOCSP
     */
    public TlsServer onOcspProblem(OcspProblemListener listener) {
        events.ocspProblem.add(listener);
        return this;
    }

    /**
     * Adds a listener of connections before their handshake, on the connection's thread. It may block, and may refuse
     * the client by {@link TlsSocket#abort}. An exception from it ends the connection and goes to {@link #onError}.
     *
     * @see <a href="https://nodejs.org/api/tls.html#event-connection">Node event connection</a>
     */
    public TlsServer onConnection(ConnectionHandler listenerOfConnections) {
        events.connection.add(listenerOfConnections);
        return this;
    }

    // Accepting

    /**
     * Serves a connection that was accepted elsewhere, as if it had been accepted by this server, which need not be
     * listening. Returns immediately; the connection belongs to the server from now on, which closes it. Node's {@code
     * server.emit('connection', socket)}.
     *
     * @throws IllegalStateException if the server was closed; the connection is not touched
     */
    public void accept(TlsTransport connected) {
        if (closing) {
            throw new IllegalStateException("the server was closed");
        }
        serve(connected.source());
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
            // An interrupt left by a listener of errors or drops would close channels.
            Thread.interrupted();
            try {
                serve(from.accept());
                pause = FIRST_PAUSE;
            } catch (IOException | RuntimeException | Error e) {
                // An Error too: without descriptors classes cannot be loaded either, and this loop must survive that.
                if (from.isClosed()) {
                    return;
                }
                // Most often there are no descriptors. The connection stays in the backlog until others end.
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

    private void serve(TransportSource accepted) {
        boolean blocked;
        try {
            blocked = isBlocked(accepted.remoteAddress());
        } catch (RuntimeException | Error e) {
            close(accepted);
            events.notifyError(e);
            return;
        }
        if (blocked || connections.size() >= maxConnections) {
            drop(accepted, blocked);
            return;
        }
        events.counters.accepted.increment();
        ConnectionEvents connectionEvents = events.begin();
        var socket = new TlsSocket(
                accepted, new ServerRole(options.config(), names.fallback(), names, connectionEvents.handshake()));
        connectionEvents.observe(socket);
        Watchdog start = Watchdog.after(options.handshakeTimeout(), () -> notStarted(socket, connectionEvents));
        Thread thread = Thread.ofVirtual().name("heddle-connection").unstarted(() -> {
            start.close();
            run(socket, connectionEvents);
        });
        connections.add(socket, thread);
        if (closing) {
            // The closing thread may have gone through the connections before this one was added.
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

    /** Ends a connection whose thread found no free carrier for as long as its handshake may take. */
    private void notStarted(TlsSocket socket, ConnectionEvents connectionEvents) {
        connections.end(socket);
        PlatformExecutor.CLOSING.execute(() -> connectionEvents.tlsClientError(
                TlsFailure.Code.ERR_TLS_HANDSHAKE_TIMEOUT.failure(
                        "handshake: not begun within %d ms, no thread was free",
                        options.handshakeTimeout().toMillis()),
                socket));
    }

    private boolean isBlocked(@Nullable SocketAddress remote) {
        return remote instanceof InetSocketAddress inet
                && inet.getAddress() != null
                && options.blocks(inet.getAddress());
    }

    private void drop(TransportSource accepted, boolean blocked) {
        var dropped = new DroppedConnection(
                Optional.ofNullable(accepted.remoteAddress()), Optional.ofNullable(accepted.localAddress()), blocked);
        close(accepted);
        events.dropped(dropped);
    }

    private static void close(TransportSource dropped) {
        try {
            dropped.close();
        } catch (IOException e) {
            LOG.log(Level.TRACE, "closing a dropped connection failed", e);
        }
    }

    /** Serves one connection from its handshake to its end. */
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
                // The SO_TIMEOUT of a socket accepted elsewhere was shorter than the handshake timeout.
                connectionEvents.tlsClientError(late, socket);
            } else if (!(closing && e instanceof IOException)) {
                connectionEvents.error(e);
            }
        } finally {
            connections.end(socket);
        }
    }

    /**
     * Closes with an alert, not close_notify: the peer must not mistake for complete what a handler wrote before it
     * threw.
     */
    private static void cutOff(TlsSocket socket, Throwable thrown) {
        try {
            socket.closeWithAlert(
                    () -> TlsFailure.Code.ERR_TLS_CALLBACK.failure(thrown, "handler: it threw %s", thrown));
        } catch (IOException e) {
            LOG.log(Level.TRACE, "closing {0} failed", socket, e);
        }
    }

    // The end

    /**
     * Stops accepting, lets connections finish for 10 s, and closes the remaining ones; see {@link #close(Duration)}.
     */
    @Override
    public void close() {
        close(DRAIN);
    }

    /**
     * Stops accepting, lets connections finish for up to {@code drain}, and closes the remaining ones. Takes at most 5
     * s longer; an interrupt does not shorten it and remains pending. On the thread of a connection, in a handler or a
     * listener, it only stops accepting and leaves the rest to another thread, since it would wait for itself.
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
        // Each takes a second at most, and all close at the same time.
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

    /** Waits for the accepting thread, which has been woken: the system keeps the port while a thread is in accept. */
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
                LOG.log(Level.WARNING, "jmx: the server could not be unregistered", e);
            }
        }
    }

    /** Waits until {@link #close} is complete. */
    public void awaitClose() throws InterruptedException {
        ended.await();
    }

    /** Waits until {@link #close} is complete; false if the limit was reached first. */
    public boolean awaitClose(Duration limit) throws InterruptedException {
        return ended.await(ReadDeadline.nanos(limit), TimeUnit.NANOSECONDS);
    }

    /** Returns the address and the number of connections, for logs. */
    @Override
    public String toString() {
        SocketAddress local = address;
        String state = closing ? "closed" : local == null ? "not listening" : HostNames.addressText(local);
        return "TlsServer[%s, connections %d of %s]"
                .formatted(
                        state,
                        connections.size(),
                        maxConnections == Integer.MAX_VALUE ? "any number" : String.valueOf(maxConnections));
    }
}
