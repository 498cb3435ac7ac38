package io.heddle.engine.handshake;

import io.heddle.engine.crypto.ConnectionCiphers;
import io.heddle.engine.crypto.FatalAlerts;
import io.heddle.engine.crypto.RecordCipher;
import io.heddle.engine.handshake.HandshakeResult.BindingMaterial;
import io.heddle.engine.handshake.HandshakeSettings.RenegotiationLimit;
import io.heddle.engine.handshake.trace.ConnectionObservers;
import io.heddle.engine.handshake.trace.ConnectionTracer;
import io.heddle.engine.record.EarlyData;
import io.heddle.engine.record.MessageTracker;
import io.heddle.engine.record.PeerBudget;
import io.heddle.engine.record.PeerSignals;
import io.heddle.failure.Alert;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.InstantSource;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.AlertLevel;
import org.bouncycastle.tls.ContentType;
import org.bouncycastle.tls.HandshakeMessageInput;
import org.bouncycastle.tls.HandshakeType;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.SecurityParameters;
import org.bouncycastle.tls.TlsContext;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsFatalAlertReceived;
import org.bouncycastle.tls.TlsUtils;
import org.jspecify.annotations.Nullable;

/**
 * The part of a connection's protocol object that is the same for a server and a client: what it records of messages,
 * alerts and keys beside bctls, and the result of the last handshake.
 *
 * <p>Confined to the connection's engine lock.
 */
final class ProtocolState {
    /** The meaning of a peer's alert for the connection (RFC 8446 6, RFC 5246 7.2). */
    enum AlertMeaning {
        /** close_notify: the peer sends nothing more. */
        CLOSURE,
        /** The connection goes on. */
        WARNING,
        /** The peer has ended the connection. */
        FATAL;

        /**
         * Returns the meaning of an alert.
         *
         * @throws TlsFatalAlert illegal_parameter, if its level does not exist
         */
        static AlertMeaning of(int level, int description, boolean tls13) throws TlsFatalAlert {
            if (tls13) {
                // RFC 8446 6: the description decides, the level is a remnant.
                return switch (description) {
                    case AlertDescription.close_notify -> CLOSURE;
                    case AlertDescription.user_canceled -> WARNING;
                    default -> FATAL;
                };
            }
            return switch (level) {
                case AlertLevel.warning -> description == AlertDescription.close_notify ? CLOSURE : WARNING;
                case AlertLevel.fatal -> FATAL;
                default ->
                    throw new TlsFatalAlert(
                            AlertDescription.illegal_parameter,
                            "alert " + description + " of level " + level + ", 1 and 2 are allowed");
            };
        }
    }

    /** A protocol object with this state: the methods of {@link Protocol} that are the same for both sides. */
    interface Holder extends Protocol {
        ProtocolState state();

        @Override
        default @Nullable HandshakeResult result() {
            return state().result();
        }

        @Override
        default void offerOpened(byte[] content) throws IOException {
            RecordCipher opener = opener();
            opener.handOver(opener.openedType(), content);
            int type = opener.hidesType() ? ContentType.application_data : opener.openedType();
            // A record without a body, for which the cipher returns the content.
            byte[] header = {(byte) type, 3, (byte) opener.minorVersion(), 0, 0};
            offerInput(header, 0, header.length);
        }

        @Override
        default RecordCipher sealer() {
            return state().nonces().sealer();
        }

        @Override
        default RecordCipher opener() {
            return state().nonces().opener();
        }

        @Override
        default boolean hasOpener() {
            return state().nonces().hasOpener();
        }

        @Override
        default void onRenegotiation(Runnable listener) {
            state().renegotiations().onBegin(listener);
        }

        @Override
        default void disableRenegotiation() {
            state().renegotiations().disable();
        }

        @Override
        default PeerSignals signals() {
            return state().signals();
        }

        @Override
        default ConnectionTracer tracer() {
            return state().tracer();
        }

        @Override
        default MessageTracker messages() {
            return state().messages();
        }

        @Override
        default PeerBudget budget() {
            return state().budget();
        }

        @Override
        default EarlyData earlyData() {
            return state().earlyData();
        }
    }

