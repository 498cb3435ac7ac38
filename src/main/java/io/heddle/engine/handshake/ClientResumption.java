package io.heddle.engine.handshake;

import io.heddle.cipher.Suite;
import io.heddle.engine.crypto.CertificateChains;
import io.heddle.engine.crypto.ProviderCrypto;
import io.heddle.engine.crypto.ResumptionSecrets;
import io.heddle.engine.crypto.Suites;
import io.heddle.engine.handshake.PeerVerifier.Authorization;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.TlsVersion;
import io.heddle.session.ClientCertificatePolicy;
import io.heddle.session.SessionExtras;
import io.heddle.session.SessionState;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Hashtable;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.ExtensionType;
import org.bouncycastle.tls.NewSessionTicket;
import org.bouncycastle.tls.PskKeyExchangeMode;
import org.bouncycastle.tls.SecurityParameters;
import org.bouncycastle.tls.SessionParameters;
import org.bouncycastle.tls.TlsExtensionsUtils;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsPSKExternal;
import org.bouncycastle.tls.TlsSession;
import org.bouncycastle.tls.TlsUtils;
import org.bouncycastle.tls.crypto.TlsCryptoUtils;
import org.jspecify.annotations.Nullable;

/**
 * Resumption on the client: whether a saved session is offered, how, and what a later connection can resume.
 *
 * <p>Confined to the connection's engine lock.
 */
@SuppressWarnings({"rawtypes", "unchecked", "JdkObsolete"})
public final class ClientResumption {
    private static final Integer SESSION_TICKET = ExtensionType.session_ticket;

    /** The timeout of a session to which the server gave no lifetime, as OpenSSL and Node have it. */
    private static final Duration DEFAULT_TIMEOUT = Duration.ofHours(2);

    /** RFC 8446 4.6.1: at most 7 days, whatever the server says. */
    private static final long LONGEST_LIFETIME = 604_800;

    private final ClientSettings settings;

    /** The session that is offered, with what it says about the server; null if none is. */
    private final @Nullable SessionState offered;

    private List<X509Certificate> offeredChain = List.of();
    private Authorization offeredVerdict = Authorization.NOT_ASKED;

    private boolean selected13;
    private boolean keepsSessions;
    private @Nullable Resumption how;
    private @Nullable SessionState state;

    /** What every session of this connection has in common, once the handshake is complete. */
    private SessionState.@Nullable Builder common;

    private @Nullable NewSessionTicket ticket12;
    private byte @Nullable [] resumptionSecret;

    /** The id in the ServerHello. */
    private byte[] chosen = {};

    /** What the session is known by, see {@link OriginalId}; once the handshake is complete. */
    private byte[] id = {};

    private int hash;

    ClientResumption(ClientSettings settings, Optional<SessionState> session) {
        this.settings = settings;
        this.offered = session.filter(this::worthOffering).orElse(null);
    }

    // The offer

    private boolean worthOffering(SessionState session) {
        TlsVersion version = TlsVersion.of(session.protocol()).orElse(null);
        Suite suite = Suite.of(session.cipherSuite()).orElse(null);
        if (version == null
                || suite == null
                || !settings.common().versions().contains(version)
                || !settings.common().suites().contains(suite)
                || !suite.fits(version)) {
            return false;
        }
        // A session names its server; under another name it would prove who somebody else is.
        if (session.hostName().isPresent()
                && !session.isForHost(settings.servername().orElse(""))) {
            return false;
        }
        Instant now = settings.common().clock().instant();
        if (now.isBefore(session.time())
                || now.getEpochSecond() > session.offeredUntil().getEpochSecond()) {
            return false;
        }
        if (session.secretLength() != (version == TlsVersion.TLS_1_3 ? Suites.hashLength(suite) : 48)) {
            return false;
        }
        if (version == TlsVersion.TLS_1_3) {
            return session.ticket().isPresent() && isTrusted(session);
        }
        // RFC 7627 5.3: without an extended master secret the session could be another's.
        return session.extendedMasterSecret()
                && (offersTicket(session) || session.sessionId().length > 0)
                && isTrusted(session);
    }

    /** Judges the server's chain by today's trust; only a whole chain can be judged, else the stored verdict counts. */
    private boolean isTrusted(SessionState session) {
        try {
            Optional<SessionExtras> extras = session.extras();
            boolean whole = extras.isPresent() && !extras.get().peerChain().isEmpty();
            List<byte[]> encoded = whole
                    ? extras.get().peerChain()
                    : session.peerCertificate().map(List::of).orElse(List.of());
            offeredChain = CertificateChains.ofEncoded(settings.common().crypto(), encoded);
            offeredVerdict = settings.verifier()
                    .verify(new PeerVerifier.Peer(
                            offeredChain,
                            settings.servername(),
                            whole ? Optional.empty() : Optional.of(session.verifyResult()),
                            negotiated(session),
                            true));
            // The chain may be good by itself. What was wrong with the OCSP response is known by this verdict only.
            return !offeredVerdict.authorized() || !isOfOcsp(session.verifyResult());
        } catch (IOException refused) {
            return false;
        }
    }

