package io.heddle.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.ConnectOptions;
import io.heddle.Tls;
import io.heddle.TlsSocket;
import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;

/**
 * An {@code openssl s_server} for Heddle clients: it prints the data that they send, and sends its input to them. It
 * serves one connection after the other.
 */
final class SServer implements AutoCloseable {
    private final RunningServer running;

    private SServer(RunningServer running) {
        this.running = running;
    }

    /** Starts a server with this leaf certificate, without its chain, and further arguments. */
    static SServer start(PemFiles.Pair identity, String... args) {
        List<String> all = new ArrayList<>(List.of("-cert", identity.cert(), "-key", identity.key()));
        all.addAll(Arrays.asList(args));
        return new SServer(Openssl.server(all.toArray(new String[0])));
    }

    int port() {
        return running.port();
    }

    RunningProgram program() {
        return running.program();
    }

    /** Returns the options of a client that trusts {@link io.heddle.certificate.TestPki} and connects to localhost. */
    ConnectOptions.Builder client() {
        return ConnectOptions.builder()
                .host("localhost")
                .port(port())
                .ca(io.heddle.certificate.TestPki.ca().chain())
                .timeout(RunningProgram.LIMIT);
    }

    /** Returns the options of a client of this version alone. */
    ConnectOptions.Builder client(TlsVersion version) {
        return client().minVersion(version).maxVersion(version);
    }

    /** The state of both sides of a connection on which a line went each way. */
    record Exchange(TlsSocket socket, byte[] session, String cipher, boolean reused, String server) {}

    /** Connects, sends a line each way, waits for a session, and closes. */
    Exchange exchange(ConnectOptions options) throws IOException {
        String before = program().output();
        try (TlsSocket socket = Tls.connect(options)) {
            socket.setSoTimeout((int) RunningProgram.LIMIT.toMillis());
            assertThat(socket.authorized() || !options.rejectUnauthorized()).isTrue();
            MatchResult cipher = program().awaitNextLine("^CIPHER is (.*)$");
            converse(socket);
            byte[] session = socket.awaitSession(Duration.ofSeconds(1)).orElse(new byte[0]);
            socket.close();
            program().awaitNext("DONE");
            String output = program().output().substring(before.length());
            boolean reused = OpensslReport.of(output).serverResumed();
            return new Exchange(socket, session, cipher.group(1), reused, output);
        }
    }

    /** Sends a line each way. */
    void converse(TlsSocket socket) throws IOException {
        socket.getOutputStream().write("hello from Heddle\n".getBytes(UTF_8));
        program().awaitNext("hello from Heddle");
        program().sendLine("hello from openssl");
        assertThat(socket.getInputStream().readNBytes(19)).asString(UTF_8).isEqualTo("hello from openssl\n");
    }

    @Override
    public void close() {
        running.close();
    }
}