    /** A hook of bctls that acts upon an event. */
    @FunctionalInterface
    interface Hook<T> {
        void call(T event) throws IOException;
    }

    /** The hook of bctls that ends a connection that failed. */
    @FunctionalInterface
    interface FailureHook {
        void call() throws IOException;
    }

    /** The hook of bctls that acts upon an alert of a level. */
    @FunctionalInterface
    interface AlertHook {
        void call(short level, short description) throws IOException;
    }

    private final MessageTracker messages = new MessageTracker();
    private final PeerSignals signals = new PeerSignals();
    private final PeerBudget budget = new PeerBudget();
    private final EarlyData earlyData = new EarlyData();
    private final ConnectionTracer tracer;
    private final RenegotiationRules renegotiations;

    private @Nullable TlsContext context;

    /** Of the first handshake, null once it is certain that no secret will be derived from it. */
    private @Nullable Transcript transcript = new Transcript();

    private @Nullable HandshakeResult result;

    ProtocolState(RenegotiationLimit limit, InstantSource clock, ConnectionObservers observers) {
        this.renegotiations = new RenegotiationRules(limit, clock);
        this.tracer = ConnectionTracer.of(observers);
    }

    /** Begins with the context of bctls. */
    void begin(TlsContext created) {
        context = created;
        tracer.begin(created);
    }

    private TlsContext context() {
        TlsContext current = context;
        if (current == null) {
            throw new IllegalStateException("the protocol object has not been started");
        }
        return current;
    }

    MessageTracker messages() {
        return messages;
    }

    PeerSignals signals() {
        return signals;
    }

    PeerBudget budget() {
        return budget;
    }

    EarlyData earlyData() {
        return earlyData;
    }

    ConnectionTracer tracer() {
        return tracer;
    }

    RenegotiationRules renegotiations() {
        return renegotiations;
    }

    ConnectionCiphers nonces() {
        return ConnectionCiphers.of(context());
    }

    /** Returns the result of the last handshake, null before the first is complete. */
    @Nullable
    HandshakeResult result() {
        return result;
    }

    /** Returns whether the handshake that is complete was the last one, since no renegotiation can begin. */
    boolean wasLastHandshake() {
        return result != null && (isTls13() || !renegotiations.allowed());
    }

    boolean isTls13() {
        SecurityParameters parameters = context().getSecurityParameters();
        ProtocolVersion version = parameters == null ? null : parameters.getNegotiatedVersion();
        return version != null && TlsUtils.isTLSv13(version);
    }

    // Incoming

    /** Takes a record that bctls is about to process. */
    void recordReceived(short type, byte[] buffer, int offset, int length) throws IOException {
        tracer.received(type, buffer, offset, length);
        messages.record(type, buffer, offset, length);
    }

    /** Returns what to throw for a failure while a record of the peer was processed. */
    IOException blamed(Throwable thrown) {
        return FatalAlerts.blamed(thrown, messages.latest());
    }

    /** Takes a whole handshake message that bctls is about to process. */
    void messageReceived(short type, HandshakeMessageInput message) throws IOException {
        messages.message(type, 4 + message.available());
        tracer.messageReceived(type, message.available());
        if (transcript != null
                && type != HandshakeType.client_hello
                && type != HandshakeType.server_hello
                && isTls13()) {
            SecurityParameters parameters = context().getSecurityParametersHandshake();
            transcript.endOfHellos(context().getCrypto(), parameters.getPRFCryptoHashAlgorithm());
        }
    }

    /**
     * Checks that a message of TLS 1.3 after which the peer's keys are new ends its record, where this is such
     * a message.
     */
    void messageProcessed(short type, short hello) throws IOException {
        if (!isTls13()) {
            transcript = null;
        } else if (type == hello || type == HandshakeType.finished || type == HandshakeType.key_update) {
            messages.keysChanged(type);
        }
    }

