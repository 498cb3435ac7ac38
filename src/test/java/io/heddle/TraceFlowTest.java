package io.heddle;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.Test;

/** The trace of a connection: its records and messages, without their content. */
class TraceFlowTest {
    private final List<String> ofServer = new CopyOnWriteArrayList<>();
    private final List<String> ofClient = new CopyOnWriteArrayList<>();

    private TlsPair pair(TlsVersion version) {
        return TlsPair.of(version)
                .client(options -> options.enableTrace(ofClient::add))
                .server(options -> options.enableTrace((line, socket) -> ofServer.add(line)));
    }

    /** Leaves out lengths, which differ by the width of a signature. */
    private static List<String> kinds(List<String> lines, String beginning) {
        return lines.stream()
                .filter(line -> line.startsWith(beginning))
                .map(line -> line.replaceFirst(", \\d+ bytes?$", ""))
                .toList();
    }

    @Test
    void a_full_handshake_of_tls_1_3() throws IOException {
        try (TlsPair pair = pair(TlsVersion.TLS_1_3);
                TlsPair.Connected both = pair.connect()) {
            both.exchange("hello");
            assertThat(kinds(ofServer, "Sent Message"))
                    .containsExactly(
                            "Sent Message: ServerHello",
                            "Sent Message: EncryptedExtensions",
                            "Sent Message: Certificate",
                            "Sent Message: CertificateVerify",
                            "Sent Message: Finished",
                            "Sent Message: NewSessionTicket",
                            "Sent Message: NewSessionTicket");
            assertThat(kinds(ofClient, "Received Message"))
                    .isEqualTo(kinds(ofServer, "Sent Message").stream()
                            .map(line -> line.replace("Sent", "Received"))
                            .toList());
            assertThat(kinds(ofServer, "Received Message"))
                    .containsExactly("Received Message: ClientHello", "Received Message: Finished");
            assertThat(ofServer)
                    .containsSubsequence(
                            "New Keys: TLSv1.3 TLS_AES_256_GCM_SHA384, for the handshake",
                            "New Keys: TLSv1.3 TLS_AES_256_GCM_SHA384, for application data",
                            "Received Record: application_data, 5 bytes",
                            "Sent Record: application_data, 5 bytes");
            assertThat(String.join("\n", ofServer)).doesNotContain("hello");
            assertThat(ofClient).contains("Received Record: change_cipher_spec, 1 byte");
        }
    }

    @Test
    void a_full_handshake_of_tls_1_2() throws IOException {
        try (TlsPair pair = pair(TlsVersion.TLS_1_2)) {
            pair.handshake();
            assertThat(kinds(ofClient, "Received"))
                    .containsSubsequence(
                            "Received Record: handshake",
                            "Received Message: ServerHello",
                            "Received Message: Certificate",
                            "Received Message: ServerKeyExchange",
                            "Received Message: ServerHelloDone",
                            "Received Message: NewSessionTicket",
                            "Received Record: change_cipher_spec",
                            "Received Message: Finished",
                            "Received Record: application_data");
            assertThat(kinds(ofClient, "Sent"))
                    .containsSubsequence(
                            "Sent Record: handshake",
                            "Sent Message: ClientHello",
                            "Sent Message: ClientKeyExchange",
                            "Sent Record: change_cipher_spec",
                            "Sent Message: Finished");
            assertThat(kinds(ofClient, "New Keys")).hasSize(1);
        }
    }

    @EachVersion
    void alerts(TlsVersion version) throws IOException {
        try (TlsPair pair = pair(version)) {
            pair.handshake();
            assertThat(ofClient).contains("Sent Alert: warning close_notify (0)");
        }
        ofServer.clear();
        try (TlsPair pair = pair(version).trustedByClient()) {
            assertThat(pair.attempt().clientProblem()).isPresent();
            assertThat(ofClient).contains("Sent Alert: fatal unknown_ca (48)");
            assertThat(ofServer).contains("Received Alert: fatal unknown_ca (48)");
        }
    }

    @Test
    void key_updates() throws IOException {
        try (TlsPair pair = pair(TlsVersion.TLS_1_3);
                TlsPair.Connected both = pair.connect()) {
            both.client().updateKeys();
            both.exchange("hello");
            assertThat(ofClient)
                    .containsSubsequence(
                            "Sent Message: KeyUpdate, 1 byte",
                            "New Keys: for sending, by KeyUpdate",
                            "Received Message: KeyUpdate, 1 byte",
                            "New Keys: for receiving, by KeyUpdate");
        }
    }

    @EachVersion
    void a_listener_that_throws_is_not_called_again(TlsVersion version) throws Exception {
        List<String> lines = new CopyOnWriteArrayList<>();
        var log = new LogLines("io.heddle.engine.handshake.trace.Trace");
        try (AutoCloseable ignored = log::close;
                TlsPair pair = TlsPair.of(version)
                        .clientSocket(socket -> socket.enableTrace(line -> {
                            lines.add(line);
                            throw new IllegalStateException("no paper");
                        }));
                TlsPair.Connected both = pair.connect()) {
            both.exchange("hello");
            assertThat(lines).hasSize(1);
            assertThat(log.lines).containsExactly("the listener of a trace failed, it gets nothing more");
        }
    }

    @EachVersion
    void the_log_takes_what_no_listener_does(TlsVersion version) throws Exception {
        var log = new LogLines("io.heddle.trace");
        try (AutoCloseable ignored = log::close;
                TlsPair pair = TlsPair.of(version)
                        .server(options -> options.enableTrace(true))
                        .clientSocket(TlsSocket::enableTrace)) {
            pair.handshake();
            assertThat(log.lines).anyMatch(line -> line.contains("Received Message: ClientHello"));
            assertThat(log.lines).anyMatch(line -> line.contains("Sent Message: ClientHello"));
        }
    }

    /** The entries of a log while this is open; none of them is printed. */
    private static final class LogLines extends Handler {
        private final Logger logger;
        private final List<String> lines = new CopyOnWriteArrayList<>();

        LogLines(String name) {
            logger = Logger.getLogger(name);
            logger.setUseParentHandlers(false);
            logger.addHandler(this);
        }

        @Override
        public void publish(LogRecord record) {
            lines.add(new SimpleFormatter().formatMessage(record));
        }

        @Override
        public void flush() {
            // Nothing is held back.
        }

        @Override
        public void close() {
            logger.removeHandler(this);
            logger.setUseParentHandlers(true);
        }
    }
}
