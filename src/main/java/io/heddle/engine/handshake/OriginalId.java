package io.heddle.engine.handshake;

import io.heddle.session.SessionExtras;
import io.heddle.session.SessionState;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * The id by which a session is known to the application ({@code SSLSession.getId()}): that of its full handshake, the same on both
 * sides, and kept over resumptions.
 *
 * <p>In TLS 1.2 it is the id of the ServerHello. Where the ServerHello has none, and in TLS 1.3, whose session ids mean nothing, it is
 * a hash of the secret that both sides know. A resumed connection has the id that its session state remembers, never one that
 * was offered in the ClientHello beside a ticket: a client could offer the id of another client's session, which programs take for the
 * name of a login.
 */
final class OriginalId {
    private static final byte[] LABEL = "heddle session id".getBytes(StandardCharsets.US_ASCII);

    private OriginalId() {}

    /** Returns the id of a session that resumes. */
    static byte[] of(SessionState state) {
        byte[] remembered = state.extras().map(SessionExtras::originalId).orElseGet(() -> new byte[0]);
        if (remembered.length > 0) {
            return remembered;
        }
        byte[] id = state.sessionId();
        // The id of a session with a ticket is the hash of the ticket, and changes with it.
        if (id.length > 0 && state.ticket().isEmpty()) {
            return id;
        }
        byte[] secret = state.masterSecret();
        try {
            return ofSecret(secret);
        } finally {
            Arrays.fill(secret, (byte) 0);
        }
    }

    /** Returns the 32-byte id that stands for this master secret (TLS 1.2) or resumption secret (TLS 1.3). */
    static byte[] ofSecret(byte[] secret) {
        try {
            MessageDigest hash = MessageDigest.getInstance("SHA-256");
            hash.update(LABEL);
            return hash.digest(secret);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
