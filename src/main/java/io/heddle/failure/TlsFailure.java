package io.heddle.failure;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import java.io.Serial;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The failure of a TLS connection: the code of Node and OpenSSL, the alert that was sent or received, and one sentence
 * that states the action, the values and the allowed ones.
 *
 * <p>The message is one line of at most 300 characters, whatever the peer sent.
 *
 * <p>The first failure of a connection is kept, and later reads and writes throw it again.
 */
public final class TlsFailure extends SSLException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final Code code;
    private final @Nullable Alert alert;

    private TlsFailure(Code code, @Nullable Alert alert, String message, @Nullable Throwable cause) {
        super(FailureText.line(message), cause);
        this.code = code;
        this.alert = alert;
    }

    /** Returns the code; its name is the string in Node's {@code error.code}. */
    public Code code() {
        return code;
    }

    /**
     * Returns the alert that was sent ({@link Blame#PEER_ALERT}: received), empty if there was none; before the failure
     * ends a connection, the alert that will be sent.
     */
    public Optional<Alert> alert() {
        return Optional.ofNullable(alert);
    }

    /**
     * Returns this failure as the end of a connection: with the fatal alert that was sent in its message and as its
     * {@link #alert}.
     *
     * @param sent empty if none was sent
     */
    public TlsFailure ended(Optional<Alert> sent) {
        if (sent.isEmpty() && alert == null) {
            return this;
        }
        String end = sent.map(known -> " (sent alert %d %s)".formatted(known.number(), known))
                .orElse("");
        var ended = new TlsFailure(
                code,
                sent.orElse(null),
                FailureText.shortened(Objects.requireNonNull(getMessage()), end.length()) + end,
                getCause());
        ended.setStackTrace(getStackTrace());
        for (Throwable error : getSuppressed()) {
            ended.addSuppressed(error);
        }
        return ended;
    }

    /** Returns the failure of a connection whose peer sent the fatal {@code alert}. */
    public static TlsFailure received(Alert alert) {
        return received(alert.number());
    }

    /**
     * Returns the failure of a connection whose peer sent a fatal alert.
     *
     * @param number the alert on the wire, 0 to 255, assigned or not
     */
    public static TlsFailure received(int number) {
        Alert alert = Alert.of(number);
        return new TlsFailure(
                Code.ofReceived(alert),
                alert,
                "alert: the peer ended the connection with %s (%d)".formatted(alert, number),
                null);
    }

    /**
     * Returns text that came from the peer in a form that is safe to print: printable ASCII, everything else and the
     * backslash escaped, at most 64 characters and then {@code ...}.
     */
    public static String printable(String peerText) {
        return FailureText.printable(peerText);
    }

    /**
     * Returns a list that came from the peer in a form that is safe to print, such as
     * {@code [h2, http/1.1, ... and 12 more]}: each element as from {@link #printable(String)}, and as many as fit into
     * 80 characters, but at least one.
     */
    public static String printable(List<String> peerTexts) {
        return FailureText.list(peerTexts, FailureText::printable);
    }

    /** The side that caused a failure. */
    public enum Blame {
        /** The peer violated the protocol. */
        PEER_MISBEHAVED,
        /**
         * The peer followed the protocol, but the two sides have nothing in common or its identity is not the
         * expected one.
         */
        PEER_INCOMPATIBLE,
        /** The peer refused the connection with an alert. */
        PEER_ALERT,
        /** The local configuration is wrong, or a callback of the application threw an exception. */
        LOCAL_CONFIG,
        /** The transport failed or was too slow. */
        TRANSPORT
    }

    /** A failure code. The name of a constant is the string in Node's {@code error.code}. */
    public enum Code {
        // The transport
        ECONNRESET(Blame.TRANSPORT, null),
        ERR_TLS_HANDSHAKE_TIMEOUT(Blame.TRANSPORT, null),
        /** All addresses of the host are on the application's block list. */
        ERR_IP_BLOCKED(Blame.LOCAL_CONFIG, null),
        ERR_TLS_INVALID_STATE(Blame.LOCAL_CONFIG, null),
        ERR_SSL_TLS_ILLEGAL_EXPORTER_LABEL(Blame.LOCAL_CONFIG, null),

        // Negotiation
        ERR_SSL_NO_APPLICATION_PROTOCOL(Blame.PEER_INCOMPATIBLE, Alert.NO_APPLICATION_PROTOCOL),
        ERR_TLS_ALPN_CALLBACK_INVALID_RESULT(Blame.LOCAL_CONFIG, Alert.INTERNAL_ERROR),
        ERR_SSL_NO_SHARED_CIPHER(Blame.PEER_INCOMPATIBLE, Alert.HANDSHAKE_FAILURE),
        ERR_SSL_NO_SUITABLE_KEY_SHARE(Blame.PEER_INCOMPATIBLE, Alert.HANDSHAKE_FAILURE),
        ERR_SSL_NO_SUITABLE_SIGNATURE_ALGORITHM(Blame.PEER_INCOMPATIBLE, Alert.HANDSHAKE_FAILURE),
        ERR_SSL_NO_SHARED_SIGNATURE_ALGORITHMS(Blame.PEER_INCOMPATIBLE, Alert.HANDSHAKE_FAILURE),
        /** The client accepts no X.509 certificate, but other types (RFC 7250). */
        ERR_SSL_BAD_EXTENSION(Blame.PEER_INCOMPATIBLE, Alert.UNSUPPORTED_CERTIFICATE),
        ERR_SSL_NO_PROTOCOLS_AVAILABLE(Blame.LOCAL_CONFIG, null),
        ERR_SSL_UNSUPPORTED_PROTOCOL(Blame.PEER_INCOMPATIBLE, Alert.PROTOCOL_VERSION),
        ERR_SSL_INAPPROPRIATE_FALLBACK(Blame.PEER_INCOMPATIBLE, Alert.INAPPROPRIATE_FALLBACK),
        ERR_SSL_UNSAFE_LEGACY_RENEGOTIATION_DISABLED(Blame.PEER_INCOMPATIBLE, Alert.HANDSHAKE_FAILURE),
        ERR_SSL_NO_RENEGOTIATION(Blame.PEER_INCOMPATIBLE, null),
        ERR_SSL_WRONG_SSL_VERSION(Blame.LOCAL_CONFIG, null),
        ERR_TLS_RENEGOTIATION_DISABLED(Blame.PEER_INCOMPATIBLE, Alert.HANDSHAKE_FAILURE),
        ERR_TLS_SESSION_ATTACK(Blame.PEER_MISBEHAVED, Alert.HANDSHAKE_FAILURE),
        ERR_SSL_PSK_IDENTITY_NOT_FOUND(Blame.PEER_INCOMPATIBLE, Alert.UNKNOWN_PSK_IDENTITY),
        ERR_TLS_PSK_SET_IDENTITY_HINT_FAILED(Blame.LOCAL_CONFIG, Alert.INTERNAL_ERROR),
        ERR_SSL_BINDER_DOES_NOT_VERIFY(Blame.PEER_MISBEHAVED, Alert.DECRYPT_ERROR),
        ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE(Blame.PEER_INCOMPATIBLE, Alert.CERTIFICATE_REQUIRED),
        ERR_SSL_DH_KEY_TOO_SMALL(Blame.PEER_INCOMPATIBLE, Alert.HANDSHAKE_FAILURE),
        ERR_TLS_DH_PARAM_SIZE(Blame.PEER_INCOMPATIBLE, Alert.INSUFFICIENT_SECURITY),
        ERR_SSL_INCONSISTENT_EXTMS(Blame.PEER_MISBEHAVED, Alert.HANDSHAKE_FAILURE),

        // The peer's bytes
        ERR_SSL_UNEXPECTED_MESSAGE(Blame.PEER_MISBEHAVED, Alert.UNEXPECTED_MESSAGE),
        ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC(Blame.PEER_MISBEHAVED, Alert.BAD_RECORD_MAC),
        ERR_SSL_DATA_LENGTH_TOO_LONG(Blame.PEER_MISBEHAVED, Alert.RECORD_OVERFLOW),
        ERR_SSL_EXCESSIVE_MESSAGE_SIZE(Blame.PEER_MISBEHAVED, Alert.ILLEGAL_PARAMETER),
        ERR_SSL_BAD_LENGTH(Blame.PEER_MISBEHAVED, Alert.DECODE_ERROR),
        ERR_SSL_ILLEGAL_PARAMETER(Blame.PEER_MISBEHAVED, Alert.ILLEGAL_PARAMETER),
        ERR_SSL_MISSING_EXTENSION(Blame.PEER_MISBEHAVED, Alert.MISSING_EXTENSION),
        ERR_SSL_UNSOLICITED_EXTENSION(Blame.PEER_MISBEHAVED, Alert.UNSUPPORTED_EXTENSION),
        ERR_SSL_UNSUPPORTED_STATUS_TYPE(Blame.PEER_MISBEHAVED, Alert.DECODE_ERROR),
        ERR_SSL_BAD_COMPRESSION_ALGORITHM(Blame.PEER_MISBEHAVED, Alert.ILLEGAL_PARAMETER),
        ERR_SSL_BAD_DECOMPRESSION(Blame.PEER_MISBEHAVED, Alert.BAD_CERTIFICATE),
        ERR_SSL_BAD_SIGNATURE(Blame.PEER_MISBEHAVED, Alert.DECRYPT_ERROR),
        ERR_SSL_WRONG_VERSION_NUMBER(Blame.PEER_MISBEHAVED, Alert.PROTOCOL_VERSION),
        ERR_SSL_HTTP_REQUEST(Blame.PEER_MISBEHAVED, null),
        ERR_SSL_UNEXPECTED_EOF_WHILE_READING(Blame.PEER_MISBEHAVED, null),
        ERR_SSL_HANDSHAKE_FAILURE(Blame.PEER_INCOMPATIBLE, Alert.HANDSHAKE_FAILURE),
        ERR_SSL_INTERNAL_ERROR(Blame.LOCAL_CONFIG, Alert.INTERNAL_ERROR),
        /** A callback of the application threw an exception, which is the cause. */
        ERR_TLS_CALLBACK(Blame.LOCAL_CONFIG, Alert.INTERNAL_ERROR),
        /** A callback of the application returned a value that is not allowed. */
        ERR_INVALID_ARG_VALUE(Blame.LOCAL_CONFIG, Alert.INTERNAL_ERROR),

        // Alerts received; the constants carry the numbers in their declaration order below
        ERR_SSL_SSL_ALERT(Blame.PEER_ALERT, null),
        ERR_SSL_SSLV3_ALERT_UNEXPECTED_MESSAGE(Blame.PEER_ALERT, Alert.UNEXPECTED_MESSAGE),
        ERR_SSL_SSLV3_ALERT_BAD_RECORD_MAC(Blame.PEER_ALERT, Alert.BAD_RECORD_MAC),
        ERR_SSL_TLSV1_ALERT_DECRYPTION_FAILED(Blame.PEER_ALERT, Alert.DECRYPTION_FAILED),
        ERR_SSL_TLSV1_ALERT_RECORD_OVERFLOW(Blame.PEER_ALERT, Alert.RECORD_OVERFLOW),
        ERR_SSL_SSLV3_ALERT_DECOMPRESSION_FAILURE(Blame.PEER_ALERT, Alert.DECOMPRESSION_FAILURE),
        ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE(Blame.PEER_ALERT, Alert.HANDSHAKE_FAILURE),
        ERR_SSL_SSLV3_ALERT_NO_CERTIFICATE(Blame.PEER_ALERT, Alert.NO_CERTIFICATE),
        ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE(Blame.PEER_ALERT, Alert.BAD_CERTIFICATE),
        ERR_SSL_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE(Blame.PEER_ALERT, Alert.UNSUPPORTED_CERTIFICATE),
        ERR_SSL_SSLV3_ALERT_CERTIFICATE_REVOKED(Blame.PEER_ALERT, Alert.CERTIFICATE_REVOKED),
        ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED(Blame.PEER_ALERT, Alert.CERTIFICATE_EXPIRED),
        ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN(Blame.PEER_ALERT, Alert.CERTIFICATE_UNKNOWN),
        ERR_SSL_SSLV3_ALERT_ILLEGAL_PARAMETER(Blame.PEER_ALERT, Alert.ILLEGAL_PARAMETER),
        ERR_SSL_TLSV1_ALERT_UNKNOWN_CA(Blame.PEER_ALERT, Alert.UNKNOWN_CA),
        ERR_SSL_TLSV1_ALERT_ACCESS_DENIED(Blame.PEER_ALERT, Alert.ACCESS_DENIED),
        ERR_SSL_TLSV1_ALERT_DECODE_ERROR(Blame.PEER_ALERT, Alert.DECODE_ERROR),
        ERR_SSL_TLSV1_ALERT_DECRYPT_ERROR(Blame.PEER_ALERT, Alert.DECRYPT_ERROR),
        ERR_SSL_TLSV1_ALERT_EXPORT_RESTRICTION(Blame.PEER_ALERT, Alert.EXPORT_RESTRICTION),
        ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION(Blame.PEER_ALERT, Alert.PROTOCOL_VERSION),
        ERR_SSL_TLSV1_ALERT_INSUFFICIENT_SECURITY(Blame.PEER_ALERT, Alert.INSUFFICIENT_SECURITY),
        ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR(Blame.PEER_ALERT, Alert.INTERNAL_ERROR),
        ERR_SSL_TLSV1_ALERT_INAPPROPRIATE_FALLBACK(Blame.PEER_ALERT, Alert.INAPPROPRIATE_FALLBACK),
        ERR_SSL_TLSV1_ALERT_USER_CANCELLED(Blame.PEER_ALERT, Alert.USER_CANCELED),
        ERR_SSL_TLSV1_ALERT_NO_RENEGOTIATION(Blame.PEER_ALERT, Alert.NO_RENEGOTIATION),
        ERR_SSL_TLSV13_ALERT_MISSING_EXTENSION(Blame.PEER_ALERT, Alert.MISSING_EXTENSION),
        ERR_SSL_TLSV1_UNSUPPORTED_EXTENSION(Blame.PEER_ALERT, Alert.UNSUPPORTED_EXTENSION),
        ERR_SSL_TLSV1_CERTIFICATE_UNOBTAINABLE(Blame.PEER_ALERT, Alert.CERTIFICATE_UNOBTAINABLE),
        ERR_SSL_TLSV1_UNRECOGNIZED_NAME(Blame.PEER_ALERT, Alert.UNRECOGNIZED_NAME),
        ERR_SSL_TLSV1_BAD_CERTIFICATE_STATUS_RESPONSE(Blame.PEER_ALERT, Alert.BAD_CERTIFICATE_STATUS_RESPONSE),
        ERR_SSL_TLSV1_BAD_CERTIFICATE_HASH_VALUE(Blame.PEER_ALERT, Alert.BAD_CERTIFICATE_HASH_VALUE),
        ERR_SSL_TLSV1_ALERT_UNKNOWN_PSK_IDENTITY(Blame.PEER_ALERT, Alert.UNKNOWN_PSK_IDENTITY),
        ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED(Blame.PEER_ALERT, Alert.CERTIFICATE_REQUIRED),
        ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL(Blame.PEER_ALERT, Alert.NO_APPLICATION_PROTOCOL),

        // The peer's certificate: OpenSSL's verification results, with OpenSSL's numbers
        ERR_TLS_CERT_ALTNAME_INVALID(Blame.PEER_INCOMPATIBLE, Alert.CERTIFICATE_UNKNOWN),
        ERR_TLS_CERT_ALTNAME_FORMAT(Blame.PEER_MISBEHAVED, Alert.BAD_CERTIFICATE),
        UNSPECIFIED(1, Alert.CERTIFICATE_UNKNOWN),
        UNABLE_TO_GET_ISSUER_CERT(2, Alert.UNKNOWN_CA),
        UNABLE_TO_GET_CRL(3, Alert.CERTIFICATE_UNKNOWN),
        UNABLE_TO_DECRYPT_CERT_SIGNATURE(4, Alert.BAD_CERTIFICATE),
        UNABLE_TO_DECRYPT_CRL_SIGNATURE(5, Alert.BAD_CERTIFICATE),
        UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY(6, Alert.BAD_CERTIFICATE),
        CERT_SIGNATURE_FAILURE(7, Alert.DECRYPT_ERROR),
        CRL_SIGNATURE_FAILURE(8, Alert.DECRYPT_ERROR),
        CERT_NOT_YET_VALID(9, Alert.BAD_CERTIFICATE),
        CERT_HAS_EXPIRED(10, Alert.CERTIFICATE_EXPIRED),
        CRL_NOT_YET_VALID(11, Alert.BAD_CERTIFICATE),
        CRL_HAS_EXPIRED(12, Alert.CERTIFICATE_EXPIRED),
        ERROR_IN_CERT_NOT_BEFORE_FIELD(13, Alert.BAD_CERTIFICATE),
        ERROR_IN_CERT_NOT_AFTER_FIELD(14, Alert.BAD_CERTIFICATE),
        ERROR_IN_CRL_LAST_UPDATE_FIELD(15, Alert.BAD_CERTIFICATE),
        ERROR_IN_CRL_NEXT_UPDATE_FIELD(16, Alert.BAD_CERTIFICATE),
        OUT_OF_MEM(17, Alert.INTERNAL_ERROR),
        DEPTH_ZERO_SELF_SIGNED_CERT(18, Alert.UNKNOWN_CA),
        SELF_SIGNED_CERT_IN_CHAIN(19, Alert.UNKNOWN_CA),
        UNABLE_TO_GET_ISSUER_CERT_LOCALLY(20, Alert.UNKNOWN_CA),
        UNABLE_TO_VERIFY_LEAF_SIGNATURE(21, Alert.UNKNOWN_CA),
        CERT_CHAIN_TOO_LONG(22, Alert.UNKNOWN_CA),
        CERT_REVOKED(23, Alert.CERTIFICATE_REVOKED),
        INVALID_CA(79, Alert.UNKNOWN_CA),
        PATH_LENGTH_EXCEEDED(25, Alert.UNKNOWN_CA),
        INVALID_PURPOSE(26, Alert.UNSUPPORTED_CERTIFICATE),
        CERT_UNTRUSTED(27, Alert.BAD_CERTIFICATE),
        CERT_REJECTED(28, Alert.BAD_CERTIFICATE),
        KEYUSAGE_NO_CERTSIGN(32, Alert.BAD_CERTIFICATE),
        UNHANDLED_CRITICAL_EXTENSION(34, Alert.BAD_CERTIFICATE),
        KEYUSAGE_NO_CRL_SIGN(35, Alert.BAD_CERTIFICATE),
        UNHANDLED_CRITICAL_CRL_EXTENSION(36, Alert.BAD_CERTIFICATE),
        INVALID_NON_CA(37, Alert.BAD_CERTIFICATE),
        INVALID_EXTENSION(41, Alert.BAD_CERTIFICATE),
        NO_EXPLICIT_POLICY(43, Alert.BAD_CERTIFICATE),
        DIFFERENT_CRL_SCOPE(44, Alert.BAD_CERTIFICATE),
        PERMITTED_VIOLATION(47, Alert.BAD_CERTIFICATE),
        EXCLUDED_VIOLATION(48, Alert.BAD_CERTIFICATE),
        SUBTREE_MINMAX(49, Alert.BAD_CERTIFICATE),
        UNSUPPORTED_CONSTRAINT_TYPE(51, Alert.BAD_CERTIFICATE),
        UNSUPPORTED_CONSTRAINT_SYNTAX(52, Alert.BAD_CERTIFICATE),
        UNSUPPORTED_NAME_SYNTAX(53, Alert.BAD_CERTIFICATE),
        HOSTNAME_MISMATCH(62, Alert.BAD_CERTIFICATE),
        EE_KEY_TOO_SMALL(66, Alert.BAD_CERTIFICATE),
        CA_KEY_TOO_SMALL(67, Alert.BAD_CERTIFICATE),
        CA_MD_TOO_WEAK(68, Alert.BAD_CERTIFICATE),
        OCSP_VERIFY_NEEDED(73, Alert.BAD_CERTIFICATE_STATUS_RESPONSE),
        OCSP_VERIFY_FAILED(74, Alert.BAD_CERTIFICATE_STATUS_RESPONSE),
        OCSP_CERT_UNKNOWN(75, Alert.BAD_CERTIFICATE_STATUS_RESPONSE),
        OCSP_RESP_INVALID(96, Alert.BAD_CERTIFICATE_STATUS_RESPONSE),
        OCSP_SIGNATURE_FAILURE(97, Alert.BAD_CERTIFICATE_STATUS_RESPONSE),
        OCSP_NOT_YET_VALID(98, Alert.BAD_CERTIFICATE_STATUS_RESPONSE),
        OCSP_HAS_EXPIRED(99, Alert.BAD_CERTIFICATE_STATUS_RESPONSE);

        private final Blame blame;
        private final @Nullable Alert alert;
        private final int verifyResult;

        Code(Blame blame, @Nullable Alert alert) {
            this.blame = blame;
            this.alert = alert;
            this.verifyResult = -1;
        }

        Code(int verifyResult, Alert alert) {
            this.blame = Blame.PEER_INCOMPATIBLE;
            this.alert = alert;
            this.verifyResult = verifyResult;
        }

        /** Returns the side that caused the failure. */
        public Blame blame() {
            return blame;
        }

        /** Returns the alert of this code, empty if the connection ends without one. */
        public Optional<Alert> alert() {
            return Optional.ofNullable(alert);
        }

        /** Returns OpenSSL's number ({@code X509_V_ERR_...}) of a certificate's verification result, else -1. */
        public int verifyResult() {
            return verifyResult;
        }

        /** Returns whether this is the verdict on a peer's certificate chain. */
        public boolean isVerification() {
            return verifyResult >= 0;
        }

        /** Returns the code with OpenSSL's number of a verification result, {@link #UNSPECIFIED} if there is none. */
        public static Code ofVerifyResult(int number) {
            for (Code code : values()) {
                if (code.isVerification() && code.verifyResult == number) {
                    return code;
                }
            }
            return UNSPECIFIED;
        }

        /**
         * Returns a failure with this code and its alert; the message is {@code format} with the values. A list among
         * the values is truncated after 80 characters ({@code ... and 12 more}); unprintable characters are escaped.
         */
        @FormatMethod
        public TlsFailure failure(@FormatString String format, @Nullable Object... values) {
            return new TlsFailure(this, alert, FailureText.of(format, values), null);
        }

        /** Returns a failure with this code, its alert and a cause. */
        @FormatMethod
        public TlsFailure failure(Throwable cause, @FormatString String format, @Nullable Object... values) {
            return new TlsFailure(this, alert, FailureText.of(format, values), cause);
        }

        /** Returns a failure with this code but another alert, for cases in which versions of TLS differ. */
        @FormatMethod
        public TlsFailure failure(Alert other, @FormatString String format, @Nullable Object... values) {
            return new TlsFailure(this, other, FailureText.of(format, values), null);
        }

        /** Returns a failure with this code, another alert and a cause. */
        @FormatMethod
        public TlsFailure failure(
                Throwable cause, Alert other, @FormatString String format, @Nullable Object... values) {
            return new TlsFailure(this, other, FailureText.of(format, values), cause);
        }

        private static Code ofReceived(Alert alert) {
            for (Code code : values()) {
                if (code.blame == Blame.PEER_ALERT && code.alert == alert) {
                    return code;
                }
            }
            return ERR_SSL_SSL_ALERT;
        }

        /** Returns OpenSSL's words for the verification result: the name in lower case with blanks. */
        public String words() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }
}
