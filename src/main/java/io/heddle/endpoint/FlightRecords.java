package io.heddle.endpoint;

import io.heddle.cipher.Group;
import io.heddle.engine.Connection;
import io.heddle.engine.handshake.HandshakeResult;
import io.heddle.engine.handshake.HandshakeResult.Resumption;
import io.heddle.failure.TlsFailure;
import java.util.Locale;
import java.util.Optional;
import jdk.jfr.FlightRecorder;
import org.jspecify.annotations.Nullable;

/**
 * The events of handshakes and of ends of connections for the JDK's flight recorder. Costs next to nothing while
 * nothing is recorded and in a Java runtime without the module jdk.jfr.
 */
public final class FlightRecords {
    private static final boolean PRESENT =
            ModuleLayer.boot().findModule("jdk.jfr").isPresent();

    private FlightRecords() {}

    /**
     * The connection of an event.
     *
     * @param remote the peer's address, empty if it is unknown
     */
    public record Subject(boolean client, String remote, Optional<String> servername) {
        String side() {
            return client ? "client" : "server";
        }
    }

    /** Begins the event of a handshake; null if it is not recorded. */
    public static @Nullable Handshake handshake() {
        return PRESENT && Recorder.isRunning() ? Handshake.begin() : null;
    }

    /** Begins the event of a secure connection; null if it is not recorded. */
    public static @Nullable End end() {
        return PRESENT && Recorder.isRunning() ? End.begin() : null;
    }

    /** The flight recorder; a class of its own, because the module may be absent. */
    private static final class Recorder {
        /** Returns whether anything was ever recorded. Until then the event classes stay unloaded: their registration starts the recorder. */
        static boolean isRunning() {
            return FlightRecorder.isInitialized();
        }
    }

    /** The event of one handshake. Not thread-safe. */
    public static final class Handshake {
        private final HandshakeEvent event;

        private Handshake(HandshakeEvent begun) {
            event = begun;
        }

        private static @Nullable Handshake begin() {
            var event = new HandshakeEvent();
            if (!event.isEnabled()) {
                return null;
            }
            event.begin();
            return new Handshake(event);
        }

        public void completed(Subject subject, HandshakeResult result) {
            event.version = result.version().protocol();
            event.cipherSuite = result.suite().name();
            event.group = result.group().map(Group::opensslName).orElse("");
            event.applicationProtocol =
                    result.alpnProtocol().map(TlsFailure::printable).orElse("");
            event.resumption = result.resumption().map(Resumption::word).orElse("");
            commit(subject);
        }

        public void failed(Subject subject, Throwable thrown) {
            event.failure = thrown instanceof TlsFailure failure
                    ? failure.code().name()
                    : thrown.getClass().getSimpleName();
            commit(subject);
        }

        private void commit(Subject subject) {
            event.end();
            if (event.shouldCommit()) {
                event.side = subject.side();
                event.remoteAddress = subject.remote();
                event.servername =
                        subject.servername().map(TlsFailure::printable).orElse("");
                event.commit();
            }
        }
    }

    /** The event of one secure connection. */
    public static final class End {
        private final ConnectionEndEvent event;

        private End(ConnectionEndEvent begun) {
            event = begun;
        }

        private static @Nullable End begin() {
            var event = new ConnectionEndEvent();
            if (!event.isEnabled()) {
                return null;
            }
            event.begin();
            return new End(event);
        }

        /** Ends the event when the socket is closed; only the first call counts. */
        public void closed(Subject subject, Connection connection) {
            event.end();
            if (event.shouldCommit()) {
                event.side = subject.side();
                event.remoteAddress = subject.remote();
                event.bytesRead = connection.bytesRead();
                event.bytesWritten = connection.bytesWritten();
                event.end = connection.end().name().toLowerCase(Locale.ROOT);
                event.failure = connection.failureCode().map(Enum::name).orElse("");
                event.commit();
            }
        }
    }
}
