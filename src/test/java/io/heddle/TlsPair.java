package io.heddle;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.heddle.certificate.Identity;
import io.heddle.certificate.TestPki;
import io.heddle.endpoint.ClientRole;
import io.heddle.endpoint.HandshakeEvents;
import io.heddle.endpoint.ServerRole;
import io.heddle.endpoint.SniContexts;
import io.heddle.engine.transport.TransportSource;
import io.heddle.failure.TlsFailure;
import io.heddle.protocol.TlsVersion;
import io.heddle.session.SessionState;
import io.heddle.session.TicketKeyManager;
import io.heddle.session.TicketKeys;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A Heddle client and a Heddle server that talk to each other over pipes in memory, as often as a test likes.
 *
 * <pre>{@code
 * try (var pair = TlsPair.of(TlsVersion.TLS_1_3).server(server -> server.sessionIdContext("shop"))) {
 *     pair.handshake();                                          // full, and keeps the session
 *     assertThat(pair.handshake().resumption()).contains("psk");
 *     pair.server(server -> server.sessionIdContext("bar"));     // another server with the same ticket keys
 *     assertThat(pair.handshake().resumption()).isEmpty();
 * }
 * }</pre>
 *
 * <p>The server is {@code localhost} with a certificate of {@link TestPki}, which the client trusts, and asks for no client
 * certificate. Both sides have {@link #clock}, and all servers of the pair {@link #keys}, where no hook says otherwise. Hooks
 * add up and count from the next connection on. Every wait is bounded. For one test thread.
 */
public final class TlsPair implements AutoCloseable {
    private static final long HANDSHAKE_SECONDS = 40;

    private final @Nullable TlsVersion version;
    private final ManualClock clock = new ManualClock();
    private final TicketKeyManager keys = TicketKeyManager.of(TicketKeys.random(new SecureRandom()));
    private final Map<String, SecureContext> contexts = new LinkedHashMap<>();
    private final List<AutoCloseable> opened = new ArrayList<>();

    private List<Identity> serverIdentities = List.of(TestPki.server("localhost"));
    private List<Identity> clientIdentities = List.of();
    private List<X509Certificate> trustedByServer = TestPki.trust().certificates();
    private List<X509Certificate> trustedByClient = TestPki.trust().certificates();
    private Consumer<SecureContext.Builder> serverContextHook = context -> {};
    private Consumer<SecureContext.Builder> clientContextHook = context -> {};
    private Consumer<ServerOptions.Builder> serverHook = server -> {};
    private Consumer<ConnectOptions.Builder> clientHook = client -> {};
    private Consumer<TlsSocket> serverSocketHook = socket -> {};
    private Consumer<TlsSocket> clientSocketHook = socket -> {};
    private UnaryOperator<byte[]> toServer = UnaryOperator.identity();
    private UnaryOperator<byte[]> toClient = UnaryOperator.identity();

    private @Nullable ServerOptions serverOptions;
    private @Nullable SniContexts names;
    private @Nullable SecureContext clientContext;
    private byte @Nullable [] session;

    private TlsPair(@Nullable TlsVersion version) {
        this.version = version;
    }

    /** Returns a pair with the versions that both sides have by default. */
    public static TlsPair create() {
        return new TlsPair(null);
    }

    /** Returns a pair with this version only. */
    public static TlsPair of(TlsVersion version) {
        return new TlsPair(version);
    }

    // Identities

    /** Replaces the server's identities. */
    public TlsPair serverIdentity(Identity... identities) {
        serverIdentities = List.of(identities);
        serverOptions = null;
        return this;
    }

    /** Replaces the client's identities; at first it has none. */
    public TlsPair clientIdentity(Identity... identities) {
        clientIdentities = List.of(identities);
        clientContext = null;
        return this;
    }

    /** Replaces the roots that the server trusts for client certificates; none at all is possible. */
    public TlsPair trustedByServer(X509Certificate... roots) {
        trustedByServer = List.of(roots);
        serverOptions = null;
        return this;
    }

    /** Replaces the roots that the client trusts; none at all is possible. */
    public TlsPair trustedByClient(X509Certificate... roots) {
        trustedByClient = List.of(roots);
        clientContext = null;
        return this;
    }

    /** Gives the server an identity for a host name or a {@code *.} pattern beside its own, as {@link TlsServer#addContext}. */
    public TlsPair addContext(String hostname, Identity identity) {
        SecureContext.Builder builder = serverContextBuilder(List.of(identity));
        contexts.put(hostname, builder.build());
        serverOptions = null;
        return this;
    }

    // Options

    /** Adds to the options of the server's context. */
    public TlsPair serverContext(Consumer<SecureContext.Builder> hook) {
        serverContextHook = serverContextHook.andThen(hook);
        serverOptions = null;
        return this;
    }

    /** Adds to the options of the client's context. */
    public TlsPair clientContext(Consumer<SecureContext.Builder> hook) {
        clientContextHook = clientContextHook.andThen(hook);
        clientContext = null;
        return this;
    }

    /** Adds to the server's options. */
    public TlsPair server(Consumer<ServerOptions.Builder> hook) {
        serverHook = serverHook.andThen(hook);
        serverOptions = null;
        return this;
    }

    /** Adds to the client's options; those of a context belong into {@link #clientContext}. */
    public TlsPair client(Consumer<ConnectOptions.Builder> hook) {
        clientHook = clientHook.andThen(hook);
        return this;
    }

    /**
     * Sets an action that changes the server's sockets before their handshake, by {@code setSSLParameters} for
     * instance.
     */
    public TlsPair serverSocket(Consumer<TlsSocket> hook) {
        serverSocketHook = serverSocketHook.andThen(hook);
        return this;
    }

    /**
     * Sets an action that changes the client's sockets before their handshake, by {@code setSSLParameters} for
     * instance.
     */
    public TlsPair clientSocket(Consumer<TlsSocket> hook) {
        clientSocketHook = clientSocketHook.andThen(hook);
        return this;
    }

    /** Replaces or observes the bytes of each write to the server. */
    public TlsPair toServer(UnaryOperator<byte[]> onTheWay) {
        toServer = onTheWay;
        return this;
    }

    /** Replaces or observes the bytes of each write to the client. */
    public TlsPair toClient(UnaryOperator<byte[]> onTheWay) {
        toClient = onTheWay;
        return this;
    }

    /** Returns the clock of both sides. */
    public ManualClock clock() {
        return clock;
    }

    /** Returns the holder of the ticket keys of all servers of this pair. */
    public TicketKeyManager keys() {
        return keys;
    }

    // The client's session

    /** Returns the session that the client offers next time. */
    public SessionState session() {
        byte[] kept = session;
        if (kept == null) {
            return fail("the client has no session");
        }
        try {
            return SessionState.fromDer(kept);
        } catch (io.heddle.session.MalformedSession e) {
            return fail("a session of Heddle's is readable", e);
        }
    }

    /** Sets the session that the client offers next time. */
    public TlsPair session(SessionState offered) {
        return session(offered.toDer());
    }

    /** Sets the session that the client offers next time. */
    public TlsPair session(byte[] offered) {
        session = offered.clone();
        return this;
    }

    /** Lets the client offer no session next time. */
    public TlsPair forgetSession() {
        session = null;
        return this;
    }

    // Connections

    /**
     * Makes a connection, keeps its session for the next one, and closes it. The result still has the negotiated
     * values.
     */
    public Connected handshake() throws IOException {
        Connected connection = connect();
        connection.keepSession();
        connection.close();
        return connection;
    }

    /** Makes a connection, in which the client offers the session that was kept last. The handshake must succeed. */
    public Connected connect() throws IOException {
        Outcome outcome = attempt();
        if (outcome.clientProblem().isPresent() || outcome.serverProblem().isPresent()) {
            var failed = new AssertionError("the handshake failed");
            outcome.clientProblem().ifPresent(failed::addSuppressed);
            outcome.serverProblem().ifPresent(failed::addSuppressed);
            throw failed;
        }
        return new Connected(outcome.client(), outcome.server());
    }

    /**
     * Makes a connection that may fail. If only one side's handshake failed, a read on the other side yields its
     * failure, because in TLS 1.3 the client completes before the server has verified its certificate.
     */
    public Outcome attempt() throws IOException {
        var up = new MemoryPipe(toServer);
        var down = new MemoryPipe(toClient);
        TlsSocket server = server(up, down);
        TlsSocket client = client(down, up);
        opened.add(client::abort);
        opened.add(server::abort);
        Running servers = Running.of(server::startHandshake);
        Running clients = Running.of(client::startHandshake);
        Optional<Throwable> clientProblem = clients.problem();
        Optional<Throwable> serverProblem = servers.problem();
        if (clientProblem.isEmpty() && serverProblem.isPresent()) {
            clientProblem = Running.of(() -> client.getInputStream().read()).problem();
        } else if (serverProblem.isEmpty() && clientProblem.isPresent()) {
            serverProblem = Running.of(() -> server.getInputStream().read()).problem();
        }
        return new Outcome(client, server, clientProblem, serverProblem);
    }

    /** Returns a raw client, connected to a server of Heddle whose handshake runs. */
    public RawPeer rawClient() {
        var up = new MemoryPipe(toServer);
        var down = new MemoryPipe(toClient);
        TlsSocket server = server(up, down);
        var raw = new RawPeer(server, down.in(), up.out());
        opened.add(raw);
        return raw;
    }

    /** Returns a raw server, connected to a client of Heddle whose handshake runs. */
    public RawPeer rawServer() {
        var up = new MemoryPipe(toServer);
        var down = new MemoryPipe(toClient);
        var raw = new RawPeer(client(down, up), up.in(), down.out());
        opened.add(raw);
        return raw;
    }

    /** Returns the record with the ClientHello that the client would send now. */
    public RawRecord clientHello() throws IOException {
        try (RawPeer server = rawServer()) {
            return server.readRecord().orElseThrow();
        }
    }

    private TlsSocket client(MemoryPipe from, MemoryPipe to) {
        ConnectOptions.Builder builder =
                ConnectOptions.builder().host("localhost").secureContext(clientContext());
        if (session != null) {
            builder.session(session);
        }
        clientHook.accept(builder);
        ConnectOptions options = builder.build();
        var socket =
                new TlsSocket(new TransportSource.OverStreams(from.in(), to.out()), ClientRole.of(options.config()));
        clientSocketHook.accept(socket);
        return socket;
    }

    private SecureContext clientContext() {
        SecureContext current = clientContext;
        if (current == null) {
            SecureContext.Builder builder = base().ca(trustedByClient);
            clientIdentities.forEach(builder::identity);
            clientContextHook.accept(builder);
            current = builder.build();
            clientContext = current;
        }
        return current;
    }

    private ServerOptions serverOptions() {
        ServerOptions current = serverOptions;
        if (current == null) {
            SecureContext.Builder context = serverContextBuilder(serverIdentities);
            ServerOptions.Builder builder = ServerOptions.builder(context.build());
            serverHook.accept(builder);
            current = builder.build();
            names = SniContexts.of(current.config());
            contexts.forEach((name, added) -> requireNonNull(names).add(name, added.content()));
            serverOptions = current;
        }
        return current;
    }

    private TlsSocket server(MemoryPipe from, MemoryPipe to) {
        ServerOptions options = serverOptions();
        SniContexts current = requireNonNull(names);
        var socket = new TlsSocket(
                new TransportSource.OverStreams(from.in(), to.out()),
                new ServerRole(options.config(), current.fallback(), current, HandshakeEvents.none()));
        serverSocketHook.accept(socket);
        return socket;
    }

    private SecureContext.Builder serverContextBuilder(List<Identity> identities) {
        SecureContext.Builder builder = base().ca(trustedByServer).ticketKeys(keys);
        identities.forEach(builder::identity);
        serverContextHook.accept(builder);
        return builder;
    }

    private SecureContext.Builder base() {
        SecureContext.Builder builder = SecureContext.builder().clock(clock);
        return version == null ? builder : builder.minVersion(version).maxVersion(version);
    }

    @Override
    public void close() {
        for (AutoCloseable resource : opened) {
            try {
                resource.close();
            } catch (Exception e) {
                throw new AssertionError("closing pipes does not fail", e);
            }
        }
    }

    /** The outcome of a handshake, on each side. */
    public record Outcome(
            TlsSocket client, TlsSocket server, Optional<Throwable> clientProblem, Optional<Throwable> serverProblem) {
        /** Returns the client's failure, which there must be. */
        public TlsFailure clientFailure() {
            return tlsFailure("client", clientProblem);
        }

        /** Returns the server's failure, which there must be. */
        public TlsFailure serverFailure() {
            return tlsFailure("server", serverProblem);
        }
    }

    static TlsFailure tlsFailure(String side, Optional<Throwable> problem) {
        if (problem.isEmpty()) {
            return fail("the handshake of the " + side + " was to fail");
        }
        assertThat(problem.get()).as("failure of the %s", side).isInstanceOf(TlsFailure.class);
        return (TlsFailure) problem.get();
    }

    /** A connection: its two ends. */
    public final class Connected implements AutoCloseable {
        private final TlsSocket client;
        private final TlsSocket server;

        private Connected(TlsSocket client, TlsSocket server) {
            this.client = client;
            this.server = server;
        }

        /** Returns the client's end. */
        public TlsSocket client() {
            return client;
        }

        /** Returns the server's end. */
        public TlsSocket server() {
            return server;
        }

        /** Returns whether the connection resumed; both ends must agree. */
        public boolean resumed() {
            return resumption().isPresent();
        }

        /** Returns the form of resumption: {@code id}, {@code ticket}, {@code psk}; both ends must agree. */
        public Optional<String> resumption() {
            assertThat(client.resumption())
                    .as("resumption, in the client's words and the server's")
                    .isEqualTo(server.resumption());
            return client.resumption();
        }

        /**
         * Processes the records the server has sent so far, and keeps the client's session for the next connection.
         */
        public void keepSession() throws IOException {
            send(server, client, "t");
            byte[] now = client.getSessionData().orElse(null);
            if (now != null) {
                session = now;
            }
        }

        /** Sends text to the server and back. */
        public void exchange(String text) throws IOException {
            send(client, server, text);
            send(server, client, text);
        }

        private void send(TlsSocket from, TlsSocket to, String text) throws IOException {
            byte[] sent = text.getBytes(StandardCharsets.UTF_8);
            from.getOutputStream().write(sent);
            byte[] received = to.getInputStream().readNBytes(sent.length);
            assertThat(new String(received, StandardCharsets.UTF_8)).isEqualTo(text);
        }

        @Override
        public void close() throws IOException {
            client.close();
            server.close();
        }
    }

    /** An action on a thread of its own, with a bounded wait for its end. */
    record Running(CompletableFuture<Optional<Throwable>> end) {
        interface Action {
            void run() throws Exception;
        }

        static Running of(Action action) {
            return on(Thread.ofVirtual(), action);
        }

        /**
         * Begins an action that spins. A virtual thread that never yields keeps its carrier, and the scheduler of JDK 21
         * then leaves threads that are ready to run in its queue, although another carrier is idle.
         */
        static Running spinning(Action action) {
            return on(Thread.ofPlatform().daemon(), action);
        }

        private static Running on(Thread.Builder threads, Action action) {
            var end = new CompletableFuture<Optional<Throwable>>();
            threads.start(() -> {
                try {
                    action.run();
                    end.complete(Optional.empty());
                } catch (Throwable e) {
                    end.complete(Optional.of(e));
                }
            });
            return new Running(end);
        }

        Optional<Throwable> problem() {
            try {
                return end.get(HANDSHAKE_SECONDS, TimeUnit.SECONDS);
            } catch (TimeoutException e) {
                throw new AssertionError("not finished within %d s".formatted(HANDSHAKE_SECONDS), e);
            } catch (ExecutionException | InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }
}
