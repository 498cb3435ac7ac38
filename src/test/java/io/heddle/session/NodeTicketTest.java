package io.heddle.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.interop.Node;
import io.heddle.interop.Openssl;
import io.heddle.interop.RunningProgram;
import io.heddle.interop.RunningServer;
import io.heddle.session.server.TicketSealer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tickets between Heddle and Node: a Node server resumes from Heddle's, and Heddle opens Node's. */
@Tag("interop")
@Tag("node")
class NodeTicketTest {
    private static final String SERVER = """
            const fs = require('fs'), tls = require('tls');
            const [,, directory, keys] = process.argv;
            const server = tls.createServer({
                key: fs.readFileSync(directory + '/key.pem'), cert: fs.readFileSync(directory + '/cert.pem'),
                ticketKeys: Buffer.from(keys, 'hex'), sessionIdContext: 'shop',
            }, socket => { socket.on('error', () => {}); socket.end('reused=' + socket.isSessionReused() + '\\n'); });
            server.listen(0, '127.0.0.1', () => console.log('listening ' + server.address().port));
            """;

    @TempDir
    Path directory;

    private final TicketKeys keys = TicketKeys.random(new SecureRandom());

    @ParameterizedTest
    @ValueSource(strings = {"-tls1_2", "-tls1_3"})
    void node_resumes_from_a_ticket_that_heddle_sealed_with_its_extras_in_it(String version) throws Exception {
        try (RunningServer node = startNode()) {
            int port = node.port();
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
        }
    }

    @Test
    void node_resumes_from_a_ticket_with_a_certificate_and_a_chain_in_it() throws Exception {
        try (RunningServer node = startNode()) {
            int port = node.port();
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
        }
    }

    /** Writes the client's session with another ticket, and returns the name of the file. */
    private String offering(SessionState client, byte[] ticket) throws Exception {
        byte[] id = MessageDigest.getInstance("SHA-256").digest(ticket);
        SessionState offered = client.toBuilder().ticket(ticket).sessionId(id).build();
        Files.writeString(directory.resolve("offered.pem"), offered.toPem());
        return file("offered.pem");
    }

    private RunningServer startNode() {
        Openssl.run(
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
                        "1")
                .succeeded();
        return Node.server(SERVER, directory.toString(), HexFormat.of().formatHex(keys.toBytes()));
    }

    private static String connect(int port, String... options) {
        // The input stays open: s_client leaves at its end, which may be before the ticket has come.
        try (RunningProgram client = Openssl.client(port, options)) {
            return client.awaitEnd().out();
        }
    }

    private String file(String name) {
        return directory.resolve(name).toString();
    }
}
