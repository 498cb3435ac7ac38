package io.heddle.engine.crypto;

import io.heddle.failure.Alert;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.InvalidKeyException;
import java.security.SignatureException;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.TlsException;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsFatalAlertReceived;
import org.jspecify.annotations.Nullable;

/**
 * The translation between Heddle's failures and bctls' alerts: a failure goes in as an alert to send, and is
 * found again.
 */
public final class FatalAlerts {
    /** OpenSSL's limit on the certificate messages of a peer ({@code SSL_get_max_cert_list}), in bytes. */
    public static final int LONGEST_MESSAGE = 100 * 1024;

    private static final int DEEPEST_CAUSE = 16;

    /** The beginning of bctls' text for a message above {@link #LONGEST_MESSAGE}. */
    private static final String TOO_LONG = "Handshake message length exceeds the maximum";

    /** For a PSK of TLS 1.3, whether of a ticket or of the application. */
    private static final String WRONG_BINDER = "Invalid PSK binder";

    /** For another certificate of the server in a renegotiation. */
    private static final String OTHER_CERTIFICATE = "Server certificate changed";

    /** For a list of PSKs that does not fit its list of binders. */
    private static final String BINDERS = "'binders' must be the same length";

    /** For a key share of a hybrid group that is shorter than its first part. */
    private static final String SHORT_SHARE = "'peerValue' is too short";

    /** The end of the "name(number); " with which bctls starts its messages. */
    private static final String SEPARATOR = "; ";

    private FatalAlerts() {}

    /** Returns the exception that makes bctls send the failure's alert; {@link #failure} finds the failure again. */
    public static TlsFatalAlert alert(TlsFailure failure) {
        int number = failure.alert().orElse(Alert.INTERNAL_ERROR).number();
        return new TlsFatalAlert((short) number, failure);
    }

    /** Returns the alert for an exception of the application's callback. */
    public static TlsFatalAlert callback(String name, Exception thrown) {
        return alert(
                thrown instanceof TlsFailure failure
                        ? failure
                        : Code.ERR_TLS_CALLBACK.failure(thrown, "%s: the callback failed: %s", name, thrown));
    }

    /** Returns the same for the callbacks of bctls that declare no exception; {@link #blamed} takes it out again. */
    public static UncheckedIOException unchecked(TlsFailure failure) {
        return new UncheckedIOException(alert(failure));
    }

    /**
     * Translates an exception of the processing of a peer's record. bctls 1.84 reports some faults of the peer as
     * internal errors, and some with no more than the alert.
     *
     * @param what the processed message, such as {@code certificate(11) message}
     */
    public static IOException blamed(Throwable thrown, String what) {
        if (thrown instanceof TlsFailure failure) {
            return alert(failure);
        }
        if (thrown instanceof Error) {
            // Such as a StackOverflowError by the peer's message: it ends this connection, not its thread.
            return alert(Code.ERR_SSL_INTERNAL_ERROR.failure(
                    thrown, "internal: %s", TlsFailure.printable(thrown.toString())));
        }
        if (thrown instanceof TlsFatalAlert alert
                && String.valueOf(alert.getMessage()).contains(TOO_LONG)) {
            return tooLong();
        }
        if (thrown instanceof UncheckedIOException && thrown.getCause() instanceof IOException carried) {
            return carried;
        }
        if (thrown instanceof TlsFatalAlert alert
                && String.valueOf(alert.getMessage()).contains(WRONG_BINDER)) {
            return alert(Code.ERR_SSL_BINDER_DOES_NOT_VERIFY.failure(
                    "psk: the client's binder does not verify, it has another key than ours"));
        }
        if (thrown instanceof TlsFatalAlert alert
                && String.valueOf(alert.getMessage()).contains(OTHER_CERTIFICATE)) {
            return alert(
                    Code.ERR_SSL_ILLEGAL_PARAMETER.failure(
                            thrown,
                            Alert.CERTIFICATE_UNKNOWN,
                            "renegotiation: the server sent another certificate than in the handshake before, the same one is required"));
        }
        if (thrown instanceof IllegalArgumentException
                && String.valueOf(thrown.getMessage()).startsWith(BINDERS)) {
            return alert(Code.ERR_SSL_ILLEGAL_PARAMETER.failure(
                    thrown, "psk: the client sent another number of binders than of identities"));
        }
        if (thrown instanceof IllegalArgumentException
                && String.valueOf(thrown.getMessage()).startsWith(SHORT_SHARE)) {
            return alert(Code.ERR_SSL_ILLEGAL_PARAMETER.failure(
                    thrown, "group: the peer's key_share of a hybrid group is shorter than its first part"));
        }
        if (thrown instanceof TlsFatalAlert && thrown.getCause() instanceof ClassCastException) {
            return alert(Code.ERR_SSL_ILLEGAL_PARAMETER.failure(
                    thrown, "certificate: the peer's certificate has another type of key than it signs with"));
        }
        SignatureException unreadable = cause(thrown, SignatureException.class);
        if (unreadable != null) {
            return alert(Code.ERR_SSL_BAD_SIGNATURE.failure(
                    thrown, "handshake: the peer's signature is not one: %s", describe(unreadable)));
        }
        InvalidKeyException unusable = cause(thrown, InvalidKeyException.class);
        if (unusable != null) {
            return alert(Code.ERR_SSL_ILLEGAL_PARAMETER.failure(
                    thrown, "handshake: the peer's public key cannot be used: %s", describe(unusable)));
        }
        if (thrown instanceof EOFException) {
            // Nothing is read from the transport here: a length in the message says more than there is.
            return new TlsFatalAlert(
                    AlertDescription.decode_error, "the peer's " + what + " is shorter than a length in it says");
        }
        if (thrown instanceof TlsFatalAlert fatal && !hasSentence(fatal) && cause(thrown, TlsFailure.class) == null) {
            return new TlsFatalAlert(
                    fatal.getAlertDescription(), "the peer's " + what + " broke the protocol", fatal.getCause());
        }
        return thrown instanceof IOException io ? io : new TlsFatalAlert(AlertDescription.internal_error, thrown);
    }

