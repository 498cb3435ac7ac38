package io.heddle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import io.heddle.endpoint.FlightRecords;
import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The events of handshakes and connection ends in the JDK's flight recorder. */
@Timeout(value = SocketPair.LIMIT_SECONDS, threadMode = SEPARATE_THREAD)
class FlightRecordsTest {
    private static final String HANDSHAKE = "io.heddle.TlsHandshake";
    private static final String END = "io.heddle.TlsConnectionEnd";
    private static final Duration LONG = Duration.ofSeconds(10);

    @TempDir
    private Path folder;

    private interface Part {
        void run(TlsServer server) throws Exception;
    }

    private TlsServer server(TlsVersion version) throws IOException {
        return Tls.createServer(
                        ServerOptions.builder(Stack.server(version))
                                .alpnProtocols("h2")
                                .build(),
                        socket -> {
                            socket.getInputStream().transferTo(socket.getOutputStream());
                            socket.getOutputStream().write('z');
                        })
                .listen("127.0.0.1", 0);
    }

    /** Records the events of an action, and returns them when all connections of the server have ended. */
    private List<RecordedEvent> recorded(TlsServer server, Part part) throws Exception {
        try (var recording = new Recording()) {
            recording.enable(HANDSHAKE);
            recording.enable(END);
            recording.start();
            part.run(server);
            await().atMost(LONG).until(() -> server.connections() == 0);
            recording.stop();
            Path file = folder.resolve("events.jfr");
            recording.dump(file);
            // The file is ordered by thread.
            return RecordingFile.readAllEvents(file).stream()
                    .sorted(Comparator.comparing(RecordedEvent::getStartTime))
                    .toList();
        }
    }

    private static List<RecordedEvent> of(List<RecordedEvent> all, String name, String side) {
        return all.stream()
                .filter(event -> event.getEventType().getName().equals(name))
                .filter(event -> event.getString("side").equals(side))
                .toList();
    }

    private static RecordedEvent only(List<RecordedEvent> all, String name, String side) {
        List<RecordedEvent> found = of(all, name, side);
        assertThat(found).hasSize(1);
        return found.getFirst();
    }

    private static byte[] exchange(TlsServer server, byte[] session) throws IOException {
        ConnectOptions.Builder options =
                Stack.options().port(server.port()).alpnProtocols("h2").servername("localhost");
        if (session.length > 0) {
            options.session(session);
        }
        try (TlsSocket client = Tls.connect(options.build())) {
            client.getOutputStream().write(new byte[100]);
            client.shutdownOutput();
            assertThat(client.getInputStream().readAllBytes()).hasSize(101);
            return client.awaitSession(LONG).orElseThrow();
        }
    }

    @EachVersion
    void handshakes_and_ends_are_recorded_on_both_sides(TlsVersion version) throws Exception {
        boolean tls13 = version == TlsVersion.TLS_1_3;
        try (TlsServer server = server(version)) {
            List<RecordedEvent> all = recorded(server, s -> exchange(s, exchange(s, new byte[0])));
            for (String side : List.of("client", "server")) {
                List<RecordedEvent> handshakes = of(all, HANDSHAKE, side);
                assertThat(handshakes).hasSize(2);
                for (RecordedEvent event : handshakes) {
                    assertThat(event.getString("version")).isEqualTo(version.protocol());
                    assertThat(event.getString("cipherSuite")).isNotEmpty();
                    assertThat(event.getString("servername")).isEqualTo("localhost");
                    assertThat(event.getString("applicationProtocol")).isEqualTo("h2");
                    assertThat(event.getString("remoteAddress")).startsWith("127.0.0.1:");
                    assertThat(event.getString("failure")).isEmpty();
                    assertThat(event.getDuration()).isPositive();
                }
                assertThat(handshakes.getFirst().getString("resumption")).isEmpty();
                assertThat(handshakes.getFirst().getString("group")).isNotEmpty();
                assertThat(handshakes.getLast().getString("resumption")).isEqualTo(tls13 ? "psk" : "ticket");
                assertThat(handshakes.getLast().getString("group").isEmpty()).isEqualTo(!tls13);

                List<RecordedEvent> ends = of(all, END, side);
                assertThat(ends).hasSize(2);
                boolean client = side.equals("client");
                for (RecordedEvent recorded : ends) {
                    assertThat(recorded.getLong("bytesRead")).isEqualTo(client ? 101 : 100);
                    assertThat(recorded.getLong("bytesWritten")).isEqualTo(client ? 100 : 101);
                    assertThat(recorded.getString("end")).isEqualTo("close_notify");
                    assertThat(recorded.getString("failure")).isEmpty();
                    assertThat(recorded.getString("remoteAddress")).startsWith("127.0.0.1:");
                    assertThat(recorded.getDuration()).isPositive();
                }
            }
        }
    }

