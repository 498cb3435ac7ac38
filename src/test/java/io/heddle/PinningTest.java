package io.heddle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import io.heddle.cipher.TlsVersion;
import java.net.SocketException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The JDK's own word on whether a virtual thread held on to its carrier. Since Java 24 a monitor does not do that any more;
 * {@link SocketCloseTest} looks for monitors on every version.
 */
@Tag("socket")
@Timeout(value = 60, threadMode = SEPARATE_THREAD)
class PinningTest {
    @TempDir
    Path folder;

    @Test
    void no_virtual_thread_is_pinned_while_it_waits_for_its_peer() throws Exception {
        Path file = folder.resolve("pinned.jfr");
        try (var recording = new Recording()) {
            recording.enable("jdk.VirtualThreadPinned").withThreshold(Duration.ZERO);
            recording.start();
            for (TlsVersion version : List.of(TlsVersion.TLS_1_2, TlsVersion.TLS_1_3)) {
                waitForPeers(version);
            }
            Thread.ofVirtual().start(() -> assertThat(Pinned.SINCE).isNotZero()).join();
            recording.stop();
            recording.dump(file);
        }
        List<RecordedEvent> events = RecordingFile.readAllEvents(file);
        assertThat(events).as("what is pinned is recorded").anyMatch(event -> isIn(event, Pinned.class.getName()));
        assertThat(events).noneMatch(event -> isIn(event, "io.heddle.engine"));
    }

    private static boolean isIn(RecordedEvent event, String name) {
        return event.getEventType().getName().equals("jdk.VirtualThreadPinned")
                && event.getStackTrace() != null
                && event.getStackTrace().getFrames().stream()
                        .anyMatch(frame -> frame.getMethod().getType().getName().startsWith(name));
    }

    /** Pins on every version: a thread that waits while it initializes a class. */
    private static final class Pinned {
        static final long SINCE = System.nanoTime();

        static {
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
    }

    /** Whether a socket has sent nothing since the last time of asking. */
    private static final class Unchanged implements Callable<Boolean> {
        private final TlsSocket socket;
        private long before = -1;

        Unchanged(TlsSocket socket) {
            this.socket = socket;
        }

        @Override
        public Boolean call() {
            long now = socket.bytesWritten();
            boolean same = now == before && now > 0;
            before = now;
            return same;
        }
    }

    /** Handshakes, a reader that waits, a writer that is stuck, and the close that wakes them, all on virtual threads. */
    private static void waitForPeers(TlsVersion version) throws Exception {
        try (SocketPair pair = SocketPair.connected(version)) {
            Future<Integer> reader =
                    pair.run(() -> pair.client().getInputStream().read());
            Future<Void> writer = pair.run(() -> {
                while (true) {
                    pair.client().getOutputStream().write(new byte[200_000]);
                }
            });
            await().during(Duration.ofMillis(200)).until(new Unchanged(pair.heddleClient()));
            Future<Void> closer = pair.run(() -> {
                // The peer takes nothing, so this waits behind the writer.
                pair.client().close();
                return null;
            });
            SocketPair.await(closer);
            assertThat(SocketPair.failure(reader)).isInstanceOf(SocketException.class);
            assertThat(SocketPair.failure(writer)).isInstanceOf(SocketException.class);
        }
    }
}
