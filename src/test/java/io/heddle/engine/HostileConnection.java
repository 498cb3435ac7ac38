package io.heddle.engine;

import static java.util.Objects.requireNonNull;

import io.heddle.certificate.Identity;
import io.heddle.certificate.TestPki;
import io.heddle.engine.HandshakeScenario.Kind;
import io.heddle.engine.crypto.RecordCipher;
import io.heddle.engine.handshake.ClientSettings;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.security.cert.CertificateEncodingException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.bouncycastle.tls.ContentType;
import org.bouncycastle.tls.HandshakeType;
import org.bouncycastle.tls.TlsUtils;

/**
 * A peer over TCP controlled by a test: it performs a handshake, or a part of it, and then sends any bytes, under its
 * keys or in the clear. For one thread, except that {@link #close} may be called by another.
 */
public final class HostileConnection implements AutoCloseable {
    private static final int LONG_NAME = 60_000;

    private static final Scenarios SCENARIOS = new Scenarios();

    private final Socket socket;
    private final HostileProtocol protocol;
    private final Tampering tampering;

    /** Created once in a JVM, since each has a key pair. */
    private static final class Scenarios {
        private final Map<Kind, HandshakeScenario> all = new EnumMap<>(Kind.class);
        private final Map<Kind, List<Slot>> places = new EnumMap<>(Kind.class);

        Scenarios() {
            try {
                for (Kind kind : new Kind[] {Kind.FULL_12, Kind.FULL_13, Kind.CLIENT_CERTIFICATE_13}) {
                    HandshakeScenario scenario = HandshakeScenario.of(kind);
                    all.put(kind, scenario);
                    places.put(kind, HostileCase.places(scenario, true));
                }
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        Slot certificate() {
            return requireNonNull(places.get(Kind.CLIENT_CERTIFICATE_13)).stream()
                    .filter(each -> each.isMessage(HandshakeType.certificate))
                    .findFirst()
                    .orElseThrow();
        }

        ClientSettings clientWithCertificate() {
            return requireNonNull(all.get(Kind.CLIENT_CERTIFICATE_13)).client();
        }

        HandshakeScenario of(boolean tls13) {
            return requireNonNull(all.get(kind(tls13)));
        }

        List<Slot> places(boolean tls13) {
            return requireNonNull(places.get(kind(tls13)));
        }

        private static Kind kind(boolean tls13) {
            return tls13 ? Kind.FULL_13 : Kind.FULL_12;
        }
    }

    private HostileConnection(Socket socket, HostileProtocol protocol, Tampering tampering) throws IOException {
        this.socket = socket;
        this.protocol = protocol;
        this.tampering = tampering;
        tampering.protocol(protocol);
        protocol.start();
    }

    /** Returns a client. It has sent nothing yet. */
    public static HostileConnection client(Socket socket, boolean tls13) throws IOException {
        Tampering tampering = Tampering.none();
        return new HostileConnection(
                socket, new HostileClient(SCENARIOS.of(tls13).client(), tampering), tampering);
    }

    /** Returns a client of TLS 1.2 without RFC 5746, so that its connection cannot be renegotiated. */
    public static HostileConnection bareClient(Socket socket) throws IOException {
        Tampering tampering = Tampering.none();
        return new HostileConnection(
                socket, new HostileClient(SCENARIOS.of(false).client(), tampering, true), tampering);
    }

    /** Returns a client that sends a number of records and then nothing. */
    public static HostileConnection clientUntil(Socket socket, boolean tls13, int records) throws IOException {
        var cut =
                new Mutation("nothing more", slot -> true, (wire, at, content) -> wire.cut(), slot -> Expected.ended());
        List<Slot> places = SCENARIOS.places(tls13);
        var tampering = new Tampering(cut, places.get(records % places.size()), new Random(0));
        return new HostileConnection(
                socket, new HostileClient(SCENARIOS.of(tls13).client(), tampering), tampering);
    }

    /** Returns how many records a client sends in a handshake. */
    public static int clientRecords(boolean tls13) {
        int count = 0;
        for (Slot slot : SCENARIOS.places(tls13)) {
            count += slot.secure() ? 0 : 1;
        }
        return count;
    }

    /** Returns a server. */
    public static HostileConnection server(Socket socket, boolean tls13) throws IOException {
        Tampering tampering = Tampering.none();
        return new HostileConnection(
                socket, new HostileServer(SCENARIOS.of(tls13).server(), tampering), tampering);
    }

    /** Returns the ClientHello of another connection, as a handshake message. */
    public static byte[] clientHello(boolean tls13) {
        return SCENARIOS.places(tls13).getFirst().content();
    }

    /**
     * Has a client of TLS 1.3 answer a certificate request with a certificate of its own that is about as long as a
     * message may be, and waits for the end.
     *
     * @return how many bytes the certificate has
     */
    public static int clientWithCertificate(Socket socket, String name) throws IOException {
        byte[] certificate = encoded(TestPki.certificate("CN=" + name + "x".repeat(LONG_NAME))
                .client()
                .selfSigned());
        var message = new ByteArrayOutputStream();
        message.write(HandshakeType.certificate);
        TlsUtils.writeUint24(1 + 3 + 3 + certificate.length + 2, message);
        TlsUtils.writeUint8(0, message);
        TlsUtils.writeUint24(3 + certificate.length + 2, message);
        TlsUtils.writeOpaque24(certificate, message);
        TlsUtils.writeUint16(0, message);
        byte[] bytes = message.toByteArray();
        var replaced = new Mutation(
                "a long certificate",
                slot -> true,
                (wire, at, content) -> {
                    for (int from = 0; from < bytes.length; from += 1 << 14) {
                        wire.send(at.type(), Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + (1 << 14))));
                    }
                    wire.cut();
                },
                slot -> Expected.ended());
        Slot at = SCENARIOS.certificate();
        var tampering = new Tampering(replaced, at, new Random(0));
        var client = new HostileClient(SCENARIOS.clientWithCertificate(), tampering);
        new HostileConnection(socket, client, tampering).handshake();
        socket.shutdownOutput();
        socket.getInputStream().readAllBytes();
        return certificate.length;
    }

