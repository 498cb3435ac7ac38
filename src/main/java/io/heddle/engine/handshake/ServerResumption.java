package io.heddle.engine.handshake;

import io.heddle.cipher.Suite;
import io.heddle.engine.crypto.FatalAlerts;
import io.heddle.engine.handshake.HandshakeResult.Resumption;
import io.heddle.engine.handshake.sessions.ConnectionSessions;
import io.heddle.engine.handshake.sessions.ServerSessions;
import io.heddle.failure.Alert;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.TlsVersion;
import io.heddle.session.ClientCertificatePolicy;
import io.heddle.session.ResumptionRefusal;
import io.heddle.session.SessionState;
import io.heddle.session.server.ResumptionPolicy;
import io.heddle.session.server.ResumptionPolicy.Hello;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Hashtable;
import java.util.Optional;
import java.util.Vector;
import org.bouncycastle.tls.ExtensionType;
import org.bouncycastle.tls.NewSessionTicket;
import org.bouncycastle.tls.PskIdentity;
import org.bouncycastle.tls.SecurityParameters;
import org.bouncycastle.tls.SessionParameters;
import org.bouncycastle.tls.TlsExtensionsUtils;
import org.bouncycastle.tls.TlsPSKExternal;
import org.bouncycastle.tls.TlsServerContext;
import org.bouncycastle.tls.TlsSession;
import org.bouncycastle.tls.TlsUtils;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of one handshake of a server: the one that it resumes, by id and by ticket in TLS 1.2 (RFC 5246 7.3, RFC
 * 5077), by ticket in TLS 1.3 (RFC 8446 2.2), and the new ones that it makes. A session that cannot be opened or does
 * not fit is no error; a full handshake follows.
 *
 * <p>Confined to the connection's engine lock.
 */
@SuppressWarnings({"rawtypes", "unchecked", "JdkObsolete"})
public final class ServerResumption {
    private static final Integer SESSION_TICKET = ExtensionType.session_ticket;

    /** Clients offer a few tickets at most, and the server has to try to open each of them. */
    private static final int IDENTITIES_TRIED = 8;

    private final ServerSettings settings;
    private final SessionFactory factory;
    private final ServerSessions server;
    private final ConnectionSessions sessions;
    private final ClientHelloInfo hello;
    private final ServerSuites suites;
    private final ServerCredentials credentials;
    private final ServerClientAuth clientAuth;
    private final TlsServerContext context;
    private final ResumptionPolicy policy;

    /**
     * Whether the client offers an extended master secret, which is then negotiated, in TLS 1.2 and below. A session
     * without one is never resumed (RFC 7627 5.3), so it is neither sealed into a ticket nor stored.
     */
    private final boolean extendedMasterSecret;

    private final boolean acceptsTickets13;

    private @Nullable Resumed resumed;

    /** Why the session that the client offered does not resume; of several the first reason. */
    private Optional<ResumptionRefusal> refusal = Optional.empty();

    /** Whether this handshake makes no session, since a ticket would replace the pre-shared key that it requires. */
    private boolean withoutNewSession;

    /** The session of a full handshake, once there is one. */
    private @Nullable SessionState newSession;

    /** The original id of the connection's session, see {@link SessionFactory}; once the secrets are there. */
    private byte[] id = {};

    /**
     * Begins with one handshake.
     *
     * @throws IOException the fatal alert if an extension of the ClientHello cannot be read
     */
    ServerResumption(
            ServerSettings settings,
            ConnectionSessions sessions,
            ClientHelloInfo hello,
            ServerSuites suites,
            ServerCredentials credentials,
            ServerClientAuth clientAuth,
            TlsServerContext context)
            throws IOException {
        this.settings = settings;
        this.factory = settings.common().sessionFactory();
        this.server = settings.sessions().server();
        this.sessions = sessions;
        this.hello = hello;
        this.suites = suites;
        this.credentials = credentials;
        this.clientAuth = clientAuth;
        this.context = context;
        this.policy = server.policy(clientAuth.policy(), settings.contexts().dependsOnName());
        this.extendedMasterSecret = hello.hasExtendedMasterSecret();
        this.acceptsTickets13 = hello.acceptsTickets13();
    }

    /**
     * The session that the handshake resumes.
     *
     * @param kept whether it was kept under its id, and did not come in a ticket
     * @param renew whether its ticket of TLS 1.2 was sealed with a key that no longer seals
     * @param suite the suite of the connection
     * @param session the same for bctls, null in TLS 1.3
     */
    private record Resumed(
            SessionState state,
            Resumption how,
            boolean kept,
            boolean renew,
            Suite suite,
            @Nullable TlsSession session) {}

