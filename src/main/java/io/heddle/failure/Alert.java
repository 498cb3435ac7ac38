package io.heddle.failure;

import java.util.Locale;

/**
 * A TLS alert description, RFC 8446 section 6 and the registries it refers to.
 *
 * <p>The constant's name in lower case is the name that the RFC uses.
 */
public enum Alert {
    CLOSE_NOTIFY(0),
    UNEXPECTED_MESSAGE(10),
    BAD_RECORD_MAC(20),
    DECRYPTION_FAILED(21),
    RECORD_OVERFLOW(22),
    DECOMPRESSION_FAILURE(30),
    HANDSHAKE_FAILURE(40),
    NO_CERTIFICATE(41),
    BAD_CERTIFICATE(42),
    UNSUPPORTED_CERTIFICATE(43),
    CERTIFICATE_REVOKED(44),
    CERTIFICATE_EXPIRED(45),
    CERTIFICATE_UNKNOWN(46),
    ILLEGAL_PARAMETER(47),
    UNKNOWN_CA(48),
    ACCESS_DENIED(49),
    DECODE_ERROR(50),
    DECRYPT_ERROR(51),
    EXPORT_RESTRICTION(60),
    PROTOCOL_VERSION(70),
    INSUFFICIENT_SECURITY(71),
    INTERNAL_ERROR(80),
    INAPPROPRIATE_FALLBACK(86),
    USER_CANCELED(90),
    NO_RENEGOTIATION(100),
    MISSING_EXTENSION(109),
    UNSUPPORTED_EXTENSION(110),
    CERTIFICATE_UNOBTAINABLE(111),
    UNRECOGNIZED_NAME(112),
    BAD_CERTIFICATE_STATUS_RESPONSE(113),
    BAD_CERTIFICATE_HASH_VALUE(114),
    UNKNOWN_PSK_IDENTITY(115),
    CERTIFICATE_REQUIRED(116),
    NO_APPLICATION_PROTOCOL(120),
    /** An unassigned number. */
    UNKNOWN(255);

    private final int number;

    Alert(int number) {
        this.number = number;
    }

    /** Returns the number on the wire, 0 to 255. */
    public int number() {
        return number;
    }

    /** Returns the alert with this number on the wire, {@link #UNKNOWN} if none is assigned. */
    public static Alert of(int number) {
        for (Alert alert : values()) {
            if (alert.number == number) {
                return alert;
            }
        }
        return UNKNOWN;
    }

    /** Returns the RFC's name, such as {@code no_application_protocol}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
