package io.heddle.engine.handshake;

import io.heddle.engine.crypto.FatalAlerts;
import io.heddle.engine.crypto.NonceSource;
import io.heddle.engine.record.MessageTracker;
import io.heddle.engine.record.PeerBudget;
import io.heddle.failure.Alert;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.AlertLevel;
import org.bouncycastle.tls.ClientHello;
import org.bouncycastle.tls.ContentType;
import org.bouncycastle.tls.ExtensionType;
import org.bouncycastle.tls.HandshakeMessageInput;
import org.bouncycastle.tls.HandshakeType;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.RenegotiationPolicy;
import org.bouncycastle.tls.SecurityParameters;
import org.bouncycastle.tls.ServerHello;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsFatalAlertReceived;
import org.bouncycastle.tls.TlsServerProtocol;
import org.bouncycastle.tls.TlsUtils;
import org.jspecify.annotations.Nullable;

/**
 * The server's protocol object: bctls' machine, with tickets of TLS 1.3 and the rules of the record layer that it lacks.
 *
 * <p>Relies on protected members of bctls 1.84, each with a test. Confined to the connection's engine lock.
 */
public final class ServerHandshake extends TlsServerProtocol implements Protocol {
    private final ServerNegotiator peer;
    private final MessageTracker messages = new MessageTracker();
    private final MessageLengths lengths = new MessageLengths();
    private final PeerSignals signals = new PeerSignals();
    private final PeerBudget budget = new PeerBudget();
    private final EarlyData earlyData = new EarlyData();
    private final ConnectionTracer witness;

    /** Null once it is known that nothing will be derived from it. */
    private @Nullable Transcript transcript = new Transcript();

    private @Nullable HandshakeResult result;

    private final RenegotiationRules renegotiations;

    /** Whether bctls, when it asks whether to begin anew, has been told so already. */
    private boolean begun;

    public ServerHandshake(ServerSettings settings, ConnectionObservers observers) {
        this.peer = new ServerNegotiator(settings);
        this.renegotiations = new RenegotiationRules(
                settings.renegotiation(), settings.common().clock());
        this.witness = new ConnectionTracer(observers);
    }

    @Override
    public void start() throws IOException {
        accept(peer);
        witness.begin(getContext());
    }

    // Incoming

    @Override
    protected void processRecord(short type, byte[] buffer, int offset, int length) throws IOException {
        witness.received(type, buffer, offset, length);
        try {
            messages.record(type, buffer, offset, length);
            if (type == ContentType.handshake) {
                lengths.received(buffer, offset, length);
            }
            super.processRecord(type, buffer, offset, length);
        } catch (IOException | RuntimeException | Error e) {
            throw FatalAlerts.blamed(e, messages.latest());
        }
    }

    @Override
    protected ClientHello receiveClientHelloMessage(ByteArrayInputStream message) throws IOException {
        byte[] body = message.readAllBytes();
        ClientHello hello = super.receiveClientHelloMessage(new ByteArrayInputStream(ClientHelloRules.readable(body)));
        if (hello.getExtensions() != null && hello.getExtensions().containsKey((Integer) ExtensionType.early_data)) {
            earlyData.offered(0);
        }
        peer.clientHello(hello, ClientHelloRules.of(body, hello));
        return hello;
    }

    @Override
    protected ServerHello generateServerHello(ClientHello hello, HandshakeMessageInput message) throws IOException {
        ServerHello answer = super.generateServerHello(hello, message);
        RenegotiationRules.requireSameMasterSecret(getContext());
        return answer;
    }

    @Override
    protected void receive13ClientCertificateVerify(ByteArrayInputStream message) throws IOException {
        byte[] body = message.readAllBytes();
        peer.requireScheme(body);
        super.receive13ClientCertificateVerify(new ByteArrayInputStream(body));
    }