    public Optional<Resumption> how() {
        return Optional.ofNullable(resumed).map(Resumed::how);
    }

    private @Nullable SessionState resumedState() {
        return resumed == null ? null : resumed.state();
    }

    /** Returns the session of the connection, which may be resumed later; null if there is none. */
    @Nullable
    SessionState state() {
        return resumed != null ? resumed.state() : newSession;
    }

    /** Returns the original id of the session once the handshake is complete. */
    byte[] id() {
        return id;
    }

    /** Sets whether the handshake makes no session. */
    void withoutNewSession(boolean none) {
        withoutNewSession = none;
    }

    /** Drops the session that was found: bctls makes a full handshake, or the client offers anew. */
    void declined() {
        if (resumed != null) {
            resumed = null;
            clientAuth.declined();
        }
    }

    private boolean mayResume(SessionState state, TlsVersion version) throws IOException {
        // A server with pre-shared keys and no certificate admits only clients that have such a key. A ticket must not
        // bypass that, not even one issued by a less strict server with the same ticket keys.
        if (credentials.isEmpty() || state.pskIdentity().isPresent()) {
            return false;
        }
        Optional<ResumptionRefusal> found =
                policy.refusal(state, new Hello(hello.servername(), version.code(), extendedMasterSecret));
        if (found.isPresent() && found.get().isFatal()) {
            throw FatalAlerts.alert(Code.ERR_SSL_INCONSISTENT_EXTMS.failure(
                    Alert.HANDSHAKE_FAILURE,
                    "session: the client resumes a session with an extended master secret and does not offer it"));
        }
        refusal = refusal.or(() -> found);
        return found.isEmpty();
    }

    private SessionParameters.Builder resumable(SessionState state, Suite suite, TlsVersion version)
            throws IOException {
        return factory.resumable(state, suite.number(), HandshakeSettings.protocolVersion(version), clientAuth.chain())
                .setLocalCertificate(credentials.selectForResumption(suite, version));
    }

    // TLS 1.2 and below

    /**
     * Extensions of the ClientHello that a resumed ServerHello answers: what the client offers now, not what was agreed
     * on in the full handshake.
     *
     * @param maxFragmentLength RFC 6066 4, negative for none
     */
    record Offered(boolean encryptThenMac, short maxFragmentLength, boolean pointFormats) {
        private Hashtable answers(Suite suite) throws IOException {
            Hashtable extensions = new Hashtable();
            if (encryptThenMac && TlsUtils.isBlockCipherSuite(suite.number())) {
                TlsExtensionsUtils.addEncryptThenMACExtension(extensions);
            }
            if (maxFragmentLength >= 0) {
                TlsExtensionsUtils.addMaxFragmentLengthExtension(extensions, maxFragmentLength);
            }
            if (pointFormats && suite.keyExchange() == Suite.KeyExchange.ECDHE) {
                TlsExtensionsUtils.addSupportedPointFormatsExtension(extensions, new short[] {0});
            }
            return extensions;
        }
    }

    /** Looks for the session that the client offers by ticket, or by id. */
    void find12(Offered offered) throws IOException {
        TlsVersion version = HandshakeSettings.version(context.getServerVersion());
        byte[] ticket = hello.ticket();
        byte[] sessionId = hello.sessionId();
        Optional<ServerSessions.Found> found = sessions.hasTickets() && ticket != null && ticket.length > 0
                ? sessions.ofTicket(ticket)
                : sessionId.length > 0 ? sessions.ofId(sessionId) : Optional.empty();
        if (found.isEmpty()) {
            return;
        }
        SessionState state = found.get().state();
        Suite suite = suites.resumable(state.cipherSuite(), version);
        if (suite == null
                || !SessionFactory.hasWholeSecret(state, suite)
                || !mayResume(state, version)
                || !clientAuth.accepts(state)) {
            return;
        }
        SessionParameters parameters = resumable(state, suite, version)
                .setServerExtensions(offered.answers(suite))
                .build();
        boolean kept = found.get().kept();
        resumed = new Resumed(
                state,
                kept ? Resumption.ID : Resumption.TICKET,
                kept,
                found.get().renew(),
                suite,
                new EchoedSession(sessionId, parameters));
    }