    private static byte[] encoded(Identity identity) {
        try {
            return identity.chain().getFirst().getEncoded();
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Performs this side's part of the handshake; returns false if Heddle ends it. */
    public boolean handshake() throws IOException {
        byte[] into = new byte[1 << 16];
        while (true) {
            byte[] out = tampering.take();
            if (out.length > 0) {
                socket.getOutputStream().write(out);
            }
            if (tampering.isComplete() || tampering.isCut()) {
                return true;
            }
            int n = socket.getInputStream().read(into);
            if (n < 0) {
                return false;
            }
            protocol.offerInput(Arrays.copyOf(into, n));
        }
    }

    /** Returns a record: protected once there are keys. */
    public byte[] record(int type, byte... content) throws IOException {
        if (content.length == 0 && type != ContentType.application_data) {
            RecordCipher cipher = protocol.sealer();
            byte[] record = new byte[cipher.overhead()];
            return Arrays.copyOf(record, cipher.seal((short) type, content, 0, 0, record, 0));
        }
        return tampering.seal((short) type, content);
    }

    /** Sends bytes as they are. */
    public void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    /** Sends a KeyUpdate that requests one, and switches to the next keys. */
    public void updateKeys() throws IOException {
        protocol.updateKeys();
        send(tampering.take());
    }

    /** Returns a NewSessionTicket of TLS 1.3 with a ticket of this many bytes. */
    public static byte[] ticket(int length) {
        byte[] message = new byte[4 + 4 + 4 + 2 + 2 + length + 2];
        message[0] = HandshakeType.new_session_ticket;
        int body = message.length - 4;
        message[1] = (byte) (body >>> 16);
        message[2] = (byte) (body >>> 8);
        message[3] = (byte) body;
        message[6] = 1; // a lifetime of 256 s
        message[12] = 1; // a nonce of one byte
        message[14] = (byte) (length >>> 8);
        message[15] = (byte) length;
        return message;
    }

    /** Reads application data until there is some. */
    public byte[] read() throws IOException {
        byte[] into = new byte[1 << 16];
        while (protocol.getAvailableInputBytes() == 0) {
            int n = socket.getInputStream().read(into);
            if (n < 0) {
                throw new EOFException("Heddle ended its direction");
            }
            protocol.offerInput(Arrays.copyOf(into, n));
        }
        byte[] data = new byte[protocol.getAvailableInputBytes()];
        return Arrays.copyOf(data, protocol.readInput(data, 0, data.length));
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