    @Override
    protected void handleHandshakeMessage(short type, HandshakeMessageInput message) throws IOException {
        messages.message(type, 4 + message.available());
        witness.messageReceived(type, message.available());
        if (type == HandshakeType.client_hello && result != null && !isTls13() && !beginsAnew()) {
            return;
        }
        Transcript collecting = transcript;
        if (collecting != null) {
            if (type == HandshakeType.client_hello && retryGroup >= 0) {
                // The answer to our HelloRetryRequest: what came before turns into a hash (RFC 8446 4.4.1).
                collecting.retry(peer.getCrypto(), hash());
                earlyData.over();
            }
            collecting.add(message);
            collecting.endOfFirstHello();
        }
        super.handleHandshakeMessage(type, message);
        if (!isTls13()) {
            transcript = null;
            earlyData.over();
        } else if (type == HandshakeType.client_hello
                || type == HandshakeType.finished
                || type == HandshakeType.key_update) {
            messages.keysChanged(type);
        }
    }

    /**
     * A ClientHello on a connection that is secure. bctls would go on with what it knows of the old handshake, and fall over
     * it where that resumed a session; so the new one is begun here, before bctls looks.
     *
     * @return whether it was; else the client has been told, or will find out that we have ended our direction
     */
    private boolean beginsAnew() throws IOException {
        if (negotiating()) {
            throw new TlsFatalAlert(AlertDescription.unexpected_message, "a second ClientHello in one negotiation");
        }
        if (signals.weEnded()) {
            return false;
        }
        begun = false;
        renegotiations.peerBegins();
        if (!super.handleRenegotiation()) {
            return false;
        }
        begun = true;
        connection_state = CS_START;
        return true;
    }

    @Override
    protected boolean handleRenegotiation() throws IOException {
        return begun || super.handleRenegotiation();
    }

    /** bctls asks the protocol, not the peer, and has made sure of RFC 5746 and RFC 7627 5.4. */
    @Override
    protected int getRenegotiationPolicy() {
        return renegotiations.allowed() ? RenegotiationPolicy.ACCEPT : RenegotiationPolicy.DENY;
    }

    @Override
    protected void beginHandshake(boolean renegotiation) throws IOException {
        if (renegotiation) {
            renegotiations.begins();
        }
        super.beginHandshake(renegotiation);
    }

    @Override
    protected void handleChangeCipherSpecMessage() throws IOException {
        boolean due = switch (connection_state) {
            case CS_CLIENT_KEY_EXCHANGE -> !expectCertificateVerifyMessage();
            case CS_CLIENT_CERTIFICATE_VERIFY, CS_SERVER_FINISHED -> true;
            default -> false;
        };
        if (!due) {
            throw new TlsFatalAlert(
                    AlertDescription.unexpected_message, "ChangeCipherSpec before the client's flight was complete");
        }
        super.handleChangeCipherSpecMessage();
        NonceSource.of(getContext()).openingChanged();
        signals.keysUnproven(true);
    }

    private boolean isTls13() {
        SecurityParameters parameters = getContext().getSecurityParameters();
        ProtocolVersion version = parameters == null ? null : parameters.getNegotiatedVersion();
        return version != null && TlsUtils.isTLSv13(version);
    }

    private int hash() {
        return getContext().getSecurityParametersHandshake().getPRFCryptoHashAlgorithm();
    }

    @Override
    protected void handleAlertMessage(short level, short alert) throws IOException {
        // bctls passes them with a sign.
        short description = (short) (alert & 0xff);
        switch (AlertMeaning.of(level & 0xff, description, isTls13())) {
            case CLOSURE -> peerEnds();
            case WARNING -> {
                budget.spend(PeerBudget.Item.WARNING_ALERT);
                handleAlertWarningMessage(description);
            }
            case FATAL -> super.handleAlertMessage(AlertLevel.fatal, description);
        }
    }

