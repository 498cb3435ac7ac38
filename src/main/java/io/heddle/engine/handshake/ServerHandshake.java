package io.heddle.engine.handshake;

import io.heddle.engine.handshake.HandshakeResult.BindingMaterial;
import io.heddle.engine.handshake.ServerSettings.ClientAuthRequirement;
import io.heddle.engine.handshake.trace.ConnectionObservers;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.ClientHello;
import org.bouncycastle.tls.ContentType;
import org.bouncycastle.tls.ExtensionType;
import org.bouncycastle.tls.HandshakeMessageInput;
import org.bouncycastle.tls.HandshakeType;
import org.bouncycastle.tls.ServerHello;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsServerProtocol;
import org.bouncycastle.tls.TlsUtils;
import org.jspecify.annotations.Nullable;

/**
 * The protocol object of a server's connection: bctls' state machine, with tickets of TLS 1.3 and the rules of the
 * record layer that it lacks. Its hooks stand in the order of the package page.
 *
 * <p>Relies on protected members of bctls 1.84, each with a test. Confined to the connection's engine lock.
 */
public final class ServerHandshake extends TlsServerProtocol implements ProtocolState.Holder {
    private final ServerNegotiator negotiator;
    private final ProtocolState state;
    private final MessageLengths lengths = new MessageLengths();

    /** Whether a renegotiation has been begun here, before bctls asks for it. */
    private boolean renegotiationBegun;

    public ServerHandshake(ServerSettings settings, ConnectionObservers observers) {
        this.negotiator = new ServerNegotiator(settings);
        this.state =
                new ProtocolState(settings.renegotiation(), settings.common().clock(), observers);
    }

    @Override
    public void start() throws IOException {
        accept(negotiator);
        state.begin(getContext());
    }

    @Override
    public ProtocolState state() {
        return state;
    }

    // Every record and message

    @Override
    protected void processRecord(short type, byte[] buffer, int offset, int length) throws IOException {
        try {
            state.recordReceived(type, buffer, offset, length);
            if (type == ContentType.handshake) {
                lengths.received(buffer, offset, length);
            }
            super.processRecord(type, buffer, offset, length);
        } catch (IOException | RuntimeException | Error e) {
            throw state.blamed(e);
        }
    }

    @Override
    protected void handleHandshakeMessage(short type, HandshakeMessageInput message) throws IOException {
        state.messageReceived(type, message);
        boolean hello = type == HandshakeType.client_hello;
        if (hello && result() != null && !state.isTls13() && !beginRenegotiation()) {
            return;
        }
        Transcript transcript = state.transcript();
        if (transcript != null) {
            if (hello && retryGroup >= 0) {
                // The answer to a HelloRetryRequest.
                state.retry();
                state.earlyData().over();
            }
            transcript.add(message);
            transcript.endOfFirstHello();
        }
        if (isExpectedCompressed(type)) {
            receiveCompressedCertificate(message);
            return;
        }
        super.handleHandshakeMessage(type, message);
        if (!state.isTls13()) {
            state.earlyData().over();
        }
        state.messageProcessed(type, HandshakeType.client_hello);
    }

    /** Where it is not expected, bctls refuses it as it refuses all of them. */
    private boolean isExpectedCompressed(short type) {
        return type == HandshakeType.compressed_certificate
                && state.isTls13()
                && certificateRequest != null
                && negotiator.compression().enabled()
                && connection_state == CS_SERVER_FINISHED;
    }

    @Override
    protected void writeRecord(short type, byte[] buffer, int offset, int length) throws IOException {
        state.recordSending(type, buffer, offset, length);
        if (type == ContentType.alert && result() == null && getContext().getServerVersion() == null) {
            // Before a version is agreed on bctls drops it, or gives the record a version that no record may have.
            byte[] record = {ContentType.alert, 3, 1, 0, 2, buffer[offset], buffer[offset + 1]};
            outputBuffer.write(record, 0, record.length);
        } else {
            super.writeRecord(type, buffer, offset, length);
        }
        state.recordSent(type, buffer, offset);
    }

