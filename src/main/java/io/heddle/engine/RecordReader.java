package io.heddle.engine;

import io.heddle.engine.crypto.RecordCipher;
import io.heddle.engine.handshake.HandshakeResult;
import io.heddle.engine.handshake.Protocol;
import io.heddle.engine.record.BufferPool;
import io.heddle.engine.record.RecordInput;
import io.heddle.engine.record.UnreadData;
import io.heddle.engine.transport.ReadDeadline;
import io.heddle.engine.transport.Transport;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.Arrays;
import org.bouncycastle.tls.ContentType;

/**
 * The receiving lane: opens application data straight into the reader's array, and hands every other record to the protocol.
 *
 * <p>Confined to the connection's in lock, but for what says otherwise.
 */
final class RecordReader {
    private final Connection connection;
    private final EngineLock engine;
    private final Protocol protocol;
    private final RecordInput input;
    private final RecordIntake intake;

    private final RecordRules rules;
    private final UnreadData unread = new UnreadData();

    /** Written under in; read by anyone. */
    private volatile boolean ended;

    private volatile boolean closeNotify;

    RecordReader(Connection connection, EngineLock engine, Transport transport, Protocol protocol) {
        this.connection = connection;
        this.engine = engine;
        this.protocol = protocol;
        this.rules = new RecordRules(protocol);
        this.intake = new RecordIntake(protocol);
        this.input = new RecordInput(transport, rules::longestBody);
    }

    /** Feeds one record to the protocol; false if the transport ended. */
    boolean handshakeRecord() throws IOException {
        if (!input.fill(ReadDeadline.NONE)) {
            return false;
        }
        engine.run(() -> intake.offer(input.buffer(), input.start(), input.length()));
        input.consume();
        return true;
    }

    int read(byte[] into, int offset, int length, ReadDeadline deadline) throws IOException {
        connection.throwIfUnusable();
        int n = unread.take(into, offset, length);
        try {
            while (n == 0) {
                n = ended ? -1 : nextRecord(into, offset, length, deadline);
            }
        } catch (SocketTimeoutException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            release();
            if (connection.inputIsShut()) {
                // Whatever it was, nobody reads any more.
                return -1;
            }
            throw connection.broken(e);
        }
        return n;
    }

    boolean awaitTicket(ReadDeadline deadline) throws IOException {
        connection.throwIfUnusable();
        HandshakeResult result = connection.result().orElseThrow();
        try {
            while (result.tickets() == 0 && unread.isEmpty() && !ended) {
                int n = nextRecord(new byte[0], 0, 0, deadline);
                if (n > 0) {
                    break;
                }
            }
        } catch (SocketTimeoutException e) {
            // The peer sends no ticket, or not yet.
        } catch (IOException | RuntimeException e) {
            throw connection.broken(e);
        }
        return result.tickets() > 0;
    }

    /** Reads and drops what comes until the peer ends its direction. */
    void skipToEnd(ReadDeadline deadline) throws IOException {
        byte[] nowhere = new byte[0];
        while (!ended) {
            unread.drop();
            nextRecord(nowhere, 0, 0, deadline);
        }
    }

    /**
     * Takes in one record for somebody who waits for a negotiation, and keeps what it has for {@link #read}.
     *
     * @return false if so much is unread that it has to be read first
     * @throws TlsFailure if the peer has ended its direction, so that there is no negotiation any more
     */
    boolean advance(ReadDeadline deadline) throws IOException {
        connection.throwIfUnusable();
        if (unread.isFull()) {
            return false;
        }
        try {
            if (!ended) {
                nextRecord(new byte[0], 0, 0, deadline);
            }
        } catch (SocketTimeoutException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw connection.broken(e);
        }
        if (ended) {
            throw Code.ECONNRESET.failure("renegotiation: the peer ended its direction before it was complete");
        }
        return true;
    }

    /** Takes in one record; returns how many bytes of application data went into the array, 0 if there were none for it. */
    private int nextRecord(byte[] into, int offset, int length, ReadDeadline deadline) throws IOException {
        if (!input.fill(deadline)) {
            // Some transports end their input when we close them, which is no word of the peer.
            connection.throwIfUnusable();
            // Node and the JDK take a transport that just ends for the end, too; closeNotifyReceived tells the
            // difference.
            ended = true;
            return -1;
        }
        RecordCipher opener = protocol.opener();
        byte[] buffer = input.buffer();
        int start = input.start();
        int body = input.length() - RecordCipher.HEADER;
        short type = input.type();
        int room = opener.openRoom(body);
        if (type == ContentType.change_cipher_spec || (type != ContentType.application_data && opener.hidesType())) {
            // In the clear where nothing may be: bctls has the words for it.
            engine.run(() -> intake.offer(buffer, start, RecordCipher.HEADER + body));
            input.consume();
            return 0;
        }
        if (room <= length) {
            int n = opener.open(type, buffer, start + RecordCipher.HEADER, body, into, offset);
            input.consume();
            if (opener.openedType() == ContentType.application_data) {
                return rules.data(n);
            }
            byte[] content = Arrays.copyOfRange(into, offset, offset + n);
            Arrays.fill(into, offset, offset + n, (byte) 0);
            return control(opener, content);
        }
        byte[] opened = BufferPool.borrow();
        int n;
        try {
            n = opener.open(type, buffer, start + RecordCipher.HEADER, body, opened, 0);
        } catch (IOException | RuntimeException e) {
            BufferPool.giveBack(opened);
            throw e;
        }
        input.consume();
        if (opener.openedType() != ContentType.application_data || n == 0) {
            byte[] content = Arrays.copyOf(opened, n);
            BufferPool.giveBack(opened);
            return opener.openedType() == ContentType.application_data ? rules.data(0) : control(opener, content);
        }
        rules.data(n);
        unread.add(opened, n);
        return length == 0 ? n : unread.take(into, offset, length);
    }

    /** Alerts, tickets, KeyUpdate, renegotiation: bctls' own business, with the content that was opened here. */
    private int control(RecordCipher opener, byte[] content) throws IOException {
        engine.run(() -> {
            protocol.offerOpened(content);
            rules.pendingOutput(protocol.getAvailableOutputBytes());
        });
        if (protocol.signals().isCloseNotifyReceived()) {
            closeNotify = true;
            ended = true;
        }
        if (!opener.hidesType() && connection.renegotiation().note()) {
            rules.progress();
        }
        connection.flushLater();
        connection.tellSessions();
        return ended ? -1 : 0;
    }

    int available() {
        return unread.available();
    }

    /** Returns whether the peer's direction has ended, with or without its word. */
    boolean hasEnded() {
        return ended;
    }

    boolean closeNotifyReceived() {
        return closeNotify;
    }

    long bytes() {
        return rules.bytes();
    }

    void release() {
        input.release();
        unread.drop();
    }
}
