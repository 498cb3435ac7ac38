package io.heddle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;

/** Shutdown of a connection: half-close and full close, with and without close_notify. */
class CloseFlowTest {
    private static final byte[] TEXT = "the last words".getBytes(StandardCharsets.UTF_8);

    @EachVersion
    void the_client_ends_first_and_still_gets_its_answer(TlsVersion version) throws IOException {
        try (var pair = TlsPair.of(version)) {
            TlsPair.Connected both = pair.connect();
            assertHalfClose(both.client(), both.server());
        }
    }

    @EachVersion
    void the_server_ends_first_and_still_receives_from_the_client(TlsVersion version) throws IOException {
        try (var pair = TlsPair.of(version)) {
            TlsPair.Connected both = pair.connect();
            assertHalfClose(both.server(), both.client());
        }
    }

    private static void assertHalfClose(TlsSocket first, TlsSocket second) throws IOException {
        first.getOutputStream().write(TEXT);
        first.shutdownOutput();
        assertThat(first.isOutputShutdown()).isTrue();
        assertThat(second.getInputStream().readAllBytes()).isEqualTo(TEXT);
        assertThat(second.closeNotifyReceived()).isTrue();
        assertThat(first.closeNotifyReceived()).isFalse();

        second.getOutputStream().write(TEXT);
        assertThat(first.getInputStream().readNBytes(TEXT.length)).isEqualTo(TEXT);
        second.getOutputStream().write(TEXT);
        second.shutdownOutput();
        assertThat(first.getInputStream().readAllBytes()).isEqualTo(TEXT);
        assertThat(first.closeNotifyReceived()).isTrue();
        assertThat(first.getInputStream().read()).as("and again").isEqualTo(-1);
    }

    @EachVersion
    void after_shutdownOutput_nothing_is_written(TlsVersion version) throws IOException {
        try (var pair = TlsPair.of(version)) {
            TlsPair.Connected both = pair.connect();
            var out = both.client().getOutputStream();
            both.client().shutdownOutput();
            assertThatThrownBy(() -> out.write(1))
                    .isInstanceOf(SocketException.class)
                    .hasMessage("Socket output is shutdown");
            assertThatThrownBy(() -> both.client().getOutputStream())
                    .isInstanceOf(SocketException.class)
                    .hasMessage("Socket output is shutdown");
        }
    }

    @EachVersion
    void close_sends_close_notify_and_earlier_data_arrives(TlsVersion version) throws IOException {
        try (var pair = TlsPair.of(version)) {
            TlsPair.Connected both = pair.connect();
            both.server().getOutputStream().write(TEXT);
            both.server().close();
            assertThat(both.client().getInputStream().readAllBytes()).isEqualTo(TEXT);
            assertThat(both.client().closeNotifyReceived()).isTrue();
        }
    }

    @EachVersion
    void abort_does_not_say_so_and_a_cut_is_visible(TlsVersion version) throws IOException {
        try (var pair = TlsPair.of(version)) {
            TlsPair.Connected both = pair.connect();
            both.server().getOutputStream().write(TEXT);
            both.server().abort();
            assertThat(both.client().getInputStream().readAllBytes()).isEqualTo(TEXT);
            assertThat(both.client().closeNotifyReceived()).isFalse();
        }
    }

    @EachVersion
    void a_cut_inside_a_record_is_a_failure_that_stays(TlsVersion version) throws IOException {
        var cut = new AtomicReference<>(false);
        try (var pair =
                TlsPair.of(version).toClient(bytes -> cut.get() ? Arrays.copyOf(bytes, bytes.length - 1) : bytes)) {
            TlsPair.Connected both = pair.connect();
            both.exchange("whole");
            cut.set(true);
            both.server().getOutputStream().write(TEXT);
            both.server().abort();
            var in = both.client().getInputStream();
            int sent = 5 + TEXT.length + (version == TlsVersion.TLS_1_3 ? 17 : 24) - 1;
            for (int attempt = 0; attempt < 2; attempt++) {
                assertThatThrownBy(in::read)
                        .isInstanceOfSatisfying(
                                TlsFailure.class,
                                failure ->
                                        assertThat(failure.code()).isEqualTo(Code.ERR_SSL_UNEXPECTED_EOF_WHILE_READING))
                        .hasMessage("record: the connection ended inside a record, after %d bytes of it", sent);
            }
        }
    }

    @EachVersion
    void a_reader_is_woken_by_close(TlsVersion version) throws IOException {
        try (var pair = TlsPair.of(version)) {
            TlsPair.Connected both = pair.connect();
            var in = both.client().getInputStream();
            TlsPair.Running reader = TlsPair.Running.of(in::read);
            both.client().close();
            reader.problem()
                    .ifPresent(problem -> assertThat(problem)
                            .isInstanceOf(SocketException.class)
                            .hasMessage("Socket is closed"));
        }
    }

    @EachVersion
    void after_close_reading_and_writing_fail_and_results_stay_readable(TlsVersion version) throws IOException {
        try (var pair = TlsPair.of(version)) {
            TlsPair.Connected both = pair.connect();
            var in = both.client().getInputStream();
            var out = both.client().getOutputStream();
            both.close();
            both.close();
            assertThatThrownBy(in::read).isInstanceOf(SocketException.class).hasMessage("Socket is closed");
            assertThatThrownBy(() -> out.write(1))
                    .isInstanceOf(SocketException.class)
                    .hasMessage("Socket is closed");
            assertThat(both.client().isClosed()).isTrue();
            assertThat(both.client().getProtocol()).isEqualTo(version.protocol());
            assertThat(both.client().authorized()).isTrue();
            assertThat(both.client().peerCertificates()).isNotEmpty();
        }
    }

    @EachVersion
    void the_end_of_a_connection_in_its_handshake_is_a_reset(TlsVersion version) throws IOException {
        try (var pair = TlsPair.of(version);
                RawPeer client = pair.rawClient()) {
            client.end();
            assertThat(client.failure())
                    .hasMessage("handshake: the connection ended before it was secure")
                    .returns(Code.ECONNRESET, TlsFailure::code);
        }
    }

    @EachVersion
    void a_close_notify_in_place_of_a_handshake_ends_it(TlsVersion version) throws IOException {
        try (var pair = TlsPair.of(version);
                RawPeer server = pair.rawServer()) {
            server.readRecord();
            server.sendRecord(RawRecord.ALERT, (byte) 1, (byte) 0);
            server.end();
            assertThat(server.failure())
                    .returns(Code.ERR_SSL_SSL_ALERT, TlsFailure::code)
                    .hasMessage("alert: the peer ended the connection with close_notify (0)");
        }
    }
}
