package io.heddle.engine.handshake;

import io.heddle.cipher.Suite;
import io.heddle.engine.crypto.CertificateChains;
import io.heddle.engine.handshake.HandshakeResult.Resumption;
import io.heddle.engine.handshake.PeerVerifier.Authorization;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.TlsVersion;
import io.heddle.session.ClientCertificatePolicy;
import io.heddle.session.SessionExtras;
import io.heddle.session.SessionState;
import java.io.IOException;
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
import org.jspecify.annotations.Nullable;

/**
 * The sessions of one handshake of a client: the one that it offers to resume, and the new ones that a later connection
 * can resume.
 *
 * <p>Confined to the connection's engine lock.
 */
@SuppressWarnings({"rawtypes", "unchecked", "JdkObsolete"})
public final class ClientResumption {
    private static final Integer SESSION_TICKET = ExtensionType.session_ticket;

    /** The timeout of a session to which the server gave no lifetime, as OpenSSL and Node have it. */
    private static final Duration DEFAULT_TIMEOUT = Duration.ofHours(2);

    private final ClientSettings settings;
    private final SessionFactory factory;
    private final ClientServerAuth serverAuth;

    /** Null if no session is offered. */
    private final @Nullable Offer offer;

    private boolean selected13;
    private @Nullable Resumption how;
    private @Nullable SessionState state;

    private @Nullable NewSessionTicket ticket12;
    private byte @Nullable [] resumptionSecret;

    /** Of a complete handshake of TLS 1.3. */
    private ClientTickets tickets = ClientTickets.NONE;

    /** The id in the ServerHello. */
    private byte[] chosenId = {};

    /** The original id of the connection's session, see {@link SessionFactory}; once the handshake is complete. */
    private byte[] id = {};

    private int hash;

    /**
     * Begins with one handshake.
     *
     * @param session the session to resume, which is offered if it fits
     */
    ClientResumption(ClientSettings settings, Optional<SessionState> session, ClientServerAuth serverAuth) {
        this.settings = settings;
        this.factory = settings.common().sessionFactory();
        this.serverAuth = serverAuth;
        this.offer = session.filter(this::fits).map(this::verify).orElse(null);
    }

    /** The session that is offered, with the server's chain in it and the verdict on that of today. */
    private record Offer(SessionState session, List<X509Certificate> chain, Authorization verdict) {
        boolean isTls13() {
            return session.protocol() == TlsVersion.TLS_1_3.code();
        }
    }

    // The offer

    private boolean fits(SessionState session) {
        TlsVersion version = TlsVersion.of(session.protocol()).orElse(null);
        Suite suite = Suite.of(session.cipherSuite()).orElse(null);
        if (version == null
                || suite == null
                || !settings.common().versions().contains(version)
                || !settings.common().suites().contains(suite)
                || !suite.fits(version)) {
            return false;
        }
        // A session is bound to its server; under another name it would prove another server's identity.
        if (session.hostName().isPresent()
                && !session.isForHost(settings.servername().orElse(""))) {
            return false;
        }
        Instant now = settings.common().clock().instant();
        if (now.isBefore(session.time())
                || now.getEpochSecond() > session.offeredUntil().getEpochSecond()
                || !SessionFactory.hasWholeSecret(session, suite)) {
            return false;
        }
        if (version == TlsVersion.TLS_1_3) {
            return session.hasTicket();
        }
        // RFC 7627 5.3: without an extended master secret the session could be another's.
        return session.extendedMasterSecret() && (offersTicket(session) || session.sessionId().length > 0);
    }

