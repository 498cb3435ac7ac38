package io.heddle.engine.handshake;

import io.heddle.engine.handshake.PeerVerifier.Authorization;
import io.heddle.session.ClientCertificatePolicy;
import io.heddle.session.SessionState;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsUtils;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of the tickets that a client of TLS 1.3 receives after its handshake (RFC 8446 4.6.1): the elements
 * that all of them have in common, and the secret from which their PSKs are derived.
 *
 * <p>Confined to the connection's engine lock.
 */
final class ClientTickets {
    /** Makes no sessions, after a handshake with a key of the application; the messages are checked all the same. */
    static final ClientTickets NONE = new ClientTickets(null, null, null, null, null, 0);

    /** RFC 8446 4.6.1: at most 7 days, whatever the server says. */
    private static final long LONGEST_LIFETIME = 604_800;

    /**
     * The full handshake that the sessions go back to.
     *
     * @param chain the server's certificates
     * @param authorization the verdict on them
     * @param id the original id, see {@link SessionFactory}
     */
    record Origin(List<X509Certificate> chain, Authorization authorization, Instant time, byte[] id) {}

    private final @Nullable HandshakeSettings settings;
    private final SessionState.@Nullable Builder common;
    private final @Nullable Origin origin;
    private final byte @Nullable [] secret;
    private final int hash;

    /** The latest session of the connection, null if there is none. */
    private @Nullable SessionState latest;

    /**
     * Creates the sessions of a handshake.
     *
     * @param resumed the session that the handshake resumed, null if it resumed none
     * @param secret the resumption secret; null if a message came for which there is none, such as a HelloRequest
     *     before the ServerHello, so that a ticket has no PSK and is refused
     * @param hash the hash of the suite, in bctls' numbers
     */
    ClientTickets(
            @Nullable HandshakeSettings settings,
            SessionState.@Nullable Builder common,
            @Nullable Origin origin,
            @Nullable SessionState resumed,
            byte @Nullable [] secret,
            int hash) {
        this.settings = settings;
        this.common = common;
        this.origin = origin;
        this.latest = resumed;
        this.secret = secret;
        this.hash = hash;
    }

    /** Returns the session of a NewSessionTicket, null if it makes none. */
    @Nullable
    SessionState session(ByteArrayInputStream message) throws IOException {
        long lifetime = TlsUtils.readUint32(message);
        long ageAdd = TlsUtils.readUint32(message);
        byte[] nonce = TlsUtils.readOpaque8(message);
        byte[] ticket = TlsUtils.readOpaque16(message, 1);
        ServerFlightRules.requireTicketExtensions(TlsUtils.readOpaque16(message));
        if (message.available() > 0) {
            throw new TlsFatalAlert(AlertDescription.decode_error, "NewSessionTicket with bytes behind it");
        }
        if (settings == null || common == null || origin == null) {
            return null;
        }
        if (secret == null) {
            throw new TlsFatalAlert(AlertDescription.unexpected_message);
        }
        if (lifetime == 0) {
            return null;
        }
        SessionPeer.judged(ClientCertificatePolicy.NONE, origin.chain(), latest, origin.authorization())
                .describe(common, origin.time(), origin.id());
        byte[] psk = settings.sessionFactory().ticketPsk(secret, hash, nonce);
        Duration timeout = Duration.ofSeconds(Math.min(LONGEST_LIFETIME, lifetime));
        SessionState session = common.time(settings.sessionTime())
                .timeout(timeout)
                .sessionId(ClientResumption.ticketId(ticket))
                .masterSecret(psk)
                .ticket(ticket)
                .ticketLifetimeHint(timeout)
                .ticketAgeAdd(ageAdd)
                .build();
        Arrays.fill(psk, (byte) 0);
        latest = session;
        return session;
    }
}