    /** Returns the alert for a message above {@link #LONGEST_MESSAGE}. */
    public static TlsFatalAlert tooLong() {
        return alert(Code.ERR_SSL_EXCESSIVE_MESSAGE_SIZE.failure(
                "handshake: the peer announced a message that is too long, at most %d bytes are allowed",
                LONGEST_MESSAGE));
    }

    /** Returns the cause of a type, at whatever depth; null if there is none. */
    private static <T extends Throwable> @Nullable T cause(Throwable thrown, Class<T> type) {
        Throwable cause = thrown;
        for (int depth = 0; cause != null && depth < DEEPEST_CAUSE; depth++, cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return type.cast(cause);
            }
        }
        return null;
    }

    /** Returns whether bctls threw an exception, and not the transport. */
    public static boolean isEngines(IOException thrown) {
        return thrown instanceof TlsException;
    }

    /** Returns the failure that a call into bctls ended with. */
    public static TlsFailure failure(Throwable thrown) {
        TlsFailure failure = cause(thrown, TlsFailure.class);
        if (failure != null) {
            return failure;
        }
        return switch (thrown) {
            case TlsFatalAlertReceived received -> TlsFailure.received(received.getAlertDescription());
            case TlsFatalAlert alert -> named(alert);
            default -> Code.ERR_SSL_INTERNAL_ERROR.failure(thrown, "internal: %s", describe(thrown));
        };
    }

    private static TlsFailure named(TlsFatalAlert alert) {
        Alert sent = Alert.of(alert.getAlertDescription());
        return code(alert.getAlertDescription()).failure(alert, sent, "handshake: %s", sentence(alert));
    }

    private static String sentence(TlsFatalAlert alert) {
        StringBuilder said = new StringBuilder();
        said.append(
                hasSentence(alert)
                        ? String.valueOf(alert.getMessage()).split(SEPARATOR, 2)[1]
                        : "the peer's message broke the protocol");
        if (alert.getCause() != null) {
            said.append(" (").append(describe(alert.getCause())).append(')');
        }
        return said.toString();
    }

    private static boolean hasSentence(TlsFatalAlert alert) {
        return String.valueOf(alert.getMessage()).contains(SEPARATOR);
    }

    private static String describe(Throwable thrown) {
        String message = thrown.getMessage();
        return message == null ? thrown.getClass().getSimpleName() : TlsFailure.printable(message);
    }

    private static Code code(short description) {
        return switch (description) {
            case AlertDescription.unexpected_message -> Code.ERR_SSL_UNEXPECTED_MESSAGE;
            case AlertDescription.bad_record_mac, AlertDescription.decryption_failed ->
                Code.ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC;
            case AlertDescription.record_overflow -> Code.ERR_SSL_DATA_LENGTH_TOO_LONG;
            case AlertDescription.decode_error -> Code.ERR_SSL_BAD_LENGTH;
            case AlertDescription.illegal_parameter -> Code.ERR_SSL_ILLEGAL_PARAMETER;
            case AlertDescription.missing_extension -> Code.ERR_SSL_MISSING_EXTENSION;
            case AlertDescription.unsupported_extension -> Code.ERR_SSL_UNSOLICITED_EXTENSION;
            case AlertDescription.decrypt_error -> Code.ERR_SSL_BAD_SIGNATURE;
            case AlertDescription.protocol_version -> Code.ERR_SSL_UNSUPPORTED_PROTOCOL;
            case AlertDescription.inappropriate_fallback -> Code.ERR_SSL_INAPPROPRIATE_FALLBACK;
            case AlertDescription.no_application_protocol -> Code.ERR_SSL_NO_APPLICATION_PROTOCOL;
            case AlertDescription.unknown_psk_identity -> Code.ERR_SSL_PSK_IDENTITY_NOT_FOUND;
            case AlertDescription.unsupported_certificate -> Code.INVALID_PURPOSE;
            case AlertDescription.bad_certificate, AlertDescription.certificate_unknown -> Code.UNSPECIFIED;
            case AlertDescription.internal_error -> Code.ERR_SSL_INTERNAL_ERROR;
            default -> Code.ERR_SSL_HANDSHAKE_FAILURE;
        };
    }

    /** Returns the failure of a connection whose transport broke while the handshake ran. */
    public static TlsFailure hangUp(@Nullable IOException cause) {
        String message = "handshake: the connection ended before it was secure";
        return cause == null
                ? Code.ECONNRESET.failure("%s", message)
                : Code.ECONNRESET.failure(cause, "%s: %s", message, describe(cause));
    }
}