    /**
     * Takes an alert, and calls the hook that acts upon its meaning.
     *
     * @param alert the number as bctls passes it, with a sign
     * @param failed ends the connection, where close_notify comes before the first handshake is complete
     */
    void actOnAlert(short level, short alert, FailureHook failed, Hook<Short> warning, AlertHook fatal)
            throws IOException {
        short description = (short) (alert & 0xff);
        switch (AlertMeaning.of(level & 0xff, description, isTls13())) {
            case CLOSURE -> {
                if (!closeNotifyReceived()) {
                    failed.call();
                    throw new TlsFatalAlertReceived(AlertDescription.close_notify);
                }
            }
            case WARNING -> {
                budget.spend(PeerBudget.Item.WARNING_ALERT);
                warning.call(description);
            }
            case FATAL -> fatal.call(AlertLevel.fatal, description);
        }
    }

    /** Takes a close_notify, and returns false if it came before the first handshake is complete. */
    private boolean closeNotifyReceived() {
        if (context().getSecurityParametersConnection() == null) {
            return false;
        }
        signals.closeNotifyReceived();
        return true;
    }

    /**
     * Takes a KeyUpdate, has bctls change the peer's keys and notes it. bctls gets a copy, since its stream of a
     * message cannot be read again.
     */
    void keyUpdateReceived(ByteArrayInputStream message, Hook<ByteArrayInputStream> process) throws IOException {
        budget.spend(PeerBudget.Item.KEY_UPDATE);
        byte[] body = message.readAllBytes();
        process.call(new ByteArrayInputStream(body));
        signals.keyUpdate(body);
        tracer.keysUpdated("receiving");
    }

    /** Checks that the peer's ChangeCipherSpec is due, since bctls takes it earlier. */
    static void requireChangeCipherSpec(boolean due, String peer) throws TlsFatalAlert {
        if (!due) {
            throw new TlsFatalAlert(
                    AlertDescription.unexpected_message,
                    "ChangeCipherSpec before the " + peer + "'s flight was complete");
        }
    }

    /** Changes the keys that open records, after the peer's ChangeCipherSpec. */
    void openingChanged() {
        nonces().openingChanged();
        signals.keysUnproven(true);
    }

    // Outgoing

    /** Takes a record that bctls is about to seal. */
    void recordSending(short type, byte[] buffer, int offset, int length) throws IOException {
        if (transcript != null && type == ContentType.handshake) {
            transcript.add(buffer, offset, length);
        }
        tracer.sent(type, buffer, offset, length);
    }

    /** Notes a record that was sealed. */
    void recordSent(short type, byte[] buffer, int offset) {
        if (type == ContentType.alert && buffer[offset] == AlertLevel.fatal) {
            signals.alertSent(Alert.of(buffer[offset + 1] & 0xff));
        }
    }

    /** Has bctls send a KeyUpdate and change the local keys, and notes it. */
    void keyUpdateSending(boolean request, Hook<Boolean> send) throws IOException {
        signals.keyUpdateSent();
        send.call(request);
        tracer.keysUpdated("sending");
    }

    // Transcript, and the end of a handshake

    /** Returns the transcript, null where none is needed. */
    @Nullable
    Transcript transcript() {
        return transcript;
    }

    /** Replaces the first ClientHello in the transcript by its hash, after a HelloRetryRequest (RFC 8446 4.4.1). */
    void retry() {
        if (transcript != null) {
            int hash = context().getSecurityParametersHandshake().getPRFCryptoHashAlgorithm();
            transcript.retry(context().getCrypto(), hash);
        }
    }

    /** Returns the resumption secret of a handshake of TLS 1.3 that is about to complete, null below. */
    byte @Nullable [] resumptionSecret() throws IOException {
        Transcript complete = transcript;
        transcript = null;
        return complete != null && isTls13()
                ? complete.resumptionSecret(context().getSecurityParametersHandshake())
                : null;
    }

    /** Takes what bctls drops when it completes the handshake. */
    BindingMaterial completing() throws IOException {
        SecurityParameters parameters = context().getSecurityParametersHandshake();
        tracer.completing(parameters);
        return BindingMaterial.of(context().getCrypto(), parameters);
    }

    /** Notes that bctls has completed the handshake. */
    void completed() {
        nonces().completed();
        signals.keysUnproven(false);
    }

    void result(HandshakeResult agreed) {
        result = agreed;
    }
}
