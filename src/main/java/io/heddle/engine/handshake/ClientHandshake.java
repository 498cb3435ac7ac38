package io.heddle.engine.handshake;

import io.heddle.cipher.Suite;
import io.heddle.engine.crypto.FatalAlerts;
import io.heddle.engine.crypto.NonceSource;
import io.heddle.engine.record.MessageTracker;
import io.heddle.engine.record.PeerBudget;
import io.heddle.failure.Alert;
import io.heddle.failure.TlsFailure.Code;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Hashtable;
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
import org.bouncycastle.tls.SessionParameters;
import org.bouncycastle.tls.TlsClientProtocol;
import org.bouncycastle.tls.TlsExtensionsUtils;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsFatalAlertReceived;
import org.bouncycastle.tls.TlsUtils;
import org.jspecify.annotations.Nullable;

/**
 * The client's protocol object: bctls' machine, with resumption of TLS 1.3, renewed tickets of TLS 1.2, and the rules of the
 * record layer that it lacks.
 *
 * <p>Relies on protected members of bctls 1.84, each with a test. Confined to the connection's engine lock.
 */
@SuppressWarnings({"rawtypes", "unchecked", "JdkObsolete"})
public final class ClientHandshake extends TlsClientProtocol implements Protocol {
    private final ClientNegotiator peer;
    private final MessageTracker messages = new MessageTracker();
    private final PeerSignals signals = new PeerSignals();
    private final PeerBudget budget = new PeerBudget();
    private final EarlyData earlyData = new EarlyData();
    private final ConnectionTracer witness;

    /** Null once it is known that nothing will be derived from it. */
    private @Nullable Transcript transcript = new Transcript();

    private @Nullable HandshakeResult result;
    private boolean ticketAnnounced;

    /** Set between a HelloRetryRequest that asks for a cookie alone and the second ClientHello. */
    private @Nullable RetryWithCookie retryWithCookie;

    private final RenegotiationRules renegotiations;

    public ClientHandshake(ClientSettings settings, ConnectionObservers observers) {
        this.peer = new ClientNegotiator(settings);
        this.renegotiations = new RenegotiationRules(
                settings.renegotiation(), settings.common().clock());
        this.witness = new ConnectionTracer(observers);
    }

    @Override
    public void start() throws IOException {
        connect(peer);
        witness.begin(getContext());
    }

    // Incoming

    @Override
    protected void processRecord(short type, byte[] buffer, int offset, int length) throws IOException {
        witness.received(type, buffer, offset, length);
        try {
            messages.record(type, buffer, offset, length);
            super.processRecord(type, buffer, offset, length);
        } catch (IOException | RuntimeException | Error e) {
            throw FatalAlerts.blamed(e, messages.latest());
        }
    }

    @Override
    protected ServerHello receiveServerHelloMessage(ByteArrayInputStream message) throws IOException {
        byte[] body = message.readAllBytes();
        ServerFlightRules.requireVersion(body);
        ServerHello hello = super.receiveServerHelloMessage(new ByteArrayInputStream(body));
        ServerFlightRules.requireExtensions(hello, clientExtensions);
        if (retryGroup < 0) {
            // After a HelloRetryRequest only TLS 1.3 is left.
            ServerFlightRules.requireKnownSession(
                    hello,
                    clientHello.getSessionID(),
                    tlsSession == null ? TlsUtils.EMPTY_BYTES : tlsSession.getSessionID());
        }
        if (hello.isHelloRetryRequest()) {
            // Before it is answered.
            messages.keysChanged(HandshakeType.server_hello);
        }
        Hashtable extensions = hello.getExtensions();
        ticketAnnounced = extensions != null && extensions.containsKey((Integer) ExtensionType.session_ticket);
        SessionParameters session = sessionParameters;
        if (session != null) {
            sessionParameters = withExtensionsOf(extensions, session);
        }
        return hello;
    }

