package io.heddle.engine.handshake.trace;

import io.heddle.cipher.Suite;
import io.heddle.failure.Alert;
import io.heddle.protocol.TlsVersion;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.function.Consumer;
import org.bouncycastle.tls.AlertLevel;
import org.bouncycastle.tls.ContentType;
import org.bouncycastle.tls.HandshakeType;
import org.bouncycastle.tls.SecurityParameters;
import org.bouncycastle.tls.TlsUtils;
import org.jspecify.annotations.Nullable;

/**
 * A trace of one connection in text: types and lengths, never content, never secrets.
 *
 * <p>A listener that throws ends the trace and not the connection.
 *
 * <p>Sending is confined to the connection's engine lock; receiving may happen at the same time.
 */
final class Trace {
    private static final Logger LOG = System.getLogger(Trace.class.getName());

    /** Null once the listener failed. Written by any thread. */
    private volatile @Nullable Consumer<String> listener;

    // The place in the sent handshake messages, which records may split and join.
    private final byte[] header = new byte[4];
    private int headerBytes;
    private int bodyLeft;

    Trace(Consumer<String> listener) {
        this.listener = listener;
    }

    /** Traces a record that bctls is about to seal. */
    void sent(short type, byte[] buffer, int offset, int length) {
        record("Sent", type, length);
        if (type == ContentType.alert) {
            alert("Sent", buffer, offset, length);
        } else if (type == ContentType.handshake) {
            messages(buffer, offset, length);
        }
    }

    /** Traces a record that was opened for bctls. */
    void received(short type, byte[] buffer, int offset, int length) {
        record("Received", type, length);
        if (type == ContentType.alert) {
            alert("Received", buffer, offset, length);
        }
    }

    void record(String direction, short type, int length) {
        line("%s Record: %s, %s".formatted(direction, ContentType.getName(type), bytes(length)));
    }

    /** Traces a whole message, its header not counted in {@code length}. */
    void message(String direction, short type, int length) {
        line("%s Message: %s, %s".formatted(direction, name(type), bytes(length)));
    }

    /** Traces new keys, which the next message uses. */
    void keysCreated(SecurityParameters handshake) {
        String phase = "";
        if (TlsUtils.isTLSv13(handshake.getNegotiatedVersion())) {
            phase = handshake.getBaseKeyClient() == null ? ", for the handshake" : ", for application data";
        }
        line("New Keys: %s %s%s"
                .formatted(
                        TlsVersion.of(handshake.getNegotiatedVersion().getFullVersion())
                                .orElseThrow()
                                .protocol(),
                        Suite.of(handshake.getCipherSuite()).map(Suite::name).orElse("?"),
                        phase));
    }

    /** Traces a change of keys in one direction by KeyUpdate. */
    void keysUpdated(String direction) {
        line("New Keys: for %s, by KeyUpdate".formatted(direction));
    }

    private void messages(byte[] buffer, int offset, int length) {
        int at = offset;
        int end = offset + length;
        while (at < end) {
            if (bodyLeft > 0) {
                int n = Math.min(bodyLeft, end - at);
                bodyLeft -= n;
                at += n;
                continue;
            }
            header[headerBytes++] = buffer[at++];
            if (headerBytes == header.length) {
                headerBytes = 0;
                bodyLeft = TlsUtils.readUint24(header, 1);
                message("Sent", (short) (header[0] & 0xff), bodyLeft);
            }
        }
    }

    private void alert(String direction, byte[] buffer, int offset, int length) {
        if (length == 2) {
            int number = buffer[offset + 1] & 0xff;
            line("%s Alert: %s %s (%d)"
                    .formatted(
                            direction, AlertLevel.getName((short) (buffer[offset] & 0xff)), Alert.of(number), number));
        }
    }

    private static String bytes(int length) {
        return length == 1 ? "1 byte" : length + " bytes";
    }

    /** The names of RFC 8446 4 and RFC 5246 7.4. */
    private static String name(short type) {
        return switch (type) {
            case HandshakeType.hello_request -> "HelloRequest";
            case HandshakeType.client_hello -> "ClientHello";
            case HandshakeType.server_hello -> "ServerHello";
            case HandshakeType.new_session_ticket -> "NewSessionTicket";
            case HandshakeType.encrypted_extensions -> "EncryptedExtensions";
            case HandshakeType.certificate -> "Certificate";
            case HandshakeType.server_key_exchange -> "ServerKeyExchange";
            case HandshakeType.compressed_certificate -> "CompressedCertificate";
            case HandshakeType.certificate_request -> "CertificateRequest";
            case HandshakeType.server_hello_done -> "ServerHelloDone";
            case HandshakeType.certificate_verify -> "CertificateVerify";
            case HandshakeType.client_key_exchange -> "ClientKeyExchange";
            case HandshakeType.finished -> "Finished";
            case HandshakeType.certificate_status -> "CertificateStatus";
            case HandshakeType.key_update -> "KeyUpdate";
            default -> "type " + type;
        };
    }

    private void line(String text) {
        Consumer<String> current = listener;
        if (current == null) {
            return;
        }
        try {
            current.accept(text);
        } catch (RuntimeException e) {
            listener = null;
            LOG.log(Level.WARNING, "the listener of a trace failed, it gets nothing more", e);
        }
    }
}