    @Test
    void failed_handshake_has_its_code_on_both_sides_and_no_end() throws Exception {
        try (TlsServer server = server(TlsVersion.TLS_1_3)) {
            List<RecordedEvent> all = recorded(
                    server,
                    s -> assertThatThrownBy(() -> Tls.connect(Stack.options()
                                    .port(s.port())
                                    .alpnProtocols("imap")
                                    .build()))
                            .isInstanceOf(IOException.class));
            RecordedEvent ours = only(all, HANDSHAKE, "server");
            assertThat(ours.getString("failure")).isEqualTo("ERR_SSL_NO_APPLICATION_PROTOCOL");
            assertThat(ours.getString("servername")).isEqualTo("localhost");
            assertThat(ours.getString("version")).isEmpty();
            assertThat(only(all, HANDSHAKE, "client").getString("failure"))
                    .isEqualTo("ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL");
            assertThat(of(all, END, "server")).isEmpty();
            assertThat(of(all, END, "client")).isEmpty();
        }
    }

    @Test
    void failure_is_recorded_once_however_often_it_is_met() throws Exception {
        try (SocketPair.Tcp tcp = SocketPair.Tcp.connect();
                TlsServer none = server(TlsVersion.TLS_1_3)) {
            List<RecordedEvent> all = recorded(none, s -> {
                tcp.client().close();
                TlsSocket socket = Tls.accept(TlsTransport.of(tcp.server()), ServerOptions.of(Stack.SERVER));
                for (int i = 0; i < 3; i++) {
                    assertThatThrownBy(socket::startHandshake).isInstanceOf(IOException.class);
                }
                socket.close();
            });
            assertThat(only(all, HANDSHAKE, "server").getString("failure")).isEqualTo("ECONNRESET");
        }
    }

    @Test
    void end_event_has_the_closing_side_and_the_kind_of_end() throws Exception {
        try (TlsServer server = server(TlsVersion.TLS_1_3)) {
            List<RecordedEvent> cut = recorded(server, s -> {
                var raw = new Socket("127.0.0.1", s.port());
                TlsSocket client = Tls.connect(
                        Stack.options().transport(TlsTransport.of(raw)).build());
                raw.shutdownOutput();
                assertThat(client.getInputStream().read()).isEqualTo('z');
                client.abort();
            });
            assertThat(only(cut, END, "server").getString("end")).isEqualTo("eof");

            List<RecordedEvent> first = recorded(server, s -> {
                TlsSocket client = Tls.connect(Stack.options().port(s.port()).build());
                client.abort();
            });
            assertThat(only(first, END, "client").getString("end")).isEqualTo("closed");

            List<RecordedEvent> reset = recorded(server, s -> {
                var raw = new Socket("127.0.0.1", s.port());
                TlsSocket client = Tls.connect(
                        Stack.options().transport(TlsTransport.of(raw)).build());
                client.getOutputStream().write('a');
                assertThat(client.getInputStream().read()).isEqualTo('a');
                raw.setSoLinger(true, 0);
                client.abort();
            });
            assertThat(only(reset, END, "server").getString("end")).isEqualTo("reset");

            List<RecordedEvent> broken = recorded(server, s -> {
                var raw = new Socket("127.0.0.1", s.port());
                TlsSocket client = Tls.connect(
                        Stack.options().transport(TlsTransport.of(raw)).build());
                raw.getOutputStream().write(new byte[] {
                    23, 3, 3, 0, 32, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23,
                    24, 25, 26, 27, 28, 29, 30, 31, 32
                });
                assertThatThrownBy(() -> client.getInputStream().readAllBytes()).isInstanceOf(IOException.class);
                client.close();
            });
            RecordedEvent failed = only(broken, END, "server");
            assertThat(failed.getString("end")).isEqualTo("failed");
            assertThat(failed.getString("failure")).isEqualTo("ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC");
            assertThat(only(broken, END, "client").getString("failure"))
                    .isEqualTo("ERR_SSL_SSLV3_ALERT_BAD_RECORD_MAC");
        }
    }

    @Test
    void no_event_is_created_without_a_recording() {
        assertThat(FlightRecords.handshake()).isNull();
        assertThat(FlightRecords.end()).isNull();
    }
}
