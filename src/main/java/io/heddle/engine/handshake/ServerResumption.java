package io.heddle.engine.handshake;

import io.heddle.cipher.Suite;
import io.heddle.engine.crypto.CertificateChains;
import io.heddle.engine.crypto.FatalAlerts;
import io.heddle.engine.crypto.ProviderCrypto;
import io.heddle.engine.crypto.ResumptionSecrets;
import io.heddle.engine.crypto.Shorts;
import io.heddle.engine.crypto.Suites;
import io.heddle.failure.Alert;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.TlsVersion;
import io.heddle.session.ClientCertificatePolicy;
import io.heddle.session.server.ResumptionPolicy;
import io.heddle.session.server.ResumptionPolicy.Hello;
import io.heddle.session.ResumptionRefusal;
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
import java.util.Vector;
import org.bouncycastle.tls.ClientHello;
import org.bouncycastle.tls.ExtensionType;
import org.bouncycastle.tls.NewSessionTicket;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.PskIdentity;
import org.bouncycastle.tls.PskKeyExchangeMode;
import org.bouncycastle.tls.SecurityParameters;
import org.bouncycastle.tls.SessionParameters;
import org.bouncycastle.tls.TlsExtensionsUtils;
import org.bouncycastle.tls.TlsPSKExternal;
import org.bouncycastle.tls.TlsSession;
import org.bouncycastle.tls.TlsUtils;
import org.jspecify.annotations.Nullable;

/**
 * Resumption on the server: by id and by ticket in TLS 1.2 (RFC 5246 7.3, RFC 5077), by ticket in TLS 1.3 (RFC 8446 2.2), and
 * what new sessions are made of. What cannot be opened or does not fit is no error; a full handshake follows.
 *
 * <p>Confined to the connection's engine lock.
 */
@SuppressWarnings({"rawtypes", "unchecked", "JdkObsolete"})
public final class ServerResumption {
    private static final Integer SESSION_TICKET = ExtensionType.session_ticket;

    /** A client has a few tickets at most; each one offered costs us the opening. */
    private static final int IDENTITIES_TRIED = 8;

    /** RFC 5246 8.1. */
    private static final int MASTER_SECRET = 48;

    private final ServerSettings settings;
    private final ClientCertificatePolicy clientCertificates;
    private final ServerSessions sessions;
    private final SessionAccess access;
    private final ConnectionSessions kept;

    private @Nullable ResumptionPolicy policy;
    private Optional<String> servername = Optional.empty();

    /**
     * Whether the client offers it, and so has it, in TLS 1.2 and below. A session without is never resumed (RFC 7627 5.3), so none
     * is sealed into a ticket and none is kept.
     */
    private boolean extendedMasterSecret;

    private int[] offeredSuites = {};
    private byte[] offeredId = {};

    /** The extension of RFC 5077: null if the client does not know it, empty if it wants a ticket. */
    private byte @Nullable [] offeredTicket;

    private boolean takesTickets13;

    private @Nullable SessionState resumed;
    private @Nullable TlsSession session;
    private @Nullable Resumption how;
    private @Nullable Suite pskSuite;
    private boolean renew;

    /** Why the session that the client offered does not resume; of several the first reason. */
    private Optional<ResumptionRefusal> refusal = Optional.empty();

    /** Whether this handshake makes no session, since a ticket would open the server without the pre-shared key. */
    private boolean withoutSession;

    /** A full handshake's own session, once there is one. */
    private @Nullable SessionState made;

    /** What the session is known by, see {@link OriginalId}; once the secrets are known. */
    private byte[] id = {};

    /**
     * Begins with one handshake.
     *
     * @param clientCertificates what it asks of the client's certificate
     * @param kept takes the sessions that go into the store
     */
    ServerResumption(
            ServerSettings settings,
            ClientCertificatePolicy clientCertificates,
            SessionAccess access,
            ConnectionSessions kept) {
        this.settings = settings;
        this.clientCertificates = clientCertificates;
        this.sessions = settings.sessions();
        this.access = access;
        this.kept = kept;
    }