    // ClientHello that begins a renegotiation

    /**
     * Begins a renegotiation with a ClientHello on a connection that is secure, before bctls processes it: bctls would
     * go on with parameters of the old handshake, and fail where that resumed a session.
     *
     * @return false if there is none; the client gets a refusal, or will receive the close_notify that was sent already
     */
    private boolean beginRenegotiation() throws IOException {
        if (negotiating()) {
            throw new TlsFatalAlert(AlertDescription.unexpected_message, "a second ClientHello in one negotiation");
        }
        if (state.signals().isCloseNotifySent()) {
            return false;
        }
        renegotiationBegun = false;
        state.renegotiations().peerBegins();
        if (!super.handleRenegotiation()) {
            return false;
        }
        renegotiationBegun = true;
        connection_state = CS_START;
        return true;
    }

    @Override
    protected boolean handleRenegotiation() throws IOException {
        return renegotiationBegun || super.handleRenegotiation();
    }

    /** bctls asks the protocol object, not the negotiator, and has checked RFC 5746 and RFC 7627 5.4. */
    @Override
    protected int getRenegotiationPolicy() {
        return state.renegotiations().policy();
    }

    @Override
    protected void beginHandshake(boolean renegotiation) throws IOException {
        state.renegotiations().begins(renegotiation);
        super.beginHandshake(renegotiation);
    }

    // ClientHello, ServerHello

    @Override
    protected ClientHello receiveClientHelloMessage(ByteArrayInputStream message) throws IOException {
        byte[] body = message.readAllBytes();
        ClientHello hello = super.receiveClientHelloMessage(new ByteArrayInputStream(ClientHelloRules.readable(body)));
        if (hello.getExtensions() != null && hello.getExtensions().containsKey((Integer) ExtensionType.early_data)) {
            state.earlyData().offered(0);
        }
        negotiator.clientHello(hello, ClientHelloRules.of(body, hello));
        return hello;
    }

    @Override
    protected ServerHello generateServerHello(ClientHello hello, HandshakeMessageInput message) throws IOException {
        ServerHello answer = super.generateServerHello(hello, message);
        RenegotiationRules.requireSameMasterSecret(getContext());
        return answer;
    }

    // The client's Certificate, CertificateVerify and ChangeCipherSpec

    /** As bctls does with a Certificate, of which it is another form (RFC 8879 4). */
    private void receiveCompressedCertificate(ByteArrayInputStream message) throws IOException {
        byte[] certificate = negotiator.compression().decompress(message.readAllBytes());
        receive13ClientCertificate(new ByteArrayInputStream(certificate));
        connection_state = CS_CLIENT_CERTIFICATE;
    }

    @Override
    protected void receive13ClientCertificateVerify(ByteArrayInputStream message) throws IOException {
        byte[] body = message.readAllBytes();
        negotiator.requireScheme(body);
        super.receive13ClientCertificateVerify(new ByteArrayInputStream(body));
    }

    @Override
    protected void handleChangeCipherSpecMessage() throws IOException {
        boolean due = switch (connection_state) {
            case CS_CLIENT_KEY_EXCHANGE -> !expectCertificateVerifyMessage();
            case CS_CLIENT_CERTIFICATE_VERIFY, CS_SERVER_FINISHED -> true;
            default -> false;
        };
        ProtocolState.requireChangeCipherSpec(due, "client");
        super.handleChangeCipherSpecMessage();
        state.openingChanged();
    }

    // NewSessionTicket of TLS 1.2, ChangeCipherSpec, Finished

    /** On a resumed handshake this comes right after ServerHello, where RFC 5077 3.3 wants a renewed ticket. */
    @Override
    protected void sendChangeCipherSpec() throws IOException {
        if (getContext().getSecurityParametersHandshake().isResumedSession()
                && negotiator.resumption().renews()) {
            sendNewSessionTicketMessage(negotiator.getNewSessionTicket());
        }
        super.sendChangeCipherSpec();
        state.nonces().sealingChanged();
    }

