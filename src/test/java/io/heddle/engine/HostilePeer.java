package io.heddle.engine;

import io.heddle.engine.crypto.RecordCipher;
import io.heddle.engine.handshake.ClientSettings;
import io.heddle.engine.handshake.ServerSettings;
import io.heddle.engine.record.RecordHeader;
import io.heddle.failure.Alert;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.tls.ContentType;

/**
 * The other side of a connection of Heddle's, without a thread: it consumes and produces bytes. After the
 * handshake it sends {@link #PING} and waits for the same as an answer, twice, with a KeyUpdate between in TLS
 * 1.3, and then close_notify.
 *
 * <p>For one thread at a time.
 */
final class HostilePeer {
    static final byte[] PING = "ping".getBytes(StandardCharsets.US_ASCII);

    private static final int ROUNDS = 2;

    private final HostileProtocol protocol;
    private final Tampering tampering;

    private byte[] unread = new byte[0];
    private int round;
    private long echoed;
    private boolean dead;
    private boolean closed;
    private int unreadable;

    private HostilePeer(HostileProtocol protocol, Tampering tampering) throws IOException {
        this.protocol = protocol;
        this.tampering = tampering;
        tampering.protocol(protocol);
        protocol.start();
    }

    static HostilePeer client(ClientSettings settings, Tampering tampering) throws IOException {
        return new HostilePeer(new HostileClient(settings, tampering), tampering);
    }

    static HostilePeer server(ServerSettings settings, Tampering tampering) throws IOException {
        return new HostilePeer(new HostileServer(settings, tampering), tampering);
    }

    Tampering tampering() {
        return tampering;
    }

    /** Takes what Heddle sent. */
    void offer(byte[] bytes, int offset, int length) throws IOException {
        byte[] all = Arrays.copyOf(unread, unread.length + length);
        System.arraycopy(bytes, offset, all, unread.length, length);
        int at = 0;
        while (all.length - at >= RecordHeader.LENGTH) {
            int record = RecordHeader.recordLength(all, at);
            if (all.length - at < record) {
                break;
            }
            take(Arrays.copyOfRange(all, at, at + record));
            at += record;
        }
        unread = Arrays.copyOfRange(all, at, all.length);
        act();
    }

    private void take(byte[] record) {
        int body = record.length - RecordHeader.LENGTH;
        if (record[0] == ContentType.alert && body == 2) {
            tampering.alert(record[5] & 0xff, record[6] & 0xff);
            dead |= record[5] == 2;
            return;
        }
        int alerts = tampering.fatalAlerts().size();
        if (!dead) {
            try {
                protocol.offerInput(record);
                return;
            } catch (IOException | RuntimeException e) {
                // Heddle is under test, not the peer. An alert of Heddle was recorded.
                dead = true;
            }
        } else {
            open(record, body);
        }
        if (tampering.fatalAlerts().size() == alerts) {
            unreadable++;
        }
    }

    /** The protocol object has ended, but its keys are still there. */
    private void open(byte[] record, int body) {
        try {
            RecordCipher cipher = protocol.opener();
            byte[] content = new byte[Math.max(1, cipher.openRoom(body))];
            int length = cipher.open((short) record[0], record, RecordHeader.LENGTH, body, content, 0);
            tampering.received(cipher.openedType(), content, 0, length);
        } catch (IOException | RuntimeException e) {
            // Under keys that this side never had.
        }
    }

    private void act() throws IOException {
        if (dead || closed || !tampering.isComplete()) {
            return;
        }
        byte[] data = new byte[protocol.getAvailableInputBytes()];
        echoed += protocol.readInput(data, 0, data.length);
        while (round <= ROUNDS && echoed >= (long) round * PING.length && !closed) {
            script();
        }
    }

    private void script() throws IOException {
        try {
            if (round == 0) {
                protocol.afterHandshake();
            } else if (round < ROUNDS) {
                protocol.updateKeys();
            }
            if (round < ROUNDS) {
                protocol.writeApplicationData(PING, 0, PING.length);
            } else {
                protocol.closeNotify();
                closed = true;
            }
            round++;
        } catch (RuntimeException e) {
            dead = true;
        }
    }

    /** Returns what is on its way to Heddle; nothing if this side waits for Heddle, or has ended its direction. */
    byte[] next() throws IOException {
        byte[] bytes = tampering.take();
        if (bytes.length > 0 || tampering.isCut()) {
            return bytes;
        }
        tampering.idle();
        act();
        return tampering.take();
    }

    /** Returns whether this side sends nothing more. */
    boolean isDone() {
        return tampering.isCut() || closed || dead;
    }

    List<Alert> fatalAlerts() {
        return tampering.fatalAlerts();
    }

    /** Returns how many records of Heddle could not be opened. */
    int unreadable() {
        return unreadable;
    }

    static byte[] pings(int count) {
        var all = new ByteArrayOutputStream();
        for (int i = 0; i < count; i++) {
            all.writeBytes(PING);
        }
        return all.toByteArray();
    }
}
