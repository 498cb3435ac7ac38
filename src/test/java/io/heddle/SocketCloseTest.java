package io.heddle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.net.SocketException;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Threads that wait for a peer: how they are woken, which threads they block, and that they own no monitor, which pins
 * on Java 21.
 */
@Tag("socket")
@Timeout(value = SocketPair.LIMIT_SECONDS, threadMode = SEPARATE_THREAD)
class SocketCloseTest {
    /** The longest duration of {@link TlsSocket#close}, with room for a busy machine. */
    private static final Duration BOUND = Duration.ofSeconds(4);

    private static Parked<Void> stuckWriter(TlsSocket socket) {
        return Parked.in(() -> {
            while (true) {
                socket.getOutputStream().write(new byte[200_000]);
            }
        });
    }

    private static void assertOwnsNoMonitor(Parked<?> parked) {
        ThreadInfo info = ManagementFactory.getThreadMXBean()
                .getThreadInfo(new long[] {parked.thread().threadId()}, true, true)[0];
        assertThat(info.getStackTrace()).anyMatch(frame -> frame.getClassName().startsWith("io.heddle"));
        assertThat(info.getLockedMonitors()).isEmpty();
    }

    private static Duration closing(TlsSocket socket) throws IOException {
        long began = System.nanoTime();
        socket.close();
        return Duration.ofNanos(System.nanoTime() - began);
    }

    @ParameterizedTest
    @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
    void close_wakes_reader_and_writer_of_other_threads(TlsVersion version) throws Exception {
        try (SocketPair pair = SocketPair.connected(version)) {
            TlsSocket socket = pair.heddleClient();
            Parked<Integer> reader = Parked.in(() -> socket.getInputStream().read());
            Parked<Void> writer = stuckWriter(socket);
            assertOwnsNoMonitor(reader);
            assertOwnsNoMonitor(writer);
            assertThat(closing(socket)).isLessThan(BOUND);
            assertThat(reader.failure()).isInstanceOf(SocketException.class).hasMessage("Socket is closed");
            assertThat(writer.failure()).isInstanceOf(SocketException.class).hasMessage("Socket is closed");
        }
    }

    @Test
    void close_without_a_stuck_writer_does_not_wait() throws Exception {
        try (SocketPair pair = SocketPair.connected(TlsVersion.TLS_1_3)) {
            assertThat(closing(pair.heddleServer())).isLessThan(Duration.ofMillis(900));
            assertThat(pair.client().getInputStream().read()).isEqualTo(-1);
            assertThat(pair.heddleClient().closeNotifyReceived()).isTrue();
        }
    }

    @Test
    void closing_thread_owns_no_monitor_while_it_waits() throws Exception {
        try (SocketPair pair = SocketPair.connected(TlsVersion.TLS_1_3)) {
            TlsSocket socket = pair.heddleClient();
            Parked<Void> writer = stuckWriter(socket);
            Parked<Void> closer = Parked.in(
                    () -> {
                        socket.close();
                        return null;
                    },
                    "io.heddle.engine.Connection");
            assertOwnsNoMonitor(closer);
            closer.result();
            assertThat(writer.failure()).isInstanceOf(SocketException.class);
        }
    }

    @Test
    void close_wakes_a_thread_in_a_handshake() throws Exception {
        try (SocketPair pair = SocketPair.of(Stack.HEDDLE)) {
            Parked<Void> handshake = Parked.in(() -> {
                pair.client().startHandshake();
                return null;
            });
            assertOwnsNoMonitor(handshake);
            assertThat(closing(pair.heddleClient())).isLessThan(BOUND);
            assertThat(handshake.failure()).isInstanceOf(SocketException.class).hasMessage("Socket is closed");
        }
    }

    @Test
    void second_thread_that_needs_the_handshake_waits_for_the_first_and_is_woken_too() throws Exception {
        try (SocketPair pair = SocketPair.of(Stack.HEDDLE)) {
            Parked<Integer> reader =
                    Parked.in(() -> pair.client().getInputStream().read());
            Parked<Void> writer = Parked.in(
                    () -> {
                        pair.client().getOutputStream().write(1);
                        return null;
                    },
                    "io.heddle.engine.Connection");
            assertOwnsNoMonitor(reader);
            assertOwnsNoMonitor(writer);
            pair.client().close();
            assertThat(reader.failure()).isInstanceOf(SocketException.class);
            assertThat(writer.failure()).isInstanceOf(SocketException.class);
        }
    }

    @Test
    void stuck_writer_does_not_hold_up_reading() throws Exception {
        try (SocketPair pair = SocketPair.connected(TlsVersion.TLS_1_3)) {
            TlsSocket client = pair.heddleClient();
            Parked<Void> writer = stuckWriter(client);
            InputStream in = client.getInputStream();
            for (int i = 0; i < 100; i++) {
                pair.server().getOutputStream().write(i);
                assertThat(in.read()).isEqualTo(i);
                if (i % 10 == 0) {
                    // Requests an answer that cannot be sent yet.
                    pair.heddleServer().updateKeys();
                }
            }
            client.close();
            assertThat(writer.failure()).isInstanceOf(SocketException.class);
        }
    }

    @Test
    void peer_that_resets_wakes_reader_and_writer() throws Exception {
        try (SocketPair pair = SocketPair.connected(TlsVersion.TLS_1_3)) {
            TlsSocket client = pair.heddleClient();
            Parked<Void> writer = stuckWriter(client);
            Parked<Boolean> reader = Parked.in(() -> {
                try {
                    return client.getInputStream().read() < 0;
                } catch (IOException e) {
                    return true;
                }
            });
            // Unread input makes its kernel send a reset, which either operation may report.
            pair.heddleServer().abort();
            assertThat(writer.failure()).isInstanceOf(IOException.class);
            assertThat(reader.result()).isTrue();
            assertThat(client.closeNotifyReceived()).isFalse();
        }
    }

    @Test
    void both_sides_close_at_once_without_waiting_for_each_other() throws Exception {
        for (int i = 0; i < 50; i++) {
            try (SocketPair pair = SocketPair.connected(TlsVersion.TLS_1_3)) {
                var other = pair.run(() -> closing(pair.heddleServer()));
                assertThat(closing(pair.heddleClient())).isLessThan(BOUND);
                assertThat(SocketPair.await(other)).isLessThan(BOUND);
            }
        }
    }
}
