package io.heddle.engine.handshake;

import io.heddle.engine.crypto.FatalAlerts;
import io.heddle.engine.crypto.RecordCipher;
import io.heddle.engine.handshake.ServerSettings.ClientAuthRequirement;
import io.heddle.engine.handshake.sessions.ConnectionSessions;
import io.heddle.engine.handshake.trace.ConnectionTracer;
import io.heddle.engine.record.EarlyData;
import io.heddle.engine.record.MessageTracker;
import io.heddle.engine.record.PeerBudget;
import io.heddle.engine.record.PeerSignals;
import io.heddle.engine.record.RecordHeader;
import io.heddle.failure.Alert;
import io.heddle.session.SessionState;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.AlertLevel;
import org.bouncycastle.tls.ContentType;
import org.bouncycastle.tls.HandshakeType;
import org.bouncycastle.tls.KeyUpdateRequest;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsFatalAlertReceived;
import org.jspecify.annotations.Nullable;

/**
 * The protocol object of a connection after its last handshake: NewSessionTicket, KeyUpdate and alerts of TLS 1.3 (RFC
 * 8446 4.6, 6), and in TLS 1.2 and below, where renegotiation is off, the refusal of one. It replaces that of the
 * handshake, with bctls' objects and all state that ended with the handshake.
 *
 * <p>Confined to the connection's engine lock.
 */
final class PostHandshake implements Protocol {
    /** A server expects early data only before its first handshake is complete. */
    private static final EarlyData NO_EARLY_DATA = new EarlyData();

    private static final byte[] NOTHING = {};
    private static final int MESSAGE_HEADER = 4;

    private final PeerSignals signals;
    private final PeerBudget budget;
    private final ConnectionTracer tracer;
    private final MessageTracker messages;
    private final HandshakeResult result;
    private final RecordCipher cipher;
    private final int dataLimit;

    /** The sessions of a server, null on a client. */
    private final @Nullable ConnectionSessions sessions;

    /** The tickets of a client of TLS 1.3, else null. */
    private final @Nullable ClientTickets tickets;

    /** What counts the renegotiations that are refused, null in TLS 1.3, which has none. */
    private final @Nullable RenegotiationRules refusals;

    /** Whether a fatal alert, sent or received, has ended the connection. */
    private boolean closed;

    /** The beginning of a handshake message whose rest is still to come. */
    private byte[] unfinished = NOTHING;

    /** Sealed records to be sent, from {@link #sent} on; no array is kept while there are none. */
    private byte[] output = NOTHING;

    private int sent;

    /**
     * Takes over from the protocol object of a handshake.
     *
     * @param sessions of a server, null on a client
     * @param tickets of a client of TLS 1.3, else null
     */
    PostHandshake(
            ProtocolState state,
            ProtocolState.Holder handshake,
            @Nullable ConnectionSessions sessions,
            @Nullable ClientTickets tickets) {
        HandshakeResult complete = state.result();
        if (complete == null) {
            throw new IllegalStateException("the handshake is not complete");
        }
        this.signals = state.signals();
        this.budget = state.budget();
        this.tracer = state.tracer();
        this.messages = state.messages();
        this.result = complete;
        this.cipher = handshake.sealer();
        this.dataLimit = handshake.getApplicationDataLimit();
        this.sessions = sessions;
        this.tickets = tickets;
        this.refusals = state.isTls13() ? null : state.renegotiations();
        this.closed = handshake.isClosed();
        int pending = handshake.getAvailableOutputBytes();
        if (pending > 0) {
            output = new byte[pending];
            handshake.readOutput(output, 0, pending);
        }
    }

    // Receiving

    /** Takes a record that is not for {@link #offerOpened}: ChangeCipherSpec, or one in the clear in TLS 1.3. */
    @Override
    public void offerInput(byte[] record, int offset, int length) throws IOException {
        throw new TlsFatalAlert(
                AlertDescription.unexpected_message,
                "a record of type " + (record[offset] & 0xff) + " after the handshake, in which such records end");
    }

    @Override
    public void offerOpened(byte[] content) throws IOException {
        if (closed) {
            throw new IOException("a fatal alert has ended the connection");
        }
        if (content.length > dataLimit) {
            throw new TlsFatalAlert(AlertDescription.record_overflow);
        }
        try {
            short type = cipher.openedType();
            tracer.received(type, content, 0, content.length);
            messages.record(type, content, 0, content.length);
            switch (type) {
                case ContentType.alert -> alertReceived(content[0] & 0xff, content[1] & 0xff);
                case ContentType.handshake -> messagesReceived(content);
                default -> throw new TlsFatalAlert(AlertDescription.unexpected_message);
            }
        } catch (IOException | RuntimeException | Error e) {
            throw FatalAlerts.blamed(e, messages.latest());
        }
    }