    /** A session under the id that the client sent, which the server has to echo, even an empty one. */
    private record EchoedSession(byte[] id, SessionParameters parameters) implements TlsSession {
        @Override
        public SessionParameters exportSessionParameters() {
            return parameters;
        }

        @Override
        public byte[] getSessionID() {
            return id;
        }

        @Override
        public void invalidate() {
            parameters.clear();
        }

        @Override
        public boolean isResumable() {
            return true;
        }
    }

    /** Returns the session that was found, null for none. */
    @Nullable
    TlsSession session() {
        return resumed == null ? null : resumed.session();
    }

    /** Returns the id of a new session, null for none. */
    byte @Nullable [] newSessionId() {
        // RFC 5077 3.4: with a ticket to come, the id stays empty.
        return sendsTicket() || !sessions.keeps() || !extendedMasterSecret ? null : server.newId();
    }

    private boolean sendsTicket() {
        return acceptsTicket() && extendedMasterSecret && (resumed == null || resumed.renew());
    }

    private boolean acceptsTicket() {
        return sessions.hasTickets() && hello.ticket() != null && !withoutNewSession;
    }

    /** Announces a ticket that follows: bctls decides by this extension, and a client waits for an announced one. */
    void announceTicket(Hashtable extensions) {
        extensions.remove(SESSION_TICKET);
        if (sendsTicket()) {
            extensions.put(SESSION_TICKET, TlsUtils.EMPTY_BYTES);
        }
    }

    public boolean renews() {
        return resumed != null && resumed.renew() && sendsTicket();
    }

    NewSessionTicket newTicket() throws IOException {
        SessionState renewed = resumedState();
        SessionState state;
        Duration lifetime;
        if (renewed != null) {
            state = client().judge(renewed);
            lifetime = policy.remainingLifetime(renewed);
        } else {
            state = newState(context.getSecurityParametersHandshake(), TlsUtils.EMPTY_BYTES);
            lifetime = server.timeout();
            newSession = state;
        }
        // RFC 5077 3.3: a ticket of no length takes back the announcement.
        byte[] ticket = sessions.seal(state).orElse(TlsUtils.EMPTY_BYTES);
        return new NewSessionTicket(lifetime.toSeconds(), ticket);
    }

    private SessionState newState(SecurityParameters parameters, byte[] sessionId) {
        return factory.withMasterSecret(
                        common(parameters, settings.common().sessionTime(), TlsUtils.EMPTY_BYTES), parameters)
                .sessionId(sessionId)
                .timeout(server.timeout())
                .build();
    }

    private SessionState.Builder common(SecurityParameters parameters, Instant original, byte[] originalId) {
        SessionState.Builder session = factory.session(parameters, hello.servername())
                .sessionIdContext(server.context().bytes());
        client().describe(session, original, originalId);
        return session;
    }

    private SessionPeer client() {
        SessionState session = resumedState();
        return session == null || clientAuth.policy() != ClientCertificatePolicy.NONE
                ? SessionPeer.judged(clientAuth.policy(), clientAuth.chain(), session, clientAuth.authorization())
                : SessionPeer.of(session);
    }

    /**
     * Completes the handshake; in TLS 1.2 the secret is still there, and a session without a ticket is kept under
     * its id.
     */
    void completed() throws IOException {
        SecurityParameters parameters = context.getSecurityParametersConnection();
        boolean tls13 = TlsUtils.isTLSv13(parameters.getNegotiatedVersion());
        if (resumed == null && !parameters.isRenegotiating()) {
            refusal.or(() -> tls13 ? Optional.empty() : refusalOfNewSession())
                    .ifPresent(settings.sessions().events()::resumptionRefused);
        }
        if (resumed != null && resumed.kept() && resumed.state().sessionId().length > 0) {
            sessions.resumed(resumed.state().sessionId());
        }
        if (tls13) {
            return;
        }
        if (resumed != null) {
            id = SessionFactory.originalId(resumed.state());
            return;
        }
        byte[] chosen = parameters.getSessionID();
        if (chosen == null || chosen.length == 0) {
            id = factory.originalId(parameters);
            return;
        }
        id = chosen;
        if (!withoutNewSession) {
            newSession = newState(parameters, chosen);
            sessions.keep(newSession);
        }
    }

    /** Returns why a full handshake of TLS 1.2 or below makes no session although the client could keep one. */
    private Optional<ResumptionRefusal> refusalOfNewSession() {
        boolean keepable = acceptsTicket() || (sessions.keeps() && !withoutNewSession);
        return keepable && !extendedMasterSecret
                ? Optional.of(ResumptionRefusal.EXTENDED_MASTER_SECRET_MISSING)
                : Optional.empty();
    }

