package io.heddle.engine;

import io.heddle.failure.Alert;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import org.bouncycastle.tls.HandshakeType;

/**
 * The alerts that RFC 8446 6.2 and RFC 5246 7.2.2 name for what can be wrong with a message, by the message. {@code
 * internal_error} is none of them: it is for errors that do not come from the peer.
 */
final class AllowedAlerts {
    private AllowedAlerts() {}

    static Set<Alert> of(Alert... alerts) {
        Set<Alert> all = EnumSet.noneOf(Alert.class);
        all.addAll(Arrays.asList(alerts));
        return all;
    }

    static Set<Alert> with(Set<Alert> alerts, Alert... more) {
        Set<Alert> all = of(more);
        all.addAll(alerts);
        return all;
    }

    /** Returns the alerts for a message whose content was changed, at whichever message the change is found. */
    static Set<Alert> changed(Slot slot) {
        Set<Alert> named = named(slot.awaited());
        // The transcript differs, or the keys that are derived from it.
        named.addAll(of(Alert.DECODE_ERROR, Alert.ILLEGAL_PARAMETER, Alert.DECRYPT_ERROR));
        if (!slot.keyed()) {
            named.add(Alert.BAD_RECORD_MAC);
        }
        return named;
    }

    private static Set<Alert> named(int message) {
        return switch (message) {
            case HandshakeType.client_hello ->
                of(
                        Alert.UNEXPECTED_MESSAGE, // a suite or a key exchange less, and the next message is another
                        Alert.HANDSHAKE_FAILURE,
                        Alert.PROTOCOL_VERSION,
                        Alert.INSUFFICIENT_SECURITY,
                        Alert.INAPPROPRIATE_FALLBACK,
                        Alert.MISSING_EXTENSION,
                        Alert.UNRECOGNIZED_NAME,
                        Alert.NO_APPLICATION_PROTOCOL,
                        Alert.UNKNOWN_PSK_IDENTITY,
                        Alert.CERTIFICATE_REQUIRED);
            case HandshakeType.server_hello ->
                of(
                        Alert.UNEXPECTED_MESSAGE,
                        Alert.HANDSHAKE_FAILURE,
                        Alert.PROTOCOL_VERSION,
                        Alert.INSUFFICIENT_SECURITY,
                        Alert.MISSING_EXTENSION,
                        Alert.UNSUPPORTED_EXTENSION);
            case HandshakeType.encrypted_extensions, HandshakeType.new_session_ticket ->
                of(Alert.UNSUPPORTED_EXTENSION, Alert.NO_APPLICATION_PROTOCOL, Alert.MISSING_EXTENSION);
            case HandshakeType.certificate, HandshakeType.compressed_certificate ->
                of(
                        Alert.BAD_CERTIFICATE,
                        Alert.UNSUPPORTED_CERTIFICATE,
                        Alert.CERTIFICATE_UNKNOWN,
                        Alert.CERTIFICATE_EXPIRED,
                        Alert.UNKNOWN_CA,
                        Alert.CERTIFICATE_REQUIRED,
                        Alert.UNSUPPORTED_EXTENSION,
                        Alert.HANDSHAKE_FAILURE,
                        Alert.UNEXPECTED_MESSAGE);
            case HandshakeType.certificate_request ->
                of(
                        Alert.MISSING_EXTENSION,
                        Alert.UNSUPPORTED_EXTENSION,
                        Alert.HANDSHAKE_FAILURE,
                        Alert.UNSUPPORTED_CERTIFICATE,
                        Alert.UNEXPECTED_MESSAGE);
            case HandshakeType.server_key_exchange,
                    HandshakeType.client_key_exchange,
                    HandshakeType.certificate_verify -> of(Alert.HANDSHAKE_FAILURE, Alert.INSUFFICIENT_SECURITY);
            default -> of();
        };
    }
}