    void clientHello(ClientHello hello, Optional<String> name, boolean dependsOnName) throws IOException {
        Hashtable extensions = hello.getExtensions();
        policy = sessions.policy(clientCertificates, dependsOnName);
        servername = name;
        offeredSuites = hello.getCipherSuites();
        offeredId = hello.getSessionID();
        if (extensions != null) {
            // Its content matters in TLS 1.2 alone, where bctls looks at it.
            extendedMasterSecret = extensions.containsKey(TlsExtensionsUtils.EXT_extended_master_secret);
            offeredTicket = (byte[]) extensions.get(SESSION_TICKET);
            short[] modes = TlsExtensionsUtils.getPSKKeyExchangeModesExtension(extensions);
            takesTickets13 = modes != null && Shorts.contains(modes, PskKeyExchangeMode.psk_dhe_ke);
        }
    }

    public Optional<Resumption> how() {
        return Optional.ofNullable(how);
    }

    /** Returns the suite of the session that resumes in TLS 1.3. */
    Optional<Suite> suite() {
        return Optional.ofNullable(pskSuite);
    }

    @Nullable
    SessionState state() {
        return resumed != null ? resumed : made;
    }

    /** Says whether the handshake makes no session. */
    void withoutSession(boolean none) {
        withoutSession = none;
    }

    // TLS 1.2 and below

    @Nullable
    TlsSession session() {
        return session;
    }

    void lookForSession(ServerNegotiator peer) throws IOException {
        TlsVersion version = HandshakeSettings.version(peer.context().getServerVersion());
        byte[] ticket = access.hasTickets() && offeredTicket != null ? offeredTicket : TlsUtils.EMPTY_BYTES;
        boolean byTicket = ticket.length > 0;
        Optional<ServerSessions.Found> found =
                byTicket ? access.ofTicket(ticket) : offeredId.length > 0 ? access.ofId(offeredId) : Optional.empty();
        if (found.isEmpty()) {
            return;
        }
        SessionState state = found.get().state();
        if (state.secretLength() != MASTER_SECRET) {
            return;
        }
        Optional<Suite> suite = usableSuite(state, version);
        if (suite.isEmpty() || !mayResume(peer, state, version)) {
            return;
        }
        if (!peer.accepts(state)) {
            return;
        }
        resumed = state;
        how = byTicket ? Resumption.TICKET : Resumption.ID;
        renew = byTicket && found.get().renew();
        session = new ResumedSession(
                offeredId, parameters(peer, state, suite.get(), version, extensionsOf(peer, suite.get())));
    }

    private Optional<Suite> usableSuite(SessionState state, TlsVersion version) {
        // OpenSSL resumes with a suite that is switched off by now; whoever switches one off means it.
        return Suite.of(state.cipherSuite())
                .filter(suite -> suite.fits(version))
                .filter(suite -> settings.common().suites().contains(suite))
                .filter(suite -> Arrays.stream(offeredSuites).anyMatch(number -> number == suite.number()));
    }

    private boolean mayResume(ServerNegotiator peer, SessionState state, TlsVersion version) throws IOException {
        ResumptionPolicy rules = policy;
        if (rules == null) {
            return false;
        }
        // Who has keys only and no certificate lets nobody in by a full handshake that knows none of them. Nor does a
        // ticket, be it of a server with the same ticket keys that is less strict.
        if (peer.chosen().credentials().isEmpty() || state.pskIdentity().isPresent()) {
            return false;
        }
        Optional<ResumptionRefusal> why = rules.refusal(state, new Hello(servername, version.code(), extendedMasterSecret));
        if (why.isPresent() && why.get().isFatal()) {
            throw FatalAlerts.alert(Code.ERR_SSL_INCONSISTENT_EXTMS.failure(
                    Alert.HANDSHAKE_FAILURE,
                    "session: the client resumes a session with an extended master secret and does not offer it"));
        }
        refusal = refusal.or(() -> why);
        return why.isEmpty();
    }

    void declined(ServerNegotiator peer) {
        if (resumed != null) {
            resumed = null;
            how = null;
            renew = false;
            peer.clients().forget();
        }
    }