    /** bctls takes encrypt_then_mac of a resumed connection from the session, but every connection agrees on it anew. */
    private static SessionParameters withExtensionsOf(@Nullable Hashtable extensions, SessionParameters session)
            throws IOException {
        Hashtable kept = new Hashtable();
        if (extensions != null) {
            for (Integer each :
                    new Integer[] {TlsExtensionsUtils.EXT_encrypt_then_mac, TlsExtensionsUtils.EXT_max_fragment_length
                    }) {
                if (extensions.containsKey(each)) {
                    kept.put(each, extensions.get(each));
                }
            }
        }
        return new SessionParameters.Builder()
                .setCipherSuite(session.getCipherSuite())
                .setNegotiatedVersion(session.getNegotiatedVersion())
                .setExtendedMasterSecret(session.isExtendedMasterSecret())
                .setMasterSecret(session.getMasterSecret())
                .setLocalCertificate(session.getLocalCertificate())
                .setPeerCertificate(session.getPeerCertificate())
                .setServerExtensions(kept)
                .build();
    }

    @Override
    protected void processServerHello(ServerHello hello) throws IOException {
        super.processServerHello(hello);
        RenegotiationRules.requireSameMasterSecret(getContext());
        ServerFlightRules.requireAnswers(serverExtensions);
        peer.protocolSelected();
    }

    @Override
    protected void receive13EncryptedExtensions(ByteArrayInputStream message) throws IOException {
        super.receive13EncryptedExtensions(message);
        ServerFlightRules.requireAnswers(serverExtensions);
        peer.protocolSelected();
    }

    @Override
    protected void receive13ServerCertificateVerify(ByteArrayInputStream message) throws IOException {
        byte[] body = message.readAllBytes();
        peer.requireScheme(body);
        super.receive13ServerCertificateVerify(new ByteArrayInputStream(body));
    }

    @Override
    protected void process13HelloRetryRequest(ServerHello retry) throws IOException {
        RetryWithCookie kept = RetryWithCookie.of(retry, clientAgreements, clientHello.getExtensions())
                .orElse(null);
        if (kept == null) {
            super.process13HelloRetryRequest(retry);
        } else {
            // bctls 1.84 requires a key_share, of a group that has none yet.
            clientAgreements = new Hashtable();
            super.process13HelloRetryRequest(kept.withGroup(retry));
            retryWithCookie = kept;
        }
        if (transcript != null) {
            int hash = getContext().getSecurityParametersHandshake().getPRFCryptoHashAlgorithm();
            transcript.retry(peer.getCrypto(), hash);
        }
    }

    @Override
    protected void send13ClientHelloRetry() throws IOException {
        super.send13ClientHelloRetry();
        RetryWithCookie kept = retryWithCookie;
        if (kept != null) {
            clientAgreements = kept.agreements();
            retryWithCookie = null;
        }
    }

    @Override
    protected void handleHandshakeMessage(short type, HandshakeMessageInput message) throws IOException {
        messages.message(type, 4 + message.available());
        witness.messageReceived(type, message.available());
        Transcript collecting = transcript;
        if (collecting != null) {
            collecting.endOfFirstHello();
            collecting.add(message);
        }
        if (type == HandshakeType.hello_request) {
            budget.spend(PeerBudget.Item.HELLO_REQUEST);
        }
        if (type == HandshakeType.hello_request && result != null && (negotiating() || signals.weEnded())) {
            // RFC 5246 7.4.1.1: ignored by who negotiates already. And who has ended its direction has no answer.
            return;
        }
        requireInOrder(type);
        if (isRenewedTicket(type)) {
            // bctls takes a ticket only in a full handshake; RFC 5077 3.3 allows one in a resumed one too.
            receiveNewSessionTicket(message);
            ticketAnnounced = false;
            return;
        }
        if (isExpectedStatus(type)) {
            peer.stapling().message(message);
            connection_state = CS_SERVER_CERTIFICATE_STATUS;
            return;
        }
        super.handleHandshakeMessage(type, message);
        if (!isTls13()) {
            transcript = null;
        } else if (type == HandshakeType.server_hello
                || type == HandshakeType.finished
                || type == HandshakeType.key_update) {
            messages.keysChanged(type);
        }
    }