    private static boolean isOfOcsp(int verifyResult) {
        return switch (Code.ofVerifyResult(verifyResult)) {
            case CERT_REVOKED,
                    OCSP_VERIFY_NEEDED,
                    OCSP_VERIFY_FAILED,
                    OCSP_CERT_UNKNOWN,
                    OCSP_RESP_INVALID,
                    OCSP_SIGNATURE_FAILURE,
                    OCSP_NOT_YET_VALID,
                    OCSP_HAS_EXPIRED -> true;
            default -> false;
        };
    }

    /** What would be agreed on if the server resumes it. */
    private HandshakeInfo negotiated(SessionState session) {
        return new HandshakeInfo(
                settings.servername(),
                TlsVersion.of(session.protocol()).orElseThrow(),
                Suite.of(session.cipherSuite()),
                List.of(),
                offeredChain,
                List.of());
    }

    /** In TLS 1.2 and below. */
    private boolean offersTicket(SessionState session) {
        return settings.tickets() && session.ticket().isPresent();
    }

    private boolean offers13() {
        return offered != null && offered.protocol() == TlsVersion.TLS_1_3.code();
    }

    @Nullable
    TlsSession session() {
        SessionState session = offered;
        if (session == null || offers13()) {
            return null;
        }
        // With a ticket any id will do, and the server shows by echoing it that it took the ticket (RFC 5077 3.4). The
        // JDK's server chooses an id beside the ticket, and takes the one that comes with it for the session's.
        byte[] offeredId = offersTicket(session) ? remembered(session) : session.sessionId();
        offeredId = offeredId.length == 0 ? randomId() : offeredId;
        ProviderCrypto crypto = settings.common().crypto();
        TlsVersion version = TlsVersion.of(session.protocol()).orElseThrow();
        return TlsUtils.importSession(
                offeredId,
                new SessionParameters.Builder()
                        .setCipherSuite(session.cipherSuite())
                        .setNegotiatedVersion(HandshakeSettings.protocolVersion(version))
                        .setExtendedMasterSecret(session.extendedMasterSecret())
                        .setMasterSecret(crypto.take(session.masterSecret()))
                        .setPeerCertificate(
                                offeredChain.isEmpty() ? null : CertificateChains.of(crypto, offeredChain, false))
                        .build());
    }

    private static byte[] remembered(SessionState session) {
        return session.extras().map(SessionExtras::originalId).orElse(TlsUtils.EMPTY_BYTES);
    }

    private byte[] randomId() {
        byte[] random = new byte[32];
        settings.common().crypto().getSecureRandom().nextBytes(random);
        return random;
    }

    /** Returns the offered session as a PSK of TLS 1.3, null if it is none. */
    @Nullable
    TlsPSKExternal ticketPsk() {
        SessionState session = offered;
        if (session == null || !offers13()) {
            return null;
        }
        return new TicketPsk(
                session.ticket().orElseThrow(),
                ResumptionSecrets.psk(settings.common().crypto(), session.masterSecret()),
                Suites.prf(Suite.of(session.cipherSuite()).orElseThrow()));
    }

    /** Adds what asks for tickets, and a table that puts the true age where bctls writes 0. */
    Hashtable extensions(Hashtable made, boolean tls13) throws IOException {
        Hashtable extensions = new AgedExtensions(ticket13(), obfuscatedAge());
        extensions.putAll(made);
        List<TlsVersion> versions = settings.common().versions();
        if (tls13) {
            // bctls says so only when it has a PSK already, and the JDK's server sends no tickets unasked.
            TlsExtensionsUtils.addPSKKeyExchangeModesExtension(extensions, new short[] {PskKeyExchangeMode.psk_dhe_ke});
        }
        if (settings.tickets() && versions.stream().anyMatch(version -> version != TlsVersion.TLS_1_3)) {
            SessionState session = offered;
            byte[] ticket = session == null || offers13()
                    ? TlsUtils.EMPTY_BYTES
                    : session.ticket().orElse(TlsUtils.EMPTY_BYTES);
            extensions.put(SESSION_TICKET, ticket);
        }
        return extensions;
    }

    private byte[] ticket13() {
        SessionState session = offered;
        return session == null || !offers13()
                ? TlsUtils.EMPTY_BYTES
                : session.ticket().orElse(TlsUtils.EMPTY_BYTES);
    }