    /** The extensions that a resumed ServerHello repeats: what the client offers now, not what was agreed on then. */
    private static Hashtable extensionsOf(ServerNegotiator peer, Suite suite) throws IOException {
        Hashtable extensions = new Hashtable();
        if (peer.encryptThenMacOffered() && TlsUtils.isBlockCipherSuite(suite.number())) {
            TlsExtensionsUtils.addEncryptThenMACExtension(extensions);
        }
        if (peer.maxFragmentLengthOffered() >= 0) {
            TlsExtensionsUtils.addMaxFragmentLengthExtension(extensions, peer.maxFragmentLengthOffered());
        }
        if (peer.pointFormatsOffered() && suite.keyExchange() == Suite.KeyExchange.ECDHE) {
            TlsExtensionsUtils.addSupportedPointFormatsExtension(extensions, new short[] {0});
        }
        return extensions;
    }

    private SessionParameters parameters(
            ServerNegotiator peer, SessionState state, Suite suite, TlsVersion version, Hashtable extensions)
            throws IOException {
        ProviderCrypto crypto = settings.common().crypto();
        List<X509Certificate> chain = peer.clients().chain();
        boolean tls13 = version == TlsVersion.TLS_1_3;
        return new SessionParameters.Builder()
                .setCipherSuite(suite.number())
                .setNegotiatedVersion(HandshakeSettings.protocolVersion(version))
                .setExtendedMasterSecret(tls13 || state.extendedMasterSecret())
                .setMasterSecret(crypto.take(state.masterSecret()))
                .setLocalCertificate(peer.likelyChain(suite, version))
                .setPeerCertificate(chain.isEmpty() ? null : CertificateChains.of(crypto, chain, tls13))
                .setServerExtensions(extensions)
                .build();
    }

    /** Returns whether keeping the session of this handshake takes no time. */
    boolean keepsAtOnce() {
        return access.keepsAtOnce();
    }

    byte @Nullable [] newSessionId() {
        // RFC 5077 3.4: with a ticket to come, the id stays empty.
        return willSendTicket() || !access.keeps() || !extendedMasterSecret ? null : sessions.newId();
    }

    private boolean willSendTicket() {
        return takesTicket() && extendedMasterSecret && (resumed == null || renew);
    }

    private boolean takesTicket() {
        return access.hasTickets() && offeredTicket != null && !withoutSession;
    }

    /** bctls takes from this extension whether a ticket follows, and a client would wait for one that was announced. */
    void announceTicket(Hashtable extensions) {
        extensions.remove(SESSION_TICKET);
        if (willSendTicket()) {
            extensions.put(SESSION_TICKET, TlsUtils.EMPTY_BYTES);
        }
    }

    public boolean renews() {
        return renew && willSendTicket();
    }

    NewSessionTicket newTicket(ServerNegotiator peer) throws IOException {
        SessionState state;
        Duration lifetime;
        if (resumed != null) {
            state = client(peer).judge(resumed);
            lifetime = rules().remainingLifetime(resumed);
        } else {
            state = newState(peer, peer.context().getSecurityParametersHandshake(), TlsUtils.EMPTY_BYTES);
            lifetime = sessions.timeout();
            made = state;
        }
        // RFC 5077 3.3: a ticket of no length takes back the announcement.
        byte[] ticket = access.ticket(state).orElse(TlsUtils.EMPTY_BYTES);
        return new NewSessionTicket(lifetime.toSeconds(), ticket);
    }

    /** The handshake is complete; in TLS 1.2 the secret is still there, and a session without a ticket is kept under its id. */
    void completed(ServerNegotiator peer) throws IOException {
        SecurityParameters done = peer.context().getSecurityParametersConnection();
        boolean tls13 = TlsUtils.isTLSv13(done.getNegotiatedVersion());
        if (resumed == null && !done.isRenegotiating()) {
            refusal.or(() -> tls13 ? Optional.empty() : refusalOfNewSession())
                    .ifPresent(settings.sessionEvents()::resumptionRefused);
        }
        if (resumed != null && isKept(resumed)) {
            kept.add(resumed.sessionId());
        }
        if (tls13) {
            return;
        }
        if (resumed != null) {
            id = OriginalId.of(resumed);
            return;
        }
        byte[] chosen = done.getSessionID();
        if (chosen == null || chosen.length == 0) {
            byte[] secret = masterSecret(done);
            id = OriginalId.ofSecret(secret);
            Arrays.fill(secret, (byte) 0);
            return;
        }
        id = chosen;
        if (withoutSession) {
            return;
        }
        SessionState state = newState(peer, done, chosen);
        made = state;
        keep(state);
    }