    @Override
    protected void completeHandshake() throws IOException {
        byte[] resumptionSecret = state.resumptionSecret();
        if (resumptionSecret != null) {
            negotiator.resumption().resumptionSecret(resumptionSecret);
            if (selectedPSK13 && negotiator.resumption().how().isPresent()) {
                // bctls copies the peer's certificate from here, which a resumed handshake does not carry.
                sessionParameters = negotiator.resumption().parameters13();
            }
        }
        BindingMaterial binding = state.completing();
        super.completeHandshake();
        state.completed();
        if (resumptionSecret != null) {
            sendTickets(resumptionSecret);
        }
        renegotiationBegun = false;
        state.result(negotiator.result(binding));
    }

    // NewSessionTicket of TLS 1.3

    /**
     * RFC 8446 4.6.1: struct { uint32 ticket_lifetime; uint32 ticket_age_add; opaque ticket_nonce<0..255>; opaque
     * ticket<1..2^16-1>; Extension extensions<0..2^16-2>; } NewSessionTicket.
     */
    private void sendTickets(byte[] resumptionSecret) throws IOException {
        ServerResumption resumption = negotiator.resumption();
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
        Arrays.fill(resumptionSecret, (byte) 0);
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

    // KeyUpdate, alerts

    @Override
    protected void receive13KeyUpdate(ByteArrayInputStream message) throws IOException {
        state.keyUpdateReceived(message, super::receive13KeyUpdate);
    }

    /**
     * bctls answers a close_notify and closes both directions; here the other direction stays open until its user
     * ends it.
     */
    @Override
    protected void handleAlertMessage(short level, short alert) throws IOException {
        state.actOnAlert(level, alert, this::handleFailure, this::handleAlertWarningMessage, super::handleAlertMessage);
    }

    @Override
    protected void handleAlertWarningMessage(short alert) throws IOException {
        if (alert == AlertDescription.no_renegotiation && result() != null && !negotiating()) {
            // The answer to a HelloRequest; the connection goes on as it is.
            state.signals().renegotiationRefused(true);
            return;
        }
        super.handleAlertWarningMessage(alert);
    }

    // Calls of the connection

    @Override
    public boolean awaitsFinishedOnly() {
        boolean last = state.signals().areKeysUnproven()
                || (result() == null
                        && state.isTls13()
                        && connection_state == CS_SERVER_FINISHED
                        && certificateRequest == null);
        return last && negotiator.sessions().keepsAtOnce();
    }

    @Override
    public boolean negotiating() {
        return result() != null && isHandshaking();
    }

    @Override
    public void renegotiate(@Nullable ClientAuthRequirement clientCertificates) throws IOException {
        state.renegotiations().require(getContext().getSecurityParametersConnection(), state.signals());
        if (clientCertificates != null) {
            negotiator.requireClientAuth(clientCertificates);
        }
        state.signals().renegotiationRefused(false);
        state.renegotiations().asked();
        sendHelloRequestMessage();
    }

    @Override
    public Protocol afterHandshake() {
        releaseBuffers();
        return state.wasLastHandshake() ? new PostHandshake(state, this, negotiator.sessions(), null) : this;
    }

    @Override
    public void releaseBuffers() {
        outputBuffer.getBuffer().shrink();
    }

    @Override
    public void sendKeyUpdate(boolean request) throws IOException {
        state.keyUpdateSending(request, this::send13KeyUpdate);
    }

    @Override
    public void forgetSessions() {
        negotiator.sessions().remove();
    }

    @Override
    public void raiseCloseNotify() throws IOException {
        raiseAlertWarning(AlertDescription.close_notify, "close");
    }

    @Override
    public void sendFatal(short alert, Throwable cause) throws IOException {
        if (!isClosed() && getContext() != null) {
            handleException(alert, "refused", cause);
        }
    }
}