    /** bctls would answer and close both directions; ours stays open until its user ends it. */
    private void peerEnds() throws IOException {
        if (getContext().getSecurityParametersConnection() == null) {
            handleFailure();
            throw new TlsFatalAlertReceived(AlertDescription.close_notify);
        }
        signals.closeNotifyReceived();
    }

    @Override
    protected void handleAlertWarningMessage(short alert) throws IOException {
        if (alert == AlertDescription.no_renegotiation && result != null && !negotiating()) {
            // The answer to our HelloRequest; the connection goes on as it is.
            signals.renegotiationRefused(true);
            return;
        }
        super.handleAlertWarningMessage(alert);
    }

    @Override
    protected void receive13KeyUpdate(ByteArrayInputStream message) throws IOException {
        budget.spend(PeerBudget.Item.KEY_UPDATE);
        // bctls' stream of a message cannot be marked and read again.
        byte[] request = message.readAllBytes();
        super.receive13KeyUpdate(new ByteArrayInputStream(request));
        signals.keyUpdate(request);
        witness.keysUpdated("receiving");
    }

    // Outgoing

    @Override
    protected void writeRecord(short type, byte[] buffer, int offset, int length) throws IOException {
        Transcript collecting = transcript;
        if (collecting != null && type == ContentType.handshake) {
            collecting.add(buffer, offset, length);
        }
        witness.sent(type, buffer, offset, length);
        if (type == ContentType.alert && result == null && getContext().getServerVersion() == null) {
            // Before a version is agreed on bctls drops it, or gives the record a version that no record may have.
            byte[] record = {ContentType.alert, 3, 1, 0, 2, buffer[offset], buffer[offset + 1]};
            outputBuffer.write(record, 0, record.length);
        } else {
            super.writeRecord(type, buffer, offset, length);
        }
        if (type == ContentType.alert && buffer[offset] == AlertLevel.fatal) {
            signals.alertSent(Alert.of(buffer[offset + 1] & 0xff));
        }
    }

    /** On a resumed handshake this comes right after ServerHello, where RFC 5077 3.3 wants a renewed ticket. */
    @Override
    protected void sendChangeCipherSpec() throws IOException {
        SecurityParameters parameters = getContext().getSecurityParametersHandshake();
        if (parameters.isResumedSession() && peer.resumption().renews()) {
            sendNewSessionTicketMessage(peer.getNewSessionTicket());
        }
        super.sendChangeCipherSpec();
        NonceSource.of(getContext()).sealingChanged();
    }

    // The end of the handshake

    @Override
    protected void completeHandshake() throws IOException {
        byte[] resumptionSecret = null;
        Transcript collected = transcript;
        transcript = null;
        if (isTls13() && collected != null) {
            SecurityParameters parameters = getContext().getSecurityParametersHandshake();
            resumptionSecret = collected.resumptionSecret(peer.getCrypto(), parameters);
            peer.resumption().resumptionSecret(resumptionSecret);
            if (selectedPSK13 && peer.resumption().how().isPresent()) {
                // bctls copies the peer's certificate from here, which a resumed handshake does not carry.
                sessionParameters = peer.resumption().parameters13();
            }
        }
        SecurityParameters completing = getContext().getSecurityParametersHandshake();
        witness.completing(completing);
        BindingMaterial binding = BindingMaterial.of(peer.getCrypto(), completing);
        super.completeHandshake();
        nonces().completed();
        if (resumptionSecret != null) {
            sendTickets(resumptionSecret);
        }
        begun = false;
        signals.keysUnproven(false);
        result = peer.result(binding);
    }

