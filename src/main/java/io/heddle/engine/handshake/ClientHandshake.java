package io.heddle.engine.handshake;

import io.heddle.cipher.Suite;
import io.heddle.engine.crypto.FatalAlerts;
import io.heddle.engine.handshake.HandshakeResult.BindingMaterial;
import io.heddle.engine.handshake.ServerSettings.ClientAuthRequirement;
import io.heddle.engine.handshake.trace.ConnectionObservers;
import io.heddle.engine.record.PeerBudget;
import io.heddle.failure.Alert;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.session.SessionState;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Hashtable;
import java.util.List;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.ClientHello;
import org.bouncycastle.tls.ExtensionType;
import org.bouncycastle.tls.HandshakeMessageInput;
import org.bouncycastle.tls.HandshakeType;
import org.bouncycastle.tls.KeyShareEntry;
import org.bouncycastle.tls.SecurityParameters;
import org.bouncycastle.tls.ServerHello;
import org.bouncycastle.tls.SessionParameters;
import org.bouncycastle.tls.TlsClientProtocol;
import org.bouncycastle.tls.TlsExtensionsUtils;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsUtils;
import org.jspecify.annotations.Nullable;

/**
 * The protocol object of a client's connection: bctls' state machine, with resumption of TLS 1.3, renewed tickets of
 * TLS 1.2, and the rules of the record layer that it lacks. Its hooks stand in the order of the package page.
 *
 * <p>Relies on protected members of bctls 1.84, each with a test. Confined to the connection's engine lock.
 */
@SuppressWarnings({"rawtypes", "unchecked", "JdkObsolete"})
public final class ClientHandshake extends TlsClientProtocol implements ProtocolState.Holder {
    private final ClientNegotiator negotiator;
    private final ProtocolState state;

    /** Whether the last ServerHello announced a ticket of TLS 1.2. */
    private boolean ticketAnnounced;

    /** Set between a HelloRetryRequest that asks for a cookie alone and the second ClientHello. */
    private @Nullable RetryWithCookie retryWithCookie;

    public ClientHandshake(ClientSettings settings, ConnectionObservers observers) {
        this.negotiator = new ClientNegotiator(settings);
        this.state =
                new ProtocolState(settings.renegotiation(), settings.common().clock(), observers);
    }

