package io.heddle.engine.handshake;

import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.AlertLevel;
import org.bouncycastle.tls.TlsFatalAlert;

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