    /** Returns whether a session that resumes is kept here, and did not come in a ticket. */
    private boolean isKept(SessionState session) {
        return session.sessionId().length > 0 && (how == Resumption.ID || !access.hasTickets());
    }

    private void keep(SessionState state) throws IOException {
        kept.add(state.sessionId());
        access.keep(state);
    }

    /** Returns why a full handshake of TLS 1.2 or below makes no session although the client could keep one. */
    private Optional<ResumptionRefusal> refusalOfNewSession() {
        boolean keepable = takesTicket() || (access.keeps() && !withoutSession);
        return keepable && !extendedMasterSecret
                ? Optional.of(ResumptionRefusal.EXTENDED_MASTER_SECRET_MISSING)
                : Optional.empty();
    }

    private byte[] masterSecret(SecurityParameters parameters) {
        return settings.common()
                .crypto()
                .adoptSecret(parameters.getMasterSecret())
                .extract();
    }

    /** Returns the id of this connection's session once the handshake is complete. */
    byte[] id() {
        return id;
    }

    private SessionState newState(ServerNegotiator peer, SecurityParameters parameters, byte[] chosenId) {
        byte[] secret = masterSecret(parameters);
        SessionState state = common(peer, parameters, settings.common().sessionTime(), TlsUtils.EMPTY_BYTES)
                .sessionId(chosenId)
                .masterSecret(secret)
                .extendedMasterSecret(parameters.isExtendedMasterSecret())
                .timeout(sessions.timeout())
                .build();
        Arrays.fill(secret, (byte) 0);
        return state;
    }

    private SessionState.Builder common(
            ServerNegotiator peer, SecurityParameters parameters, Instant original, byte[] originalId) {
        ProtocolVersion version = parameters.getNegotiatedVersion();
        SessionState.Builder builder = SessionState.builder()
                .protocol(version.getFullVersion())
                .cipherSuite(parameters.getCipherSuite())
                .time(settings.common().sessionTime())
                .sessionIdContext(sessions.context().bytes());
        client(peer).describe(builder, original, originalId);
        servername.ifPresent(builder::hostName);
        if (parameters.getApplicationProtocol() != null) {
            builder.alpnProtocol(parameters.getApplicationProtocol().getUtf8Decoding());
        }
        return builder;
    }

    private SessionPeer client(ServerNegotiator peer) {
        SessionState session = resumed;
        boolean asked = clientCertificates != ClientCertificatePolicy.NONE;
        return session == null || asked
                ? SessionPeer.judged(
                        clientCertificates,
                        peer.clients().chain(),
                        peer.clients().authorization())
                : SessionPeer.of(session);
    }

    private ResumptionPolicy rules() {
        ResumptionPolicy known = policy;
        if (known == null) {
            throw new IllegalStateException("no ClientHello yet");
        }
        return known;
    }

    // TLS 1.3

    /**
     * Chooses among the tickets that the client offers. bctls asks again for the second ClientHello after a HelloRetryRequest,
     * whose suite is fixed by then.
     */
    @Nullable
    TlsPSKExternal psk(ServerNegotiator peer, Vector identities) throws IOException {
        resumed = null;
        how = null;
        pskSuite = null;
        refusal = Optional.empty();
        for (int i = 0; i < Math.min(identities.size(), IDENTITIES_TRIED); i++) {
            byte[] identity = ((PskIdentity) identities.get(i)).getIdentity();
            SessionState state =
                    access.ofTicket(identity).map(ServerSessions.Found::state).orElse(null);
            Suite suite = state == null ? null : suiteFor(peer, state);
            if (state == null || suite == null || !resumes13(peer, state)) {
                continue;
            }
            // bctls looks the identity up again with an age of 0; the binder is over the bytes as they came.
            identities.set(i, new PskIdentity(identity, 0));
            resumed = state;
            how = Resumption.PSK;
            pskSuite = suite;
            return new TicketPsk(
                    identity,
                    ResumptionSecrets.psk(settings.common().crypto(), state.masterSecret()),
                    Suites.prf(suite));
        }
        return null;
    }