    @Override
    public void start() throws IOException {
        connect(negotiator);
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
            super.processRecord(type, buffer, offset, length);
        } catch (IOException | RuntimeException | Error e) {
            throw state.blamed(e);
        }
    }

    @Override
    protected void handleHandshakeMessage(short type, HandshakeMessageInput message) throws IOException {
        state.messageReceived(type, message);
        Transcript transcript = state.transcript();
        if (transcript != null) {
            transcript.endOfFirstHello();
            transcript.add(message);
        }
        if (type == HandshakeType.hello_request) {
            state.budget().spend(PeerBudget.Item.HELLO_REQUEST);
            if (result() != null && (negotiating() || state.signals().isCloseNotifySent())) {
                // RFC 5246 7.4.1.1: ignored during a negotiation. After close_notify there is no answer either.
                return;
            }
        }
        requireInOrder(type);
        if (isRenewedTicket(type)) {
            // bctls takes a ticket only in a full handshake; RFC 5077 3.3 allows one in a resumed one too.
            receiveNewSessionTicket(message);
            ticketAnnounced = false;
            return;
        }
        if (isExpectedStatus(type)) {
            negotiator.stapling().message(message);
            connection_state = CS_SERVER_CERTIFICATE_STATUS;
            return;
        }
        if (isExpectedCompressed(type)) {
            receiveCompressedCertificate(message);
            return;
        }
        super.handleHandshakeMessage(type, message);
        state.messageProcessed(type, HandshakeType.server_hello);
    }

    /** Refuses messages before their time that bctls takes, or fails at with an error of its own. */
    private void requireInOrder(short type) throws IOException {
        boolean early = switch (type) {
            // RFC 8446 4.6.1: behind the Finished of the client.
            case HandshakeType.new_session_ticket -> state.isTls13() && result() == null;
            // RFC 5246 7.3: behind the Certificate, where the suite has one.
            case HandshakeType.server_key_exchange,
                    HandshakeType.certificate_request,
                    HandshakeType.server_hello_done ->
                !state.isTls13() && connection_state == CS_SERVER_HELLO && expectsCertificate();
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
                .map(chosen -> chosen.authentication() != Suite.Authentication.PSK)
                .orElse(true);
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
                && !state.isTls13()
                && getContext().getSecurityParametersHandshake().getStatusRequestVersion() == 1;
    }

    /** Where it is not expected, bctls refuses it as it refuses all of them. */
    private boolean isExpectedCompressed(short type) {
        return type == HandshakeType.compressed_certificate
                && state.isTls13()
                && !selectedPSK13
                && negotiator.compression().enabled()
                && (connection_state == CS_SERVER_ENCRYPTED_EXTENSIONS
                        || connection_state == CS_SERVER_CERTIFICATE_REQUEST);
    }

    @Override
    protected void writeRecord(short type, byte[] buffer, int offset, int length) throws IOException {
        state.recordSending(type, buffer, offset, length);
        super.writeRecord(type, buffer, offset, length);
        state.recordSent(type, buffer, offset);
    }

    // HelloRequest, which begins a renegotiation

    /** bctls calls this when the server has asked. */
    @Override
    protected boolean handleRenegotiation() throws IOException {
        state.renegotiations().peerBegins();
        return super.handleRenegotiation();
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

    // ClientHello

    /**
     * After a HelloRetryRequest bctls may have dropped PSKs that do not fit the suite, but it still counts their
     * binders in the length of the second ClientHello, and the server waits for them forever.
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

    /**
     * struct { opaque identity<1..2^16-1>; uint32 obfuscated_ticket_age; } PskIdentity, in a list with two
     * length bytes.
     */
    private static int count(byte[] identities) {
        int count = 0;
        for (int at = 2; at + 2 <= identities.length; count++) {
            at += 2 + TlsUtils.readUint16(identities, at) + 4;
        }
        return count;
    }

    // ServerHello, HelloRetryRequest, EncryptedExtensions

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
            // Checked before it is answered.
            state.messages().keysChanged(HandshakeType.server_hello);
        }
        Hashtable extensions = hello.getExtensions();
        ticketAnnounced = extensions != null && extensions.containsKey((Integer) ExtensionType.session_ticket);
        SessionParameters session = sessionParameters;
        if (session != null) {
            sessionParameters = withExtensionsOf(extensions, session);
        }
        return hello;
    }

    /**
     * bctls takes encrypt_then_mac of a resumed connection from the session, but every connection agrees on it anew.
     */
    private static SessionParameters withExtensionsOf(@Nullable Hashtable extensions, SessionParameters session)
            throws IOException {
        Hashtable kept = new Hashtable();
        if (extensions != null) {
            for (Integer type :
                    List.of(TlsExtensionsUtils.EXT_encrypt_then_mac, TlsExtensionsUtils.EXT_max_fragment_length)) {
                if (extensions.containsKey(type)) {
                    kept.put(type, extensions.get(type));
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
        state.retry();
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

    /** If a HelloRetryRequest had a cookie alone, bctls takes the group of the first key share for the selected one. */
    @Override
    protected void process13ServerHello(ServerHello hello, boolean afterRetry) throws IOException {
        super.process13ServerHello(hello, afterRetry);
        KeyShareEntry share = TlsExtensionsUtils.getKeyShareServerHello(hello.getExtensions());
        if (share != null) {
            negotiator.keyShareSelected(share.getNamedGroup());
        }
    }

    @Override
    protected void processServerHello(ServerHello hello) throws IOException {
        super.processServerHello(hello);
        RenegotiationRules.requireSameMasterSecret(getContext());
        ServerFlightRules.requireAnswers(serverExtensions);
        negotiator.protocolSelected();
    }

    @Override
    protected void receive13EncryptedExtensions(ByteArrayInputStream message) throws IOException {
        super.receive13EncryptedExtensions(message);
        ServerFlightRules.requireAnswers(serverExtensions);
        negotiator.protocolSelected();
    }

    // The server's CertificateRequest, Certificate and CertificateVerify

    /** bctls drops the extensions that it does not use. */
    @Override
    protected void receive13CertificateRequest(ByteArrayInputStream message, boolean afterHandshake)
            throws IOException {
        byte[] body = message.readAllBytes();
        super.receive13CertificateRequest(new ByteArrayInputStream(body), afterHandshake);
        // Behind an empty certificate_request_context and the length of the extensions.
        byte[] extensions = Arrays.copyOfRange(body, 1 + 2, body.length);
        negotiator.compression().offered(readExtensionsData13(HandshakeType.certificate_request, extensions));
    }

    /** As bctls does with a Certificate, of which it is another form (RFC 8879 4). */
    private void receiveCompressedCertificate(ByteArrayInputStream message) throws IOException {
        byte[] certificate = negotiator.compression().decompress(message.readAllBytes());
        if (connection_state == CS_SERVER_ENCRYPTED_EXTENSIONS) {
            skip13CertificateRequest();
        }
        receive13ServerCertificate(new ByteArrayInputStream(certificate));
        connection_state = CS_SERVER_CERTIFICATE;
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

    @Override
    protected void receive13ServerCertificateVerify(ByteArrayInputStream message) throws IOException {
        byte[] body = message.readAllBytes();
        negotiator.requireScheme(body);
        super.receive13ServerCertificateVerify(new ByteArrayInputStream(body));
    }

    // ChangeCipherSpec, Finished

    @Override
    protected void sendChangeCipherSpec() throws IOException {
        super.sendChangeCipherSpec();
        state.nonces().sealingChanged();
    }

    @Override
    protected void handleChangeCipherSpecMessage() throws IOException {
        boolean due = switch (connection_state) {
            case CS_SERVER_HELLO -> !ticketAnnounced;
            case CS_CLIENT_FINISHED -> !expectSessionTicket;
            case CS_SERVER_SESSION_TICKET -> true;
            default -> false;
        };
        ProtocolState.requireChangeCipherSpec(due, "server");
        super.handleChangeCipherSpecMessage();
        state.openingChanged();
    }

    @Override
    protected void completeHandshake() throws IOException {
        SecurityParameters parameters = getContext().getSecurityParametersHandshake();
        byte[] resumptionSecret = state.resumptionSecret();
        if (resumptionSecret != null) {
            negotiator.resumption().resumptionSecret(resumptionSecret, parameters.getPRFCryptoHashAlgorithm());
            if (selectedPSK13 && !negotiator.usedExternalPsk()) {
                // bctls copies the peer's certificate from here, which a resumed handshake does not carry.
                sessionParameters = negotiator.resumption().parameters13(parameters);
            }
        }
        BindingMaterial binding = state.completing();
        super.completeHandshake();
        state.completed();
        state.result(negotiator.result(binding));
        negotiator.resumption().newSession12().ifPresent(state.tracer()::sessionArrived);
    }

    // NewSessionTicket of TLS 1.3, KeyUpdate, alerts

    /** bctls reads NewSessionTicket of TLS 1.3 and drops it. */
    @Override
    protected void receive13NewSessionTicket(ByteArrayInputStream message) throws IOException {
        state.budget().spend(PeerBudget.Item.TICKET);
        SessionState session = negotiator.resumption().tickets13().session(message);
        HandshakeResult current = result();
        if (session != null && current != null) {
            current.ticketArrived(session);
            state.tracer().sessionArrived(session);
        }
    }

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
        if (alert == AlertDescription.no_renegotiation && result() != null) {
            if (!negotiating()) {
                return;
            }
            // A ClientHello cannot be taken back.
            throw FatalAlerts.alert(Code.ERR_SSL_NO_RENEGOTIATION.failure(
                    Alert.HANDSHAKE_FAILURE, "renegotiation: the server refused it"));
        }
        super.handleAlertWarningMessage(alert);
    }

    // Calls of the connection

    @Override
    public boolean dropsChangeCipherSpec() {
        return result() == null && getContext().getServerVersion() == null && negotiator.offersTls13();
    }

    @Override
    public boolean awaitsFinishedOnly() {
        return state.signals().areKeysUnproven();
    }

    @Override
    public boolean negotiating() {
        return result() != null && isHandshaking();
    }

    @Override
    public void renegotiate(@Nullable ClientAuthRequirement clientCertificates) throws IOException {
        state.renegotiations().require(getContext().getSecurityParametersConnection(), state.signals());
        beginHandshake(true);
    }

    @Override
    public Protocol afterHandshake() {
        releaseBuffers();
        if (!state.wasLastHandshake()) {
            return this;
        }
        return new PostHandshake(
                state, this, null, state.isTls13() ? negotiator.resumption().tickets13() : null);
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
        state.tracer().fatalAlert();
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
