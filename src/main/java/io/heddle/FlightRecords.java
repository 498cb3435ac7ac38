package io.heddle;

import io.heddle.cipher.Group;
import io.heddle.engine.Connection;
import io.heddle.engine.handshake.HandshakeResult;
import io.heddle.engine.handshake.Resumption;
import io.heddle.failure.TlsFailure;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Records handshakes and ends of connections in the JDK's flight recorder. Where nobody records, and in a Java runtime without
 * the module jdk.jfr, it costs
 * next to nothing.
 */
final class FlightRecords {
    private static final boolean PRESENT =
            ModuleLayer.boot().findModule("jdk.jfr").isPresent();

    private FlightRecords() {}

    /**
     * Whose event it is.
     *
     * @param remote the peer's address, empty if nobody knows
     */
    record Subject(boolean client, String remote, Optional<String> servername) {
        static Subject of(TlsSocket socket) {
            return new Subject(
                    socket.role() instanceof SocketRole.Client,
                    AddressText.of(socket.getRemoteSocketAddress()),
                    socket.servername());
        }

        String side() {
            return client ? "client" : "server";
        }
    }

    /** Begins the record of a handshake; null if nobody wants it. */
    static @Nullable Handshake handshake() {
        return PRESENT ? Handshake.begin() : null;
    }

    /** Begins the record of a connection, when it is secure; null if nobody wants it. */
    static @Nullable End end() {
        return PRESENT ? End.begin() : null;
    }

    /** A handshake that is being recorded. Not thread-safe. */
    static final class Handshake {
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

        void completed(Subject subject, HandshakeResult made) {
            event.version = made.version().protocol();
            event.cipherSuite = made.suite().name();
            event.group = made.group().map(Group::opensslName).orElse("");
            event.applicationProtocol =
                    made.alpnProtocol().map(TlsFailure::printable).orElse("");
            event.resumption = made.resumption().map(Resumption::word).orElse("");
            commit(subject);
        }

        void failed(Subject subject, Throwable thrown) {
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

    /** A secure connection that is being recorded. */
    static final class End {
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

        /** The socket is closed; only the first call counts. */
        void closed(TlsSocket socket, Connection connection) {
            event.end();
            if (event.shouldCommit()) {
                Subject subject = Subject.of(socket);
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