    /** RFC 8446 4.2.11.1: the age in milliseconds plus the server's number, modulo 2^32. */
    private long obfuscatedAge() {
        SessionState session = offered;
        if (session == null) {
            return 0;
        }
        long age = Duration.between(session.time(), settings.common().clock().instant())
                .toMillis();
        return (age + session.ticketAgeAdd()) & 0xffff_ffffL;
    }

    /** bctls keeps this very table and computes the binders after it put the extension into it. */
    private static final class AgedExtensions extends Hashtable {
        private static final long serialVersionUID = 1L;

        private final byte[] ticket;
        private final long age;

        AgedExtensions(byte[] ticket, long age) {
            this.ticket = ticket;
            this.age = age;
        }

        // Made and read by one thread.
        @Override
        @SuppressWarnings("UnsynchronizedOverridesSynchronized")
        public @Nullable Object put(Object key, Object value) {
            return super.put(key, TlsExtensionsUtils.EXT_pre_shared_key.equals(key) ? aged((byte[]) value) : value);
        }

        /** struct { opaque identity<1..2^16-1>; uint32 obfuscated_ticket_age; } PskIdentity, in a list with two length bytes. */
        private byte[] aged(byte[] identities) {
            byte[] changed = identities.clone();
            int at = 2;
            while (at + 2 <= changed.length) {
                int identity = at + 2;
                at = identity + ((changed[at] & 0xff) << 8 | (changed[at + 1] & 0xff));
                if (at + 4 > changed.length) {
                    break;
                }
                // A key of the application has no age, which is 0 (RFC 8446 4.2.11).
                if (Arrays.equals(changed, identity, at, ticket, 0, ticket.length)) {
                    TlsUtils.writeUint32(age, changed, at);
                }
                at += 4;
            }
            return changed;
        }
    }

    // The answer

    void selected(boolean ours) {
        selected13 = ours;
    }

    void serverChose(byte @Nullable [] sessionId) {
        chosen = sessionId == null ? new byte[0] : sessionId.clone();
    }

    void ticketArrived(NewSessionTicket ticket) {
        ticket12 = ticket;
    }

    /** Returns what bctls copies into the connection's parameters: the server's chain of the full handshake. */
    public SessionParameters parameters13(SecurityParameters negotiated) throws IOException {
        SessionState session = offered;
        if (session == null) {
            throw new TlsFatalAlert(AlertDescription.internal_error);
        }
        ProviderCrypto crypto = settings.common().crypto();
        return new SessionParameters.Builder()
                .setCipherSuite(negotiated.getCipherSuite())
                .setNegotiatedVersion(negotiated.getNegotiatedVersion())
                .setExtendedMasterSecret(true)
                .setMasterSecret(crypto.take(session.masterSecret()))
                .setPeerCertificate(offeredChain.isEmpty() ? null : CertificateChains.of(crypto, offeredChain, true))
                .build();
    }

    void resumptionSecret(byte[] secret, int hashAlgorithm) {
        resumptionSecret = secret;
        hash = hashAlgorithm;
    }

    /** The handshake is complete; in TLS 1.2 the master secret is still there. */
    void completed(ClientNegotiator peer, boolean withoutSession) {
        SecurityParameters done = peer.context().getSecurityParametersConnection();
        boolean tls13 = TlsUtils.isTLSv13(done.getNegotiatedVersion());
        SessionState session = offered;
        boolean resumed = session != null && !withoutSession && (tls13 ? selected13 : done.isResumedSession());
        id = session != null && resumed ? OriginalId.of(session) : newId(done, tls13);
        if (withoutSession) {
            // The key is at hand the next time, too; a session would be used without anybody asking for it.
            resumptionSecret = null;
            return;
        }
        keepsSessions = true;
        Instant now = settings.common().sessionTime();
        Instant original = now;
        if (session != null && resumed) {
            peer.resumed(offeredChain, offeredVerdict);
            how = tls13 ? Resumption.PSK : offersTicket(session) ? Resumption.TICKET : Resumption.ID;
            original = session.extras().map(SessionExtras::originalTime).orElse(session.time());
        }
        common = common(peer, done, original, tls13 ? id : idBesideTicket(session != null && resumed));
        if (tls13) {
            // What was offered stays usable; OpenSSL and Node keep it as well.
            state = resumed ? session : null;
        } else if (session != null && resumed && ticket12 == null) {
            state = session;
        } else {
            state = state12(done, original);
        }
    }

    /** Returns the id that the server of TLS 1.2 chose and that goes with a ticket; empty if there is none. */
    private byte[] idBesideTicket(boolean resumed) {
        SessionState session = offered;
        if (resumed && session != null) {
            return remembered(session);
        }
        NewSessionTicket ticket = ticket12;
        return ticket != null && ticket.getTicket().length > 0 ? chosen : TlsUtils.EMPTY_BYTES;
    }

