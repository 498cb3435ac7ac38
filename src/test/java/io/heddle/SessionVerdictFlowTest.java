package io.heddle;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.certificate.Identity;
import io.heddle.certificate.TestPki;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.TlsVersion;
import io.heddle.session.CaffeineSessionStore;
import io.heddle.session.ClientCertificatePolicy;
import io.heddle.session.MalformedSession;
import io.heddle.session.SessionExtras;
import io.heddle.session.SessionState;
import io.heddle.session.SessionStore;
import io.heddle.session.TicketKey;
import io.heddle.session.TicketKeys;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Verification results in sessions: 0 only if a verifier authorized the chain in the session. */
class SessionVerdictFlowTest {
    private static final int SELF_SIGNED = Code.DEPTH_ZERO_SELF_SIGNED_CERT.verifyResult();

    private static final Identity UNVERIFIED =
            TestPki.certificate("CN=admin").key(TestPki.Key.P256, 5).client().selfSigned();

    /** A store that keeps the sessions in the order of insertion. */
    private static final class Recording implements SessionStore {
        final List<byte[]> sessions = new ArrayList<>();
        private final SessionStore store = CaffeineSessionStore.builder().build();

        @Override
        public void put(byte[] id, byte[] session, Duration timeToLive) {
            sessions.add(session.clone());
            store.put(id, session, timeToLive);
        }

        @Override
        public Optional<byte[]> get(byte[] id) {
            return store.get(id);
        }

        @Override
        public void remove(byte[] id) {
            store.remove(id);
        }
    }

    private final Recording store = new Recording();

    private TlsPair pair(Way way) {
        TlsPair pair = TlsPair.of(way.version());
        return way.stored() ? pair.server(server -> server.tickets(false).sessionStore(store)) : pair;
    }

    private static void tolerant(TlsPair pair) {
        pair.server(server -> server.requestCert(true).rejectUnauthorized(false));
    }

    private static void asksForNone(TlsPair pair) {
        pair.server(server -> server.requestCert(false));
    }

    /** Returns the server's newest session, as another server of a fleet would read it. */
    private SessionState newest(TlsPair pair) throws MalformedSession {
        return pair.session().ticket().isPresent() && store.sessions.isEmpty()
                ? Tickets.open(pair.keys(), pair.session())
                : SessionState.fromDer(store.sessions.getLast());
    }

    /** The next server seals with a newer key, so that it renews tickets of TLS 1.2 as well. */
    private static void newKey(TlsPair pair) {
        var keys = new ArrayList<>(pair.keys().current().all());
        keys.addFirst(TicketKey.random(new SecureRandom()));
        pair.keys().set(TicketKeys.of(keys));
    }