    /**
     * Verifies the server's chain by today's trust; only a whole chain can be verified, else the stored verdict counts.
     * Returns null if it is refused.
     */
    private @Nullable Offer verify(SessionState session) {
        try {
            List<byte[]> encoded =
                    session.extras().map(SessionExtras::peerChain).orElse(List.of());
            boolean whole = !encoded.isEmpty();
            if (!whole) {
                encoded = session.peerCertificate().map(List::of).orElse(List.of());
            }
            List<X509Certificate> chain =
                    CertificateChains.ofEncoded(settings.common().crypto(), encoded);
            Authorization verdict = settings.server()
                    .verifier()
                    .verify(new PeerVerifier.Peer(
                            chain,
                            whole ? Optional.empty() : Optional.of(session.verifyResult()),
                            info(session, chain),
                            true));
            // The chain may be good by itself. A fault of the OCSP response is only in this verdict.
            return verdict.authorized() && isOfOcsp(session.verifyResult()) ? null : new Offer(session, chain, verdict);
        } catch (IOException refused) {
            return null;
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

    /** Returns what is agreed on if the server resumes the session. */
    private HandshakeInfo info(SessionState session, List<X509Certificate> chain) {
        return new HandshakeInfo(
                settings.servername(),
                TlsVersion.of(session.protocol()).orElseThrow(),
                Suite.of(session.cipherSuite()),
                List.of(),
                chain,
                List.of());
    }

    /** In TLS 1.2 and below. */
    private boolean offersTicket(SessionState session) {
        return settings.sessions().tickets() && session.hasTicket();
    }

    /** Returns the offered session if it is of TLS 1.2 or below, null if it is not. */
    @Nullable
    TlsSession session12() {
        Offer current = offer;
        if (current == null || current.isTls13()) {
            return null;
        }
        SessionState session = current.session();
        // With a ticket any id will do, and the server shows by echoing it that it took the ticket (RFC 5077 3.4). The
        // JDK's server chooses an id beside the ticket, and takes the one that comes with it for the session's. Else a
        // session has the hash of its ticket for an id, which OpenSSL offers as well.
        byte[] remembered = offersTicket(session) ? SessionFactory.rememberedId(session) : TlsUtils.EMPTY_BYTES;
        byte[] offeredId = remembered.length == 0 ? session.sessionId() : remembered;
        return TlsUtils.importSession(
                offeredId.length == 0 ? randomId() : offeredId,
                factory.resumable(
                                session,
                                session.cipherSuite(),
                                HandshakeSettings.protocolVersion(
                                        TlsVersion.of(session.protocol()).orElseThrow()),
                                current.chain())
                        .build());
    }

    private byte[] randomId() {
        byte[] random = new byte[32];
        settings.common().crypto().getSecureRandom().nextBytes(random);
        return random;
    }

    /** Returns the offered session as a PSK if it is of TLS 1.3, null if it is not. */
    @Nullable
    TlsPSKExternal ticketPsk() {
        Offer current = offer;
        if (current == null || !current.isTls13()) {
            return null;
        }
        SessionState session = current.session();
        return PreSharedKey.ofTicket(
                session.ticket().orElseThrow(),
                session.masterSecret(),
                Suite.of(session.cipherSuite()).orElseThrow(),
                settings.common().crypto());
    }

    /**
     * Adds the extensions that request tickets; with a ticket of TLS 1.3 in a table that puts its true age where bctls
     * writes 0.
     */
    Hashtable extensions(Hashtable offered, boolean tls13) throws IOException {
        Offer current = offer;
        Hashtable extensions = offered;
        if (current != null && current.isTls13()) {
            extensions = new AgedExtensions(current.session().ticket().orElseThrow(), obfuscatedAge(current.session()));
            extensions.putAll(offered);
        }
        if (tls13) {
            // bctls adds it only with a PSK, and the JDK's server sends no tickets without it.
            TlsExtensionsUtils.addPSKKeyExchangeModesExtension(extensions, new short[] {PskKeyExchangeMode.psk_dhe_ke});
        }
        // The versions are in order, the oldest one last.
        if (settings.sessions().tickets() && settings.common().versions().getLast() != TlsVersion.TLS_1_3) {
            extensions.put(
                    SESSION_TICKET,
                    current == null || current.isTls13()
                            ? TlsUtils.EMPTY_BYTES
                            : current.session().ticket().orElse(TlsUtils.EMPTY_BYTES));
        }
        return extensions;
    }

    /** RFC 8446 4.2.11.1: the age in milliseconds plus the server's number, modulo 2^32. */
    private long obfuscatedAge(SessionState session) {
        long age = Duration.between(session.time(), settings.common().clock().instant())
                .toMillis();
        return (age + session.ticketAgeAdd()) & 0xffff_ffffL;
    }

    /**
     * A table of extensions for bctls, which keeps this very object and computes the binders after it put the extension
     * into it.
     */
    private static final class AgedExtensions extends Hashtable {
        private static final long serialVersionUID = 1L;

        private final byte[] ticket;
        private final long age;

        AgedExtensions(byte[] ticket, long age) {
            this.ticket = ticket;
            this.age = age;
        }

        // Confined to one thread.
        @Override
        @SuppressWarnings("UnsynchronizedOverridesSynchronized")
        public @Nullable Object put(Object key, Object value) {
            return super.put(key, TlsExtensionsUtils.EXT_pre_shared_key.equals(key) ? aged((byte[]) value) : value);
        }

        /**
         * struct { opaque identity<1..2^16-1>; uint32 obfuscated_ticket_age; } PskIdentity, in a list with two
         * length bytes.
         */
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

    /** Sets whether the server of TLS 1.3 selected the ticket. */
    void selected(boolean ticket) {
        selected13 = ticket;
    }

    void serverChose(byte @Nullable [] sessionId) {
        chosenId = sessionId == null ? new byte[0] : sessionId.clone();
    }

    void ticketArrived(NewSessionTicket ticket) {
        ticket12 = ticket;
    }

    /** Returns what bctls copies into the connection's parameters: the server's chain of the full handshake. */
    public SessionParameters parameters13(SecurityParameters negotiated) throws IOException {
        if (offer == null) {
            throw new TlsFatalAlert(AlertDescription.internal_error);
        }
        return factory.resumable(
                        offer.session(), negotiated.getCipherSuite(), negotiated.getNegotiatedVersion(), offer.chain())
                .build();
    }

    void resumptionSecret(byte[] secret, int hashAlgorithm) {
        resumptionSecret = secret;
        hash = hashAlgorithm;
    }

    /**
     * Completes the handshake; in TLS 1.2 the master secret is still there.
     *
     * @param usedExternalPsk whether a key of the application was used, in which case no session is made: the key is
     *     there the next time too, and a session would be used without the application being asked for the key
     */
    void completed(SecurityParameters parameters, boolean usedExternalPsk) {
        boolean tls13 = TlsUtils.isTLSv13(parameters.getNegotiatedVersion());
        boolean accepted = !usedExternalPsk && (tls13 ? selected13 : parameters.isResumedSession());
        Offer resumed = accepted ? offer : null;
        id = resumed == null ? newId(parameters, tls13) : SessionFactory.originalId(resumed.session());
        if (usedExternalPsk) {
            resumptionSecret = null;
            return;
        }
        Instant original = settings.common().sessionTime();
        byte[] rememberedId = ticketCame12() ? chosenId : TlsUtils.EMPTY_BYTES;
        if (resumed != null) {
            SessionState session = resumed.session();
            serverAuth.resumed(resumed.chain(), resumed.verdict());
            how = tls13 ? Resumption.PSK : offersTicket(session) ? Resumption.TICKET : Resumption.ID;
            original = SessionFactory.originalTime(session);
            rememberedId = SessionFactory.rememberedId(session);
        }
        if (resumed != null && (tls13 || ticket12 == null)) {
            // An offered session stays usable; OpenSSL and Node keep it as well.
            state = resumed.session();
        } else if (!tls13) {
            state = state12(parameters, resumed == null ? null : resumed.session(), original, rememberedId);
        }
        if (tls13) {
            tickets = new ClientTickets(
                    settings.common(),
                    factory.session(parameters, settings.servername()),
                    new ClientTickets.Origin(serverAuth.chain(), serverAuth.authorization(), original, id),
                    state,
                    resumptionSecret,
                    hash);
        }
    }

    /** Returns the original id of a session that this handshake makes. */
    private byte[] newId(SecurityParameters parameters, boolean tls13) {
        if (!tls13 && chosenId.length > 0) {
            return chosenId;
        }
        return tls13 && resumptionSecret != null
                ? SessionFactory.originalId(resumptionSecret)
                : factory.originalId(parameters);
    }

    /**
     * Returns the server of a session that this handshake makes.
     *
     * @param former another session of this connection, null if there is none
     */
    private SessionPeer server(@Nullable SessionState former) {
        return SessionPeer.judged(ClientCertificatePolicy.NONE, serverAuth.chain(), former, serverAuth.authorization());
    }

    // Sessions of TLS 1.2 and below

    private boolean ticketCame12() {
        NewSessionTicket ticket = ticket12;
        return ticket != null && ticket.getTicket().length > 0;
    }

    private @Nullable SessionState state12(
            SecurityParameters parameters, @Nullable SessionState renewed, Instant original, byte[] originalId) {
        if (!ticketCame12() && chosenId.length == 0) {
            return null;
        }
        SessionState.Builder session =
                factory.session(parameters, settings.servername()).timeout(DEFAULT_TIMEOUT);
        server(renewed).describe(session, original, originalId);
        factory.withMasterSecret(session, parameters);
        NewSessionTicket ticket = ticket12;
        if (ticket != null && ticketCame12()) {
            // Its lifetime counts from now on, also that of a ticket which renews an older session (RFC 5077 3.3).
            return session.sessionId(ticketId(ticket.getTicket()))
                    .ticket(ticket.getTicket())
                    .ticketLifetimeHint(Duration.ofSeconds(ticket.getTicketLifetimeHint()))
                    .build();
        }
        return session.time(original).sessionId(chosenId).build();
    }

    /** OpenSSL and Node give a session with a ticket this id. */
    static byte[] ticketId(byte[] ticket) {
        return SessionFactory.sha256().digest(ticket);
    }

    /**
     * Returns the session of TLS 1.2 or below that this handshake made, or renewed; in TLS 1.3 they come afterwards.
     */
    Optional<SessionState> newSession12() {
        return Optional.ofNullable(state)
                .filter(session -> (offer == null || session != offer.session())
                        && session.protocol() != TlsVersion.TLS_1_3.code());
    }

    // Sessions of TLS 1.3

    /** Returns what makes sessions of the tickets that come after the handshake. */
    ClientTickets tickets13() {
        return tickets;
    }

    // The result

    Optional<Resumption> how() {
        return Optional.ofNullable(how);
    }

    /** Returns the session of the connection, which may be resumed later; null if there is none. */
    @Nullable
    SessionState state() {
        return state;
    }

    /** Returns the original id of the session once the handshake is complete. */
    byte[] id() {
        return id;
    }
}