    private void alertReceived(int level, int description) throws IOException {
        switch (ProtocolState.AlertMeaning.of(level, description, refusals == null)) {
            case CLOSURE -> signals.closeNotifyReceived();
            case WARNING -> budget.spend(PeerBudget.Item.WARNING_ALERT);
            case FATAL -> {
                closed = true;
                throw new TlsFatalAlertReceived((short) description);
            }
        }
    }

    /** Processes the whole messages in a record of handshake messages, and keeps the rest for the next one. */
    private void messagesReceived(byte[] content) throws IOException {
        byte[] bytes = content;
        if (unfinished.length > 0) {
            bytes = Arrays.copyOf(unfinished, unfinished.length + content.length);
            System.arraycopy(content, 0, bytes, unfinished.length, content.length);
            unfinished = NOTHING;
        }
        int at = 0;
        while (bytes.length - at >= MESSAGE_HEADER) {
            short type = (short) (bytes[at] & 0xff);
            int length = (bytes[at + 1] & 0xff) << 16 | (bytes[at + 2] & 0xff) << 8 | (bytes[at + 3] & 0xff);
            requireAllowed(type, length);
            int end = at + MESSAGE_HEADER + length;
            if (end > bytes.length) {
                break;
            }
            messages.message(type, MESSAGE_HEADER + length);
            tracer.messageReceived(type, length);
            messageReceived(type, Arrays.copyOfRange(bytes, at + MESSAGE_HEADER, end));
            at = end;
        }
        unfinished = at == bytes.length ? NOTHING : Arrays.copyOfRange(bytes, at, bytes.length);
    }

    private void requireAllowed(short type, int length) throws IOException {
        if (sessions != null) {
            MessageLengths.requireAllowed(type, length);
        }
        if (!HandshakeType.isRecognized(type)) {
            throw new TlsFatalAlert(
                    AlertDescription.unexpected_message,
                    "a handshake message of type " + type + ", which does not exist");
        }
        if (length > FatalAlerts.LONGEST_MESSAGE) {
            throw FatalAlerts.tooLong();
        }
    }

    private void messageReceived(short type, byte[] body) throws IOException {
        RenegotiationRules rules = refusals;
        if (rules == null) {
            messageOfTls13(type, body);
        } else if (sessions != null && type == HandshakeType.client_hello) {
            refuseRenegotiation(rules);
        } else if (sessions == null && type == HandshakeType.hello_request) {
            budget.spend(PeerBudget.Item.HELLO_REQUEST);
            if (body.length > 0) {
                throw new TlsFatalAlert(AlertDescription.decode_error);
            }
            refuseRenegotiation(rules);
        } else {
            throw new TlsFatalAlert(AlertDescription.unexpected_message);
        }
    }

    /** RFC 5246 7.2.2: the peer gets a warning, and the connection goes on, up to a limit. */
    private void refuseRenegotiation(RenegotiationRules rules) throws IOException {
        // There is no answer after close_notify.
        if (!signals.isCloseNotifySent()) {
            rules.peerBegins();
            send(ContentType.alert, (byte) AlertLevel.warning, (byte) AlertDescription.no_renegotiation);
        }
    }

    private void messageOfTls13(short type, byte[] body) throws IOException {
        ClientTickets ofClient = tickets;
        if (type == HandshakeType.key_update) {
            keyUpdateReceived(body);
        } else if (type == HandshakeType.new_session_ticket && ofClient != null) {
            budget.spend(PeerBudget.Item.TICKET);
            SessionState session = ofClient.session(new ByteArrayInputStream(body));
            if (session != null) {
                result.ticketArrived(session);
                tracer.sessionArrived(session);
            }
        } else {
            if (type == HandshakeType.hello_request && ofClient != null) {
                budget.spend(PeerBudget.Item.HELLO_REQUEST);
                if (signals.isCloseNotifySent()) {
                    // There is no answer, and no alert either, after close_notify.
                    return;
                }
            }
            throw new TlsFatalAlert(AlertDescription.unexpected_message);
        }
    }