    /** What bctls takes too early, or falls over. */
    private void requireInOrder(short type) throws IOException {
        boolean early = switch (type) {
            // RFC 8446 4.6.1: behind the Finished of the client.
            case HandshakeType.new_session_ticket -> isTls13() && result == null;
            // RFC 5246 7.3: behind the Certificate, where the suite has one.
            case HandshakeType.server_key_exchange,
                    HandshakeType.certificate_request,
                    HandshakeType.server_hello_done ->
                !isTls13() && connection_state == CS_SERVER_HELLO && expectsCertificate();
            default -> false;
        };
        if (early) {
            throw new TlsFatalAlert(
                    AlertDescription.unexpected_message, HandshakeType.getText(type) + " before its time");
        }
    }

    private boolean expectsCertificate() {
        int suite = getContext().getSecurityParametersHandshake().getCipherSuite();
        return Suite.of(suite)
                .map(known -> known.authentication() != Suite.Authentication.PSK)
                .orElse(true);
    }

    /** bctls asks the protocol, not the peer, and has made sure of RFC 5746 and RFC 7627 5.4. */
    @Override
    protected int getRenegotiationPolicy() {
        return renegotiations.allowed() ? RenegotiationPolicy.ACCEPT : RenegotiationPolicy.DENY;
    }