    /** Returns the id of a session that this handshake makes. */
    private byte[] newId(SecurityParameters done, boolean tls13) {
        if (!tls13 && chosen.length > 0) {
            return chosen;
        }
        byte[] derived = resumptionSecret;
        byte[] secret = tls13 && derived != null ? derived.clone() : masterSecret(done);
        byte[] made = OriginalId.ofSecret(secret);
        Arrays.fill(secret, (byte) 0);
        return made;
    }

    private byte[] masterSecret(SecurityParameters done) {
        return settings.common().crypto().adoptSecret(done.getMasterSecret()).extract();
    }

    private SessionState.Builder common(
            ClientNegotiator peer, SecurityParameters done, Instant original, byte[] originalId) {
        SessionState.Builder builder = SessionState.builder()
                .protocol(done.getNegotiatedVersion().getFullVersion())
                .cipherSuite(done.getCipherSuite())
                .time(settings.common().sessionTime())
                .timeout(DEFAULT_TIMEOUT);
        SessionPeer.judged(ClientCertificatePolicy.NONE, peer.peerChain(), peer.authorization())
                .describe(builder, original, originalId);
        settings.servername().ifPresent(builder::hostName);
        if (done.getApplicationProtocol() != null) {
            builder.alpnProtocol(done.getApplicationProtocol().getUtf8Decoding());
        }
        return builder;
    }

    private @Nullable SessionState state12(SecurityParameters done, Instant original) {
        SessionState.Builder builder = common;
        if (builder == null) {
            return null;
        }
        byte[] secret = masterSecret(done);
        builder.masterSecret(secret).extendedMasterSecret(done.isExtendedMasterSecret());
        Arrays.fill(secret, (byte) 0);
        NewSessionTicket ticket = ticket12;
        if (ticket != null && ticket.getTicket().length > 0) {
            // Its lifetime counts from now on, also that of a ticket which renews an older session (RFC 5077 3.3).
            return builder.sessionId(sha256(ticket.getTicket()))
                    .ticket(ticket.getTicket())
                    .ticketLifetimeHint(Duration.ofSeconds(ticket.getTicketLifetimeHint()))
                    .build();
        }
        return chosen.length == 0
                ? null
                : builder.time(original).sessionId(chosen).build();
    }

    /** Takes NewSessionTicket of TLS 1.3, RFC 8446 4.6.1. */
    @Nullable
    SessionState ticket13(ByteArrayInputStream message) throws IOException {
        long lifetime = TlsUtils.readUint32(message);
        long ageAdd = TlsUtils.readUint32(message);
        byte[] nonce = TlsUtils.readOpaque8(message);
        byte[] ticket = TlsUtils.readOpaque16(message, 1);
        ServerFlightRules.requireTicketExtensions(TlsUtils.readOpaque16(message));
        if (message.available() > 0) {
            throw new TlsFatalAlert(AlertDescription.decode_error, "NewSessionTicket with bytes behind it");
        }
        if (!keepsSessions) {
            return null;
        }
        byte[] secret = resumptionSecret;
        SessionState.Builder builder = common;
        if (secret == null || builder == null) {
            throw new TlsFatalAlert(AlertDescription.unexpected_message);
        }
        if (lifetime == 0) {
            return null;
        }
        byte[] psk = TlsCryptoUtils.hkdfExpandLabel(
                        settings.common().crypto().createSecret(secret), hash, "resumption", nonce, secret.length)
                .extract();
        Duration kept = Duration.ofSeconds(Math.min(LONGEST_LIFETIME, lifetime));
        state = builder.time(settings.common().sessionTime())
                .timeout(kept)
                .sessionId(sha256(ticket))
                .masterSecret(psk)
                .ticket(ticket)
                .ticketLifetimeHint(kept)
                .ticketAgeAdd(ageAdd)
                .build();
        Arrays.fill(psk, (byte) 0);
        return state;
    }

    Optional<Resumption> how() {
        return Optional.ofNullable(how);
    }

    @Nullable
    SessionState state() {
        return state;
    }

    /** Returns the session of TLS 1.2 or below that this handshake made, or renewed; in TLS 1.3 they come afterwards. */
    Optional<SessionState> newSession12() {
        return Optional.ofNullable(state)
                .filter(made -> made != offered && made.protocol() != TlsVersion.TLS_1_3.code());
    }

    /** Returns the id of this connection's session once the handshake is complete. */
    byte[] id() {
        return id;
    }

    /** OpenSSL and Node give a session with a ticket this id. */
    private static byte[] sha256(byte[] ticket) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(ticket);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
