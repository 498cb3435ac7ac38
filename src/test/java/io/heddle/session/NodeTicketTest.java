package io.heddle.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A Node server resumes from tickets that Heddle sealed, and Heddle opens the ones that Node sealed. */
@Tag("interop")
@Timeout(120)
class NodeTicketTest {
    private static final String SERVER = """
            const fs = require('fs'), tls = require('tls');
            const [directory, keys] = process.argv.slice(2);
            const server = tls.createServer({
                key: fs.readFileSync(directory + '/key.pem'), cert: fs.readFileSync(directory + '/cert.pem'),
                ticketKeys: Buffer.from(keys, 'hex'), sessionIdContext: 'shop',
            }, socket => { socket.on('error', () => {}); socket.end('reused=' + socket.isSessionReused() + '\\n'); });
            server.listen(0, '127.0.0.1', () => console.log(server.address().port));
            setTimeout(() => process.exit(1), 60000);
            """;

    @TempDir
    Path directory;

    private final TicketKeys keys = TicketKeys.random(new SecureRandom());

    @ParameterizedTest
    @ValueSource(strings = {"-tls1_2", "-tls1_3"})
    void node_resumes_from_a_ticket_that_heddle_sealed_with_its_extras_in_it(String version) throws Exception {
        Process node = startNode();
        try (BufferedReader lines = node.inputReader(StandardCharsets.UTF_8)) {
            String port = lines.readLine();
            assertThat(connect(port, version, "-sess_out", file("first.pem"))).contains("reused=false");
            SessionState client = SessionState.fromPem(Files.readString(directory.resolve("first.pem")));

            TicketSealer sealer = new TicketSealer(TicketKeyManager.of(keys), new SecureRandom());
            SessionState nodes =
                    sealer.open(client.ticket().orElseThrow()).orElseThrow().state();
            assertThat(nodes.masterSecret()).isEqualTo(client.masterSecret());
            assertThat(nodes.extras()).isEmpty();

            byte[] ticket = sealer.seal(nodes.toBuilder()
                            .hostName("shop.example")
                            .extras(SessionExtras.of(nodes.time(), ClientCertificatePolicy.NONE, List.of()))
                            .build())
                    .orElseThrow();
            assertThat(connect(port, version, "-sess_in", offering(client, ticket)))
                    .contains("reused=true");

            ticket[ticket.length - 1] ^= 1;
            assertThat(connect(port, version, "-sess_in", offering(client, ticket)))
                    .contains("reused=false");
        } finally {
            node.destroyForcibly();
        }
    }

    @Test
    void node_resumes_from_a_ticket_with_a_certificate_and_a_chain_in_it() throws Exception {
        Process node = startNode();
        try (BufferedReader lines = node.inputReader(StandardCharsets.UTF_8)) {
            String port = lines.readLine();
            connect(port, "-tls1_3", "-sess_out", file("first.pem"));
            SessionState client = SessionState.fromPem(Files.readString(directory.resolve("first.pem")));
            byte[] certificate = client.peerCertificate().orElseThrow();
            TicketSealer sealer = new TicketSealer(TicketKeyManager.of(keys), new SecureRandom());
            SessionState nodes =
                    sealer.open(client.ticket().orElseThrow()).orElseThrow().state();

            byte[] ticket = sealer.seal(nodes.toBuilder()
                            .peerCertificate(certificate)
                            .extras(SessionExtras.of(
                                    nodes.time(), ClientCertificatePolicy.REQUIRE, List.of(certificate, certificate)))
                            .build())
                    .orElseThrow();
            assertThat(connect(port, "-tls1_3", "-sess_in", offering(client, ticket)))
                    .contains("reused=true");
        } finally {
            node.destroyForcibly();
        }
    }

    /** Writes the client's session with another ticket, and returns the name of the file. */
    private String offering(SessionState client, byte[] ticket) throws Exception {
        byte[] id = MessageDigest.getInstance("SHA-256").digest(ticket);
        SessionState offered = client.toBuilder().ticket(ticket).sessionId(id).build();
        Files.writeString(directory.resolve("offered.pem"), offered.toPem());
        return file("offered.pem");
    }

    private Process startNode() throws Exception {
        run(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-keyout",
                file("key.pem"),
                "-out",
                file("cert.pem"),
                "-subj",
                "/CN=localhost",
                "-days",
                "1");
        Files.writeString(directory.resolve("server.js"), SERVER);
        return new ProcessBuilder(
                        "node",
                        file("server.js"),
                        directory.toString(),
                        HexFormat.of().formatHex(keys.toBytes()))
                .redirectError(directory.resolve("node-errors").toFile())
                .start();
    }

    private String connect(String port, String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of("openssl", "s_client", "-connect", "127.0.0.1:" + port));
        command.addAll(Arrays.asList(options));
        return run(command.toArray(String[]::new));
    }

    private String run(String... command) throws Exception {
        Path output = directory.resolve("output");
        // The input stays open: s_client leaves at its end, which may be before the ticket has come.
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor(20, TimeUnit.SECONDS))
                    .as(Files.readString(output))
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        return Files.readString(output, StandardCharsets.UTF_8);
    }

    private String file(String name) {
        return directory.resolve(name).toString();
    }
}
