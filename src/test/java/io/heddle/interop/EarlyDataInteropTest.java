package io.heddle.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.ServerOptions;
import io.heddle.certificate.TestPki;
import io.heddle.interop.Servers.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * {@code openssl s_client} sends early data because its session, from another server, allows it; Heddle skips the data
 * (RFC 8446 4.2.10).
 */
@Tag("interop")
class EarlyDataInteropTest {
    @TempDir
    private Path folder;

    /** Gets a session that allows early data from {@code openssl s_server}. */
    private String session(PemFiles pem) {
        String session = folder.resolve("session.pem").toString();
        PemFiles.Pair identity = pem.write("other", TestPki.server("localhost"));
        try (RunningServer server =
                        Openssl.server("-tls1_3", "-early_data", "-cert", identity.cert(), "-key", identity.key());
                RunningProgram client = Openssl.client(server.port(), "-CAfile", pem.ca(), "-sess_out", session)) {
            client.send("hello\n");
            server.program().await("hello");
            client.closeInput();
            assertThat(client.awaitEnd().succeeded().output()).contains("Max Early Data: 16384");
        }
        return session;
    }

    @ParameterizedTest
    @CsvSource({"20, X25519", "16000, X25519", "20, P-384", "16000, P-384"})
    void early_data_of_s_client_is_skipped(int length, String groups) throws IOException, InterruptedException {
        var pem = new PemFiles(folder);
        String session = session(pem);
        Path early = folder.resolve("early");
        Files.writeString(early, "e".repeat(length));
        try (EchoServer server =
                EchoServer.start(ServerOptions.builder(Servers.context(Kind.P256, context -> context.ecdhCurve(groups)))
                        .build())) {
            ProgramResult client = server.openssl("-CAfile", pem.ca(), "-sess_in", session, "-early_data", early.toString())
                    .succeeded();
            assertThat(client.output()).contains("Early data was rejected");
            assertThat(OpensslReport.of(client).resumed()).isFalse();
        }
    }
}
