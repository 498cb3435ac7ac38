package io.heddle.engine.handshake;

import io.heddle.cipher.Suite;
import io.heddle.engine.crypto.CertificateChains;
import io.heddle.engine.crypto.ProviderCrypto;
import io.heddle.session.SessionExtras;
import io.heddle.session.SessionState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.SecurityParameters;
import org.bouncycastle.tls.SessionParameters;
import org.bouncycastle.tls.TlsUtils;
import org.bouncycastle.tls.crypto.TlsCryptoUtils;

/**
 * A factory of sessions, for the server and the client alike: session states out of a handshake, bctls' form of a
 * session that resumes, and the original id.
 *
 * <p>The original id is the one by which a session is known to the application ({@code SSLSession.getId()}): that of
 * its full handshake, the same on both sides, and kept over resumptions. In TLS 1.2 it is the id of the ServerHello.
 * Where the ServerHello has none, and in TLS 1.3, whose session ids mean nothing, it is a hash of the secret that
 * both sides share. A resumed connection has the id in its session state, never one that was offered in the
 * ClientHello beside a ticket: a client could offer the id of another client's session, which programs take for the
 * name of a login.
 *
 * <p>Immutable, thread-safe.
 */
final class SessionFactory {
    private static final byte[] ORIGINAL_ID_LABEL = "heddle session id".getBytes(StandardCharsets.US_ASCII);

    /** The length of the master secret in TLS 1.2 and below (RFC 5246 8.1). */
    private static final int MASTER_SECRET = 48;

    /** Never updated, so that its copies are new digests. */
    private static final MessageDigest SHA_256 = newSha256();

    private final HandshakeSettings settings;

    SessionFactory(HandshakeSettings settings) {
        this.settings = settings;
    }

    /**
     * Returns a session with the elements that all sessions of a handshake have in common, except for those of the
     * {@link SessionPeer}.
     */
    SessionState.Builder session(SecurityParameters negotiated, Optional<String> servername) {
        SessionState.Builder session = SessionState.builder()
                .protocol(negotiated.getNegotiatedVersion().getFullVersion())
                .cipherSuite(negotiated.getCipherSuite())
                .time(settings.sessionTime());
        servername.ifPresent(session::hostName);
        if (negotiated.getApplicationProtocol() != null) {
            session.alpnProtocol(negotiated.getApplicationProtocol().getUtf8Decoding());
        }
        return session;
    }

    /** Adds the master secret of TLS 1.2 and below. */
    SessionState.Builder withMasterSecret(SessionState.Builder session, SecurityParameters negotiated) {
        byte[] secret = masterSecret(negotiated);
        session.masterSecret(secret).extendedMasterSecret(negotiated.isExtendedMasterSecret());
        Arrays.fill(secret, (byte) 0);
        return session;
    }

    private byte[] masterSecret(SecurityParameters negotiated) {
        return settings.crypto().adoptSecret(negotiated.getMasterSecret()).extract();
    }

    /** Returns when the full handshake of a session was. */
    static Instant originalTime(SessionState session) {
        return session.extras().map(SessionExtras::originalTime).orElse(session.time());
    }

    /** Returns the PSK of a ticket of TLS 1.3 (RFC 8446 4.6.1). */
    byte[] ticketPsk(byte[] resumptionSecret, int hash, byte[] nonce) throws IOException {
        return TlsCryptoUtils.hkdfExpandLabel(
                        settings.crypto().createSecret(resumptionSecret),
                        hash,
                        "resumption",
                        nonce,
                        resumptionSecret.length)
                .extract();
    }

    /** Returns whether the secret of a session has the length that its suite and version give it. */
    static boolean hasWholeSecret(SessionState session, Suite suite) {
        int hash = suite.hash() == Suite.Hash.SHA384 ? 48 : 32;
        return session.secretLength() == (suite.isTls13() ? hash : MASTER_SECRET);
    }

    /**
     * Returns bctls' form of a session that resumes, with the peer's chain, which a resumed handshake does not carry.
     *
     * @param suite the suite of the connection, in TLS 1.3 perhaps another than the session's
     */
    SessionParameters.Builder resumable(
            SessionState session, int suite, ProtocolVersion version, List<X509Certificate> peerChain) {
        ProviderCrypto crypto = settings.crypto();
        boolean tls13 = TlsUtils.isTLSv13(version);
        return new SessionParameters.Builder()
                .setCipherSuite(suite)
                .setNegotiatedVersion(version)
                .setExtendedMasterSecret(tls13 || session.extendedMasterSecret())
                .setMasterSecret(crypto.take(session.masterSecret()))
                .setPeerCertificate(peerChain.isEmpty() ? null : CertificateChains.of(crypto, peerChain, tls13));
    }

    // The original id

    /** Returns the original id of a session that resumes. */
    static byte[] originalId(SessionState session) {
        byte[] remembered = rememberedId(session);
        if (remembered.length > 0) {
            return remembered;
        }
        byte[] id = session.sessionId();
        // The id of a session with a ticket is the hash of the ticket, and changes with it.
        if (id.length > 0 && !session.hasTicket()) {
            return id;
        }
        byte[] secret = session.masterSecret();
        try {
            return originalId(secret);
        } finally {
            Arrays.fill(secret, (byte) 0);
        }
    }

    /** Returns the original id that a session contains, empty if it has none beside its own. */
    static byte[] rememberedId(SessionState session) {
        return session.extras().map(SessionExtras::originalId).orElse(TlsUtils.EMPTY_BYTES);
    }

    /** Returns the 32-byte original id that stands for this master secret (TLS 1.2) or resumption secret (TLS 1.3). */
    static byte[] originalId(byte[] secret) {
        MessageDigest hash = sha256();
        hash.update(ORIGINAL_ID_LABEL);
        return hash.digest(secret);
    }

    /** Returns the original id of a handshake of TLS 1.2 or below whose ServerHello has none. */
    byte[] originalId(SecurityParameters negotiated) {
        byte[] secret = masterSecret(negotiated);
        byte[] id = originalId(secret);
        Arrays.fill(secret, (byte) 0);
        return id;
    }

    /** Returns a new digest: a copy of one in its initial state, since a look-up by name costs more than a hash. */
    static MessageDigest sha256() {
        try {
            return (MessageDigest) SHA_256.clone();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("the SHA-256 of a JDK can be copied", e);
        }
    }

    private static MessageDigest newSha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