    /**
     * RFC 8446 4.6.1: struct { uint32 ticket_lifetime; uint32 ticket_age_add; opaque ticket_nonce<0..255>; opaque
     * ticket<1..2^16-1>; Extension extensions<0..2^16-2>; } NewSessionTicket.
     */
    private void sendTickets(byte[] resumptionSecret) throws IOException {
        ServerResumption resumption = peer.resumption();
        int hash = getContext().getSecurityParametersConnection().getPRFCryptoHashAlgorithm();
        int count = resumption.tickets13();
        for (int i = 0; i < count; i++) {
            byte[] nonce = new byte[8];
            nonce[7] = (byte) i;
            byte[] psk = resumption.ticketPsk(resumptionSecret, hash, nonce);
            long ageAdd = TlsUtils.readUint32(getContext().getNonceGenerator().generateNonce(4), 0);
            byte[] ticket = resumption.ticket13(psk, ageAdd).orElse(null);
            if (ticket != null) {
                send(newSessionTicket(resumption.lifetime13().toSeconds(), ageAdd, nonce, ticket));
            }
        }
        java.util.Arrays.fill(resumptionSecret, (byte) 0);
    }

    private static byte[] newSessionTicket(long lifetime, long ageAdd, byte[] nonce, byte[] ticket) throws IOException {
        var message = new ByteArrayOutputStream();
        TlsUtils.writeUint8(HandshakeType.new_session_ticket, message);
        TlsUtils.writeUint24(4 + 4 + 1 + nonce.length + 2 + ticket.length + 2, message);
        TlsUtils.writeUint32(lifetime, message);
        TlsUtils.writeUint32(ageAdd, message);
        TlsUtils.writeOpaque8(nonce, message);
        TlsUtils.writeOpaque16(ticket, message);
        TlsUtils.writeUint16(0, message);
        return message.toByteArray();
    }

    private void send(byte[] message) throws IOException {
        int limit = getApplicationDataLimit();
        for (int at = 0; at < message.length; at += limit) {
            safeWriteRecord(ContentType.handshake, message, at, Math.min(limit, message.length - at));
        }
    }

    // What the connection asks

    @Override
    public @Nullable HandshakeResult result() {
        return result;
    }

    @Override
    public NonceSource nonces() {
        return NonceSource.of(getContext());
    }

    @Override
    public boolean awaitsFinishedOnly() {
        boolean last = signals.areKeysUnproven()
                || (result == null
                        && isTls13()
                        && connection_state == CS_SERVER_FINISHED
                        && certificateRequest == null);
        return last && peer.sessions().keepsAtOnce();
    }

    @Override
    public boolean negotiating() {
        return result != null && isHandshaking();
    }

    @Override
    public void renegotiate(@Nullable ClientAuthRequirement clientCertificates) throws IOException {
        renegotiations.require(getContext().getSecurityParametersConnection(), signals);
        if (clientCertificates != null) {
            peer.requireClientAuth(clientCertificates);
        }
        signals.renegotiationRefused(false);
        renegotiations.asked();
        sendHelloRequestMessage();
    }

    @Override
    public void onRenegotiation(Runnable listener) {
        renegotiations.onBegin(listener);
    }

    @Override
    public void disableRenegotiation() {
        renegotiations.disable();
    }

    @Override
    public void releaseBuffers() {
        outputBuffer.getBuffer().shrink();
    }

    @Override
    public PeerSignals signals() {
        return signals;
    }

    @Override
    public ConnectionTracer witness() {
        return witness;
    }

    @Override
    public PeerBudget budget() {
        return budget;
    }

    @Override
    public EarlyData earlyData() {
        return earlyData;
    }

    @Override
    public MessageTracker messages() {
        return messages;
    }

    @Override
    public void sendKeyUpdate(boolean request) throws IOException {
        signals.keyUpdateSent();
        send13KeyUpdate(request);
        witness.keysUpdated("sending");
    }

    @Override
    public void forgetSessions() {
        peer.sessions().remove();
    }

    @Override
    public void sendCloseNotify() throws IOException {
        if (!isClosed()) {
            signals.closeNotifySent();
            raiseAlertWarning(AlertDescription.close_notify, "close");
        }
    }

    @Override
    public void sendFatal(short alert, Throwable cause) throws IOException {
        if (!isClosed() && getContext() != null) {
            handleException(alert, "refused", cause);
        }
    }
}