    @ParameterizedTest
    @EnumSource
    void a_server_that_requests_no_certificate_keeps_the_verdict_of_the_session_that_resumes(Way way) throws Exception {
        try (TlsPair pair = pair(way).clientIdentity(UNVERIFIED)) {
            tolerant(pair);
            pair.handshake();
            assertThat(newest(pair).verifyResult()).isEqualTo(SELF_SIGNED);
            asksForNone(pair);
            for (int generation = 1; generation <= 2; generation++) {
                newKey(pair);
                TlsPair.Connected both = pair.handshake();
                assertThat(both.resumed()).isTrue();
                assertThat(both.server().peerCertificates()).isEmpty();
                assertThat(both.server().authorized()).isFalse();
                assertThat(newest(pair).verifyResult()).isEqualTo(SELF_SIGNED);
                assertThat(newest(pair).extras().orElseThrow().clientCertificatePolicy())
                        .isEqualTo(ClientCertificatePolicy.REQUEST);
            }
            tolerant(pair);
            TlsPair.Connected both = pair.handshake();
            assertThat(both.resumed()).isTrue();
            assertThat(both.server().authorizationError()).contains(Code.DEPTH_ZERO_SELF_SIGNED_CERT);
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_verified_client_stays_verified_over_a_server_that_requests_no_certificate(Way way) throws Exception {
        Identity client = TestPki.client("client one");
        try (TlsPair pair = pair(way).clientIdentity(client)) {
            Consumer<ServerOptions.Builder> strict = server -> server.requestCert(true);
            pair.server(strict).handshake();
            asksForNone(pair);
            newKey(pair);
            TlsPair.Connected hidden = pair.handshake();
            assertThat(hidden.resumed()).isTrue();
            assertThat(hidden.server().peerCertificates()).isEmpty();
            assertThat(newest(pair).verifyResult()).isZero();
            assertThat(newest(pair).peerCertificate()).isPresent();
            TlsPair.Connected both = pair.server(strict).handshake();
            assertThat(both.resumed()).isTrue();
            assertThat(both.server().authorized()).isTrue();
            assertThat(both.server().peerCertificates().getFirst()).isEqualTo(client.leaf());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"TICKET_1_2", "TICKET_1_3", "STORE_1_3"})
    void a_new_ticket_has_the_verdict_of_today(Way way) throws Exception {
        try (TlsPair pair = pair(way).clientIdentity(TestPki.client("client one"))) {
            tolerant(pair);
            pair.handshake();
            assertThat(newest(pair).verifyResult()).isZero();
            pair.trustedByServer();
            newKey(pair);
            assertThat(pair.handshake().resumed()).isTrue();
            assertThat(newest(pair).verifyResult()).isEqualTo(Code.SELF_SIGNED_CERT_IN_CHAIN.verifyResult());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"ID_1_2", "TICKET_1_2"})
    void a_renegotiation_makes_a_session_with_its_own_verdict(Way way) throws Exception {
        try (TlsPair pair = pair(way).clientIdentity(UNVERIFIED)) {
            TlsPair.Connected both = pair.connect();
            TlsPair.Running reading = TlsPair.Running.of(
                    () -> assertThat(both.client().getInputStream().read()).isEqualTo('x'));
            both.server()
                    .renegotiate(RenegotiateOptions.builder()
                            .requestCert(true)
                            .rejectUnauthorized(false)
                            .build());
            both.server().getOutputStream().write('x');
            assertThat(reading.problem()).isEmpty();
            both.keepSession();
            assertThat(both.server().authorized()).isFalse();
            assertThat(newest(pair).verifyResult()).isEqualTo(SELF_SIGNED);
        }
    }

    @ParameterizedTest
    @EnumSource
    void both_sides_export_the_verdict_with_the_session(Way way) throws Exception {
        try (TlsPair pair = pair(way)
                .clientIdentity(UNVERIFIED)
                .trustedByClient()
                .client(client -> client.rejectUnauthorized(false))) {
            tolerant(pair);
            assertExported(pair.handshake());
            asksForNone(pair);
            assertExported(pair.handshake());
        }
    }

    private static void assertExported(TlsPair.Connected both) throws IOException, MalformedSession {
        SessionState client =
                SessionState.fromDer(both.client().getSessionData().orElseThrow());
        assertThat(client.verifyResult()).isEqualTo(Code.SELF_SIGNED_CERT_IN_CHAIN.verifyResult());
        SessionState server =
                SessionState.fromDer(both.server().getSessionData().orElseThrow());
        assertThat(server.extras().map(SessionExtras::peerChain))
                .hasValueSatisfying(chain -> assertThat(chain).hasSize(1));
        assertThat(server.verifyResult()).isEqualTo(SELF_SIGNED);
    }

    @ParameterizedTest
    @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
    void a_certificate_that_was_not_requested_is_in_no_session(TlsVersion version) throws Exception {
        try (TlsPair pair = TlsPair.of(version).clientIdentity(UNVERIFIED)) {
            pair.handshake();
            assertThat(newest(pair).peerCertificate()).isEmpty();
        }
    }
}
