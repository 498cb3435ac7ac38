package io.heddle.fuzz;

import io.heddle.ConnectOptions;
import io.heddle.ManualClock;
import io.heddle.ProcessState;
import io.heddle.SecureContext;
import io.heddle.ServerOptions;
import io.heddle.Tls;
import io.heddle.TlsServer;
import io.heddle.TlsSocket;
import io.heddle.certificate.TestPki;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The attacked side, in a separate JVM: a server, and clients. It reads one command per line, and answers
 * each with a line.
 *
 * <p>The first byte of a client selects the handler's behaviour, see the constants. Other data is dropped.
 */
final class FaultTarget {
    /** Is echoed immediately. */
    static final int ECHO = 'e';
    /** Is answered with endless data. */
    static final int WRITE = 'w';
    /** Makes the handler throw. */
    static final int THROW_RUNTIME = 't';

    static final int THROW_ERROR = 'E';
    static final int THROW_IO = 'i';
    static final int INTERRUPT = 'n';

    /** The deadline of its handshakes. */
    static final Duration HANDSHAKE = Duration.ofSeconds(2);

    private static final AtomicInteger CLIENTS = new AtomicInteger();

    private FaultTarget() {}

    public static void main(String[] arguments) throws IOException {
        var clock = new ManualClock();
        SecureContext context = Tls.createSecureContext(o -> o.identity(TestPki.server("localhost"))
                .ca(TestPki.trust().certificates())
                .clock(clock));
        ServerOptions options = ServerOptions.builder(context)
                .handshakeTimeout(HANDSHAKE)
                .requestCert(true)
                .rejectUnauthorized(false)
                .build();
        try (TlsServer server = Tls.createServer(options, FaultTarget::handle)
                .onError(error -> {})
                .onTlsClientError((failure, socket) -> {})
                .listen("127.0.0.1", 0)) {
            System.out.println("port " + server.port());
            var commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String line = commands.readLine(); line != null; line = commands.readLine()) {
                System.out.println(answer(line.split(" "), server, clock));
            }
            server.close(Duration.ofMillis(1));
        }
    }

    private static String answer(String[] command, TlsServer server, ManualClock clock) {
        return switch (command[0]) {
            case "state" -> {
                ProcessState state = ProcessState.now();
                yield "state %d %d %d %d %d"
                        .formatted(
                                server.connections() + CLIENTS.get(),
                                state.descriptors(),
                                state.platformThreads(),
                                state.virtualThreads(),
                                state.heap());
            }
            case "clock" -> {
                clock.advance(Duration.ofDays(Long.parseLong(command[1])));
                yield "clock";
            }
            case "connect" -> {
                int port = Integer.parseInt(command[1]);
                CLIENTS.incrementAndGet();
                Thread.ofVirtual().name("fault-client").start(() -> connect(port, command[2]));
                yield "connect";
            }
            default -> "unknown";
        };
    }

    private static void handle(TlsSocket socket) throws IOException {
        InputStream in = socket.getInputStream();
        byte[] into = new byte[1 << 10];
        for (int n = in.read(into); n >= 0; n = in.read(into)) {
            switch (into[0]) {
                case ECHO -> socket.getOutputStream().write(ECHO);
                case WRITE -> {
                    while (true) {
                        socket.getOutputStream().write(new byte[1 << 14]);
                    }
                }
                case THROW_RUNTIME -> throw new IllegalStateException("thrown by the handler");
                case THROW_ERROR -> throw new AssertionError("thrown by the handler");
                case THROW_IO -> throw new IOException("thrown by the handler");
                case INTERRUPT -> Thread.currentThread().interrupt();
                default -> {}
            }
        }
    }

    /** Reads a server's data until the server or the connection ends. */
    private static void connect(int port, String version) {
        try (TlsSocket socket = Tls.connect(ConnectOptions.builder()
                .host("localhost")
                .family(4)
                .port(port)
                .timeout(HANDSHAKE)
                .minVersion(version)
                .maxVersion(version)
                .rejectUnauthorized(false)
                .build())) {
            byte[] into = new byte[1 << 10];
            while (socket.getInputStream().read(into) >= 0) {
                // The content of a flood is irrelevant.
            }
        } catch (IOException e) {
            // The server of the test violates every rule.
        } finally {
            CLIENTS.decrementAndGet();
        }
    }
}