    private boolean resumes13(ServerNegotiator peer, SessionState state) {
        try {
            return mayResume(peer, state, TlsVersion.TLS_1_3) && peer.accepts(state);
        } catch (IOException e) {
            return false;
        }
    }

    /** RFC 8446 4.2.11: the suite may be another than the session's, but with the same hash. */
    private @Nullable Suite suiteFor(ServerNegotiator peer, SessionState state) {
        Suite original = Suite.of(state.cipherSuite()).filter(Suite::isTls13).orElse(null);
        if (original == null || state.secretLength() != Suites.hashLength(original)) {
            return null;
        }
        return suiteWith(peer, original.hash());
    }

    /** Returns the best suite with this hash that both sides have; after a HelloRetryRequest it is fixed. */
    @Nullable
    Suite suiteWith(ServerNegotiator peer, Suite.Hash hash) {
        int fixed = peer.context().getSecurityParametersHandshake().getCipherSuite();
        if (fixed != 0) {
            return Suite.of(fixed).filter(suite -> suite.hash() == hash).orElse(null);
        }
        int[] order = settings.honorCipherOrder() ? peer.getCipherSuites() : offeredSuites;
        int[] others = settings.honorCipherOrder() ? offeredSuites : peer.getCipherSuites();
        return Arrays.stream(order)
                .filter(number -> Arrays.stream(others).anyMatch(other -> other == number))
                .mapToObj(number -> Suite.of(number).filter(Suite::isTls13).orElse(null))
                .filter(suite -> suite != null && suite.hash() == hash)
                .findFirst()
                .orElse(null);
    }

    /** Returns what bctls copies into the connection's parameters: the client's chain of the full handshake. */
    public SessionParameters parameters13(ServerNegotiator peer) throws IOException {
        SessionState state = resumed;
        Suite suite = pskSuite;
        if (state == null || suite == null) {
            throw new IllegalStateException("nothing resumed");
        }
        return parameters(peer, state, suite, TlsVersion.TLS_1_3, new Hashtable());
    }

    /** Takes the resumption secret of a handshake that is about to be complete. */
    void resumptionSecret(byte[] secret) {
        id = resumed == null ? OriginalId.ofSecret(secret) : OriginalId.of(resumed);
    }

    /** Returns how many tickets the client gets now; it must have said that it takes them. */
    int tickets13() {
        if (!takesTickets13
                || withoutSession
                || isForeign(resumed)
                || !(access.hasTickets() || access.keeps())
                || lifetime13().isZero()) {
            return 0;
        }
        return resumed == null ? ServerSessions.TICKETS_AFTER_FULL_HANDSHAKE : ServerSessions.TICKETS_AFTER_RESUMPTION;
    }

    /**
     * Another implementation's session says neither for which name it was made nor under which policy about certificates. A
     * ticket of ours would say both, and nobody has checked it.
     */
    private static boolean isForeign(@Nullable SessionState session) {
        return session != null && session.extras().isEmpty();
    }

    Duration lifetime13() {
        return resumed == null ? sessions.timeout() : rules().remainingLifetime(resumed);
    }

    /** Returns the ticket with this PSK, which is overwritten; empty if it cannot be made. */
    Optional<byte[]> ticket13(ServerNegotiator peer, byte[] psk, long ageAdd) throws IOException {
        SecurityParameters done = peer.context().getSecurityParametersConnection();
        Instant now = settings.common().sessionTime();
        Instant original = Optional.ofNullable(resumed)
                .map(state -> state.extras().map(SessionExtras::originalTime).orElse(state.time()))
                .orElse(now);
        byte[] ticketId = sessions.newId();
        SessionState state = common(peer, done, original, id)
                .sessionId(ticketId)
                .masterSecret(psk)
                .timeout(lifetime13())
                .ticketAgeAdd(ageAdd)
                .build();
        Arrays.fill(psk, (byte) 0);
        if (resumed == null) {
            made = state;
        }
        if (access.hasTickets()) {
            Optional<byte[]> ticket = access.ticket(state);
            if (made != state) {
                state.wipe();
            }
            return ticket;
        }
        keep(state);
        return Optional.of(ticketId);
    }
}