    /** bctls comes here when the server has asked. */
    @Override
    protected boolean handleRenegotiation() throws IOException {
        renegotiations.peerBegins();
        return super.handleRenegotiation();
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
            case CS_SERVER_HELLO -> !ticketAnnounced;
            case CS_CLIENT_FINISHED -> !expectSessionTicket;
            case CS_SERVER_SESSION_TICKET -> true;
            default -> false;
        };
        if (!due) {
            throw new TlsFatalAlert(
                    AlertDescription.unexpected_message, "ChangeCipherSpec before the server's flight was complete");
        }
        super.handleChangeCipherSpecMessage();
        NonceSource.of(getContext()).openingChanged();
        signals.keysUnproven(true);
    }

    private boolean isRenewedTicket(short type) {
        SecurityParameters parameters = getContext().getSecurityParameters();
        return type == HandshakeType.new_session_ticket
                && connection_state == CS_SERVER_HELLO
                && ticketAnnounced
                && parameters != null
                && parameters.isResumedSession();
    }

    /** Where it is not expected, bctls refuses it; where it is, bctls would not take every one (see {@link Staple}). */
    private boolean isExpectedStatus(short type) {
        return type == HandshakeType.certificate_status
                && connection_state == CS_SERVER_CERTIFICATE
                && !isTls13()
                && getContext().getSecurityParametersHandshake().getStatusRequestVersion() == 1;
    }

    @Override
    protected void handleServerCertificate() throws IOException {
        Hashtable agreed = serverExtensions;
        serverExtensions = ClientStapling.withStatusRequest(agreed);
        try {
            super.handleServerCertificate();
        } finally {
            serverExtensions = agreed;
        }
    }

    private boolean isTls13() {
        SecurityParameters parameters = getContext().getSecurityParameters();
        ProtocolVersion version = parameters == null ? null : parameters.getNegotiatedVersion();
        return version != null && TlsUtils.isTLSv13(version);
    }

    /** bctls reads NewSessionTicket of TLS 1.3 and drops it. */
    @Override
    protected void receive13NewSessionTicket(ByteArrayInputStream message) throws IOException {
        budget.spend(PeerBudget.Item.TICKET);
        var session = peer.resumption().ticket13(message);
        HandshakeResult known = result;
        if (session != null && known != null) {
            known.ticketArrived(session);
            witness.sessionArrived(session);
        }
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
        if (alert == AlertDescription.no_renegotiation && result != null) {
            if (!negotiating()) {
                return;
            }
            // A ClientHello cannot be taken back.
            throw FatalAlerts.alert(Code.ERR_SSL_NO_RENEGOTIATION.failure(
                    Alert.HANDSHAKE_FAILURE, "renegotiation: the server refused it"));
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
        super.writeRecord(type, buffer, offset, length);
        if (type == ContentType.alert && buffer[offset] == AlertLevel.fatal) {
            signals.alertSent(Alert.of(buffer[offset + 1] & 0xff));
        }
    }

    @Override
    protected void sendChangeCipherSpec() throws IOException {
        super.sendChangeCipherSpec();
        NonceSource.of(getContext()).sealingChanged();
    }

    /**
     * After a HelloRetryRequest bctls may have dropped PSKs that do not fit the suite, but it still counts their binders in the
     * length of the second ClientHello, and the server waits for them for ever.
     */
    @Override
    protected void sendClientHelloMessage() throws IOException {
        if (retryGroup >= 0) {
            ClientHello wrong = clientHello;
            RetryWithCookie kept = retryWithCookie;
            if (kept != null) {
                wrong.getExtensions().put(TlsExtensionsUtils.EXT_key_share, kept.keyShare());
            }
            byte[] identities = (byte[]) wrong.getExtensions().get(TlsExtensionsUtils.EXT_pre_shared_key);
            int hashLength = getContext().getSecurityParametersHandshake().getPRFHashLength();
            // All that are left go with the suite's hash; a binder is a byte of length and a hash, in a list with two
            // length bytes.
            int binders = identities == null ? 0 : 2 + count(identities) * (1 + hashLength);
            clientHello = new ClientHello(
                    wrong.getVersion(),
                    wrong.getRandom(),
                    wrong.getSessionID(),
                    null,
                    wrong.getCipherSuites(),
                    wrong.getExtensions(),
                    binders);
        }
        super.sendClientHelloMessage();
    }

    /** struct { opaque identity<1..2^16-1>; uint32 obfuscated_ticket_age; } PskIdentity, in a list with two length bytes. */
    private static int count(byte[] identities) {
        int count = 0;
        for (int at = 2; at + 2 <= identities.length; count++) {
            at += 2 + TlsUtils.readUint16(identities, at) + 4;
        }
        return count;
    }

    // The end of the handshake

    @Override
    protected void completeHandshake() throws IOException {
        Transcript collected = transcript;
        transcript = null;
        if (isTls13() && collected != null) {
            SecurityParameters parameters = getContext().getSecurityParametersHandshake();
            byte[] secret = collected.resumptionSecret(peer.getCrypto(), parameters);
            peer.resumption().resumptionSecret(secret, parameters.getPRFCryptoHashAlgorithm());
            if (selectedPSK13 && !peer.usedSharedKey()) {
                sessionParameters = peer.resumption().parameters13(parameters);
            }
        }
        SecurityParameters completing = getContext().getSecurityParametersHandshake();
        witness.completing(completing);
        BindingMaterial binding = BindingMaterial.of(peer.getCrypto(), completing);
        super.completeHandshake();
        nonces().completed();
        signals.keysUnproven(false);
        result = peer.result(binding);
        peer.resumption().newSession12().ifPresent(witness::sessionArrived);
    }

    // What the connection asks

    @Override
    public boolean dropsChangeCipherSpec() {
        return result == null && getContext().getServerVersion() == null && peer.offersTls13();
    }

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
        return signals.areKeysUnproven();
    }

    @Override
    public boolean negotiating() {
        return result != null && isHandshaking();
    }

    @Override
    public void renegotiate(@Nullable ClientAuthRequirement clientCertificates) throws IOException {
        renegotiations.require(getContext().getSecurityParametersConnection(), signals);
        beginHandshake(true);
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
        witness.fatalAlert();
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