    // TLS 1.3

    /**
     * Selects one of the tickets that the client offers, null for none. bctls asks again for the second ClientHello
     * after a HelloRetryRequest, whose suite is fixed by then.
     */
    @Nullable
    TlsPSKExternal find13(Vector identities) throws IOException {
        resumed = null;
        refusal = Optional.empty();
        for (int i = 0; i < Math.min(identities.size(), IDENTITIES_TRIED); i++) {
            byte[] identity = ((PskIdentity) identities.get(i)).getIdentity();
            ServerSessions.Found found = sessions.ofTicket(identity).orElse(null);
            Suite suite = found == null ? null : suiteFor(found.state());
            if (found == null || suite == null || !resumes13(found.state())) {
                continue;
            }
            SessionState state = found.state();
            // bctls looks the identity up again with an age of 0; the binder is over the bytes as they came.
            identities.set(i, new PskIdentity(identity, 0));
            resumed = new Resumed(state, Resumption.PSK, found.kept(), false, suite, null);
            return PreSharedKey.ofTicket(
                    identity, state.masterSecret(), suite, settings.common().crypto());
        }
        return null;
    }

    private boolean resumes13(SessionState state) {
        try {
            return mayResume(state, TlsVersion.TLS_1_3) && clientAuth.accepts(state);
        } catch (IOException e) {
            return false;
        }
    }

    /** RFC 8446 4.2.11: the suite may be another than the session's, but with the same hash. */
    private @Nullable Suite suiteFor(SessionState state) {
        Suite original = Suite.of(state.cipherSuite()).filter(Suite::isTls13).orElse(null);
        return original == null || !SessionFactory.hasWholeSecret(state, original)
                ? null
                : suites.withHash(original.hash());
    }

    /** Returns the suite of the session that resumes in TLS 1.3, null if none does. */
    @Nullable
    Suite suite13() {
        return resumed == null || resumed.how() != Resumption.PSK ? null : resumed.suite();
    }

    /** Returns what bctls copies into the connection's parameters: the client's chain of the full handshake. */
    public SessionParameters parameters13() throws IOException {
        if (resumed == null) {
            throw new IllegalStateException("nothing resumed");
        }
        return resumable(resumed.state(), resumed.suite(), TlsVersion.TLS_1_3)
                .setServerExtensions(new Hashtable())
                .build();
    }

    /** Takes the resumption secret of a handshake that is about to be complete. */
    void resumptionSecret(byte[] secret) {
        id = resumed == null ? SessionFactory.originalId(secret) : SessionFactory.originalId(resumed.state());
    }

    /** Returns how many tickets the client gets now; it must have offered to use them. */
    int tickets13() {
        if (!acceptsTickets13
                || withoutNewSession
                || isForeign(resumedState())
                || !(sessions.hasTickets() || sessions.keeps())
                || lifetime13().isZero()) {
            return 0;
        }
        return resumed == null ? ServerSessions.TICKETS_AFTER_FULL_HANDSHAKE : ServerSessions.TICKETS_AFTER_RESUMPTION;
    }

    /**
     * Another implementation's session contains neither the name for which it was made nor the policy about
     * certificates. A ticket of Heddle would contain both, unchecked.
     */
    private static boolean isForeign(@Nullable SessionState session) {
        return session != null && session.extras().isEmpty();
    }

    Duration lifetime13() {
        SessionState session = resumedState();
        return session == null ? server.timeout() : policy.remainingLifetime(session);
    }

    byte[] ticketPsk(byte[] resumptionSecret, int hash, byte[] nonce) throws IOException {
        return factory.ticketPsk(resumptionSecret, hash, nonce);
    }

    /** Returns the ticket with this PSK, which is overwritten; empty if it cannot be created. */
    Optional<byte[]> ticket13(byte[] psk, long ageAdd) throws IOException {
        SessionState session = resumedState();
        Instant original = session == null ? settings.common().sessionTime() : SessionFactory.originalTime(session);
        SessionState state = common(context.getSecurityParametersConnection(), original, id)
                .sessionId(server.newId())
                .masterSecret(psk)
                .timeout(lifetime13())
                .ticketAgeAdd(ageAdd)
                .build();
        Arrays.fill(psk, (byte) 0);
        if (session == null) {
            newSession = state;
        }
        return sessions.issue(state, newSession == state);
    }
}