    /** RFC 8446 4.6.3: struct { KeyUpdateRequest request_update; } KeyUpdate, of one byte. */
    private void keyUpdateReceived(byte[] body) throws IOException {
        budget.spend(PeerBudget.Item.KEY_UPDATE);
        if (body.length == 0) {
            throw new EOFException();
        }
        if (body.length > 1) {
            throw new TlsFatalAlert(AlertDescription.decode_error);
        }
        if (!KeyUpdateRequest.isValid(body[0])) {
            throw new TlsFatalAlert(AlertDescription.illegal_parameter);
        }
        cipher.rekeyDecoder();
        signals.keyUpdate(body);
        tracer.keysUpdated("receiving");
        messages.keysChanged(HandshakeType.key_update);
    }

    // Sending

    private void send(short type, byte... content) throws IOException {
        tracer.sent(type, content, 0, content.length);
        int pending = output.length - sent;
        byte[] longer = new byte[pending + content.length + cipher.overhead()];
        System.arraycopy(output, sent, longer, 0, pending);
        int length = cipher.seal(type, content, 0, content.length, longer, pending);
        output = longer.length == pending + length ? longer : Arrays.copyOf(longer, pending + length);
        sent = 0;
    }

    @Override
    public int getAvailableOutputBytes() {
        return output.length - sent;
    }

    @Override
    public int readOutput(byte[] into, int offset, int length) {
        int n = Math.min(length, output.length - sent);
        System.arraycopy(output, sent, into, offset, n);
        sent += n;
        if (sent == output.length) {
            output = NOTHING;
            sent = 0;
        }
        return n;
    }

    @Override
    public int previewOutputRecord() {
        return output.length - sent < RecordHeader.LENGTH ? 0 : RecordHeader.recordLength(output, sent);
    }

    @Override
    public void sendKeyUpdate(boolean request) throws IOException {
        signals.keyUpdateSent();
        short requested = request ? KeyUpdateRequest.update_requested : KeyUpdateRequest.update_not_requested;
        send(ContentType.handshake, (byte) HandshakeType.key_update, (byte) 0, (byte) 0, (byte) 1, (byte) requested);
        cipher.rekeyEncoder();
        tracer.keysUpdated("sending");
    }

    @Override
    public void raiseCloseNotify() throws IOException {
        send(ContentType.alert, (byte) AlertLevel.warning, (byte) AlertDescription.close_notify);
    }

    @Override
    public void sendFatal(short alert, Throwable cause) {
        if (closed) {
            return;
        }
        closed = true;
        try {
            send(ContentType.alert, (byte) AlertLevel.fatal, (byte) alert);
            signals.alertSent(Alert.of(alert));
        } catch (IOException | RuntimeException e) {
            // The failure that the alert is for counts.
        }
    }

    @Override
    public void forgetSessions() {
        if (sessions != null) {
            sessions.remove();
        } else {
            tracer.fatalAlert();
        }
    }

    // State

    @Override
    public HandshakeResult result() {
        return result;
    }

    @Override
    public RecordCipher sealer() {
        return cipher;
    }

    @Override
    public RecordCipher opener() {
        return cipher;
    }

    @Override
    public boolean hasOpener() {
        return true;
    }

    @Override
    public int getApplicationDataLimit() {
        return dataLimit;
    }

    @Override
    public PeerSignals signals() {
        return signals;
    }

    @Override
    public ConnectionTracer tracer() {
        return tracer;
    }

    @Override
    public MessageTracker messages() {
        return messages;
    }

    @Override
    public PeerBudget budget() {
        return budget;
    }

    @Override
    public EarlyData earlyData() {
        return NO_EARLY_DATA;
    }

    @Override
    public boolean isClosed() {
        return closed;
    }

    @Override
    public Protocol afterHandshake() {
        return this;
    }

    @Override
    public void releaseBuffers() {
        // There are none while there is no output.
    }

    // What does not exist after the last handshake

    @Override
    public void start() {
        throw new IllegalStateException("the handshake is complete");
    }

    @Override
    public boolean awaitsFinishedOnly() {
        return false;
    }

    @Override
    public boolean negotiating() {
        return false;
    }

    @Override
    public void renegotiate(@Nullable ClientAuthRequirement clientCertificates) throws IOException {
        throw refusals == null ? RenegotiationRules.notInTls13() : RenegotiationRules.switchedOff();
    }

    @Override
    public void onRenegotiation(Runnable listener) {
        // There will be none.
    }

    @Override
    public void disableRenegotiation() {
        // There is none.
    }

    @Override
    public boolean dropsChangeCipherSpec() {
        return false;
    }
}
