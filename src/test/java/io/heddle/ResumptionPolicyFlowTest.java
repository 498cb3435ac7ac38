package io.heddle;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.certificate.TestPki;
import io.heddle.protocol.TlsVersion;
import io.heddle.session.SessionExtras;
import io.heddle.session.SessionState;
import io.heddle.session.TicketKeys;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The server's rules of resumption about context, name and age. */
class ResumptionPolicyFlowTest {
    // Session id context

    @ParameterizedTest
    @EnumSource
    void a_session_of_another_context_does_not_resume(Way way) throws IOException {
        try (TlsPair pair = way.pair().server(server -> server.sessionIdContext("shop"))) {
            pair.handshake();
            assertThat(pair.handshake().resumed()).isTrue();
            pair.server(server -> server.sessionIdContext("blog"));
            assertThat(pair.handshake().resumed()).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_session_without_a_context_does_not_resume_where_there_is_one(Way way) throws IOException {
        try (TlsPair pair = way.pair()) {
            pair.handshake();
            pair.server(server -> server.sessionIdContext("shop"));
            assertThat(pair.handshake().resumed()).isFalse();
        }
    }

    // Server name

    @ParameterizedTest
    @EnumSource
    void a_session_for_one_name_does_not_resume_under_another(Way way) throws IOException {
        try (TlsPair pair = way.pair().serverIdentity(TestPki.server("a.test", "b.test"))) {
            pair.client(client -> client.servername("a.test")).handshake();
            assertThat(pair.handshake().resumed()).isTrue();
            // The client would not offer it either, so its own session gets another name.
            pair.session(pair.session().toBuilder().hostName("b.test").build());
            pair.client(client -> client.servername("b.test"));
            assertThat(pair.handshake().resumed()).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource
    void server_names_compare_without_case(Way way) throws IOException {
        try (TlsPair pair = way.pair().serverIdentity(TestPki.server("a.test"))) {
            pair.client(client -> client.servername("a.test")).handshake();
            pair.client(client -> client.servername("A.TEST"));
            assertThat(pair.handshake().resumed()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_session_for_a_name_does_not_resume_without_one(Way way) throws IOException {
        try (TlsPair pair = way.pair()) {
            pair.handshake();
            pair.session(withoutHost(pair.session()));
            pair.client(client -> client.servername(""));
            assertThat(pair.handshake().resumed()).isFalse();
            assertThat(pair.handshake().resumed()).as("made without a name").isTrue();
        }
    }

    private static SessionState withoutHost(SessionState session) {
        SessionState.Builder copy = SessionState.builder()
                .protocol(session.protocol())
                .cipherSuite(session.cipherSuite())
                .masterSecret(session.masterSecret())
                .sessionId(session.sessionId())
                .extendedMasterSecret(session.extendedMasterSecret())
                .ticketAgeAdd(session.ticketAgeAdd())
                .ticketLifetimeHint(session.ticketLifetimeHint())
                .time(session.time())
                .timeout(session.timeout())
                .extras(session.extras().orElseThrow());
        session.ticket().ifPresent(copy::ticket);
        session.peerCertificate().ifPresent(copy::peerCertificate);
        return copy.build();
    }

    // Age

    @ParameterizedTest
    @EnumSource
    void a_session_resumes_until_the_timeout_and_not_after_it(Way way) throws IOException {
        try (TlsPair pair = way.pair().server(server -> server.sessionTimeout(Duration.ofMinutes(10)))) {
            pair.handshake();
            SessionState session = pair.session();
            pair.clock().advance(Duration.ofMinutes(10));
            assertThat(pair.handshake().resumed()).isTrue();
            pair.session(session);
            pair.clock().advance(Duration.ofSeconds(1));
            Tickets.refreshIfTicket(pair);
            assertThat(pair.handshake().resumed()).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_chain_of_resumptions_ends_at_the_timeout_counted_from_the_full_handshake(Way way) throws IOException {
        try (TlsPair pair = way.pair().server(server -> server.sessionTimeout(Duration.ofMinutes(10)))) {
            pair.handshake();
            for (int minute = 3; minute <= 9; minute += 3) {
                pair.clock().advance(Duration.ofMinutes(3));
                assertThat(pair.handshake().resumed())
                        .as("after %d minutes", minute)
                        .isTrue();
            }
            pair.clock().advance(Duration.ofMinutes(2));
            Tickets.refreshIfTicket(pair);
            assertThat(pair.handshake().resumed()).as("after 11 minutes").isFalse();
        }
    }

    @Test
    void the_tickets_of_a_chain_live_shorter_and_shorter() throws IOException {
        try (var pair =
                TlsPair.of(TlsVersion.TLS_1_3).server(server -> server.sessionTimeout(Duration.ofMinutes(10)))) {
            pair.handshake();
            assertThat(pair.session().ticketLifetimeHint()).isEqualTo(Duration.ofMinutes(10));
            pair.clock().advance(Duration.ofMinutes(4));
            pair.handshake();
            assertThat(pair.session().ticketLifetimeHint()).isEqualTo(Duration.ofMinutes(6));
            pair.clock().advance(Duration.ofMinutes(6));
            SessionState last = pair.session();
            assertThat(pair.handshake().resumed()).isTrue();
            assertThat(pair.session().ticket().orElseThrow())
                    .as("no ticket without a life")
                    .isEqualTo(last.ticket().orElseThrow());
        }
    }

    @Test
    void a_renewed_ticket_of_tls_1_2_does_not_lengthen_the_life_of_its_session() throws IOException {
        try (var pair =
                TlsPair.of(TlsVersion.TLS_1_2).server(server -> server.sessionTimeout(Duration.ofMinutes(10)))) {
            pair.handshake();
            pair.clock().advance(Duration.ofMinutes(8));
            pair.keys()
                    .set(TicketKeys.fromBytes(
                            TicketKeys.random(new SecureRandom()).toBytes(),
                            pair.keys().current().toBytes()));
            byte[] old = pair.session().ticket().orElseThrow();
            assertThat(pair.handshake().resumed()).isTrue();
            assertThat(pair.session().ticket().orElseThrow()).as("renewed").isNotEqualTo(old);
            assertThat(pair.session().ticketLifetimeHint()).isEqualTo(Duration.ofMinutes(2));
            pair.clock().advance(Duration.ofMinutes(3));
            assertThat(pair.handshake().resumed()).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"TICKET_1_2", "TICKET_1_3"})
    void no_session_resumes_after_seven_days_whatever_its_lifetime(Way way) throws IOException {
        try (TlsPair pair = way.pair()
                .serverIdentity(TestPki.certificate("CN=localhost")
                        .valid(TestPki.NOW.minus(Duration.ofDays(1)), TestPki.NOW.plus(Duration.ofDays(60)))
                        .server("localhost")
                        .issuedBy(TestPki.ca()))
                .server(server -> server.sessionTimeout(Duration.ofDays(7)))) {
            pair.handshake();
            Tickets.forge(
                    pair,
                    state -> state.toBuilder().timeout(Duration.ofDays(30)).build());
            pair.clock().advance(Duration.ofDays(7));
            SessionState forged = pair.session();
            Tickets.refresh(pair);
            assertThat(pair.handshake().resumed()).as("after 7 days").isTrue();
            pair.session(forged);
            pair.clock().advance(Duration.ofSeconds(1));
            Tickets.refresh(pair);
            assertThat(pair.handshake().resumed()).as("a second later").isFalse();
        }
    }

    @EachVersion
    void a_ticket_whose_own_time_is_young_is_as_old_as_its_full_handshake(TlsVersion version) throws IOException {
        try (var pair = TlsPair.of(version).server(server -> server.sessionTimeout(Duration.ofMinutes(10)))) {
            pair.handshake();
            Instant full = pair.clock().instant().minus(Duration.ofMinutes(11));
            Tickets.forge(
                    pair,
                    state -> state.toBuilder()
                            .extras(withOriginalTime(state, full))
                            .build());
            assertThat(pair.handshake().resumed()).isFalse();
        }
    }

    @EachVersion
    void a_ticket_from_the_future_does_not_resume_but_a_minute_is_forgiven(TlsVersion version) throws IOException {
        try (var pair = TlsPair.of(version)) {
            pair.handshake();
            SessionState good = pair.session();
            Instant now = pair.clock().instant();
            Tickets.forge(
                    pair, state -> state.toBuilder().time(now.plusSeconds(60)).build());
            assertThat(pair.handshake().resumed()).isTrue();
            pair.session(good);
            Tickets.forge(
                    pair, state -> state.toBuilder().time(now.plusSeconds(61)).build());
            assertThat(pair.handshake().resumed()).isFalse();
        }
    }

    private static SessionExtras withOriginalTime(SessionState state, Instant time) {
        SessionExtras extras = state.extras().orElseThrow();
        return SessionExtras.of(time, extras.clientCertificatePolicy(), extras.peerChain());
    }

    // Tickets of other implementations

    @EachVersion
    void a_ticket_of_node_resumes_where_the_answer_does_not_depend_on_the_name(TlsVersion version) throws IOException {
        try (var pair = TlsPair.of(version)) {
            pair.handshake();
            Tickets.forge(pair, Tickets::asNode);
            assertThat(pair.handshake().resumed()).isTrue();
        }
    }

    @EachVersion
    void a_ticket_of_node_does_not_resume_where_the_answer_depends_on_the_name(TlsVersion version) throws IOException {
        try (var pair = TlsPair.of(version)) {
            pair.addContext("other.test", TestPki.server("other.test"));
            pair.handshake();
            assertThat(pair.handshake().resumed()).as("a ticket of Heddle").isTrue();
            Tickets.forge(pair, Tickets::asNode);
            assertThat(pair.handshake().resumed()).isFalse();
        }
    }

    @EachVersion
    void a_ticket_of_node_does_not_resume_where_a_callback_chooses_by_name(TlsVersion version) throws IOException {
        try (var pair = TlsPair.of(version).server(server -> server.sniCallback(name -> java.util.Optional.empty()))) {
            pair.handshake();
            Tickets.forge(pair, Tickets::asNode);
            assertThat(pair.handshake().resumed()).isFalse();
        }
    }

    /** Otherwise it would get a name and a policy that were never checked, and be valid where it was not before. */
    @EachVersion
    void a_ticket_of_node_earns_no_ticket_of_heddle(TlsVersion version) throws IOException {
        try (var pair = TlsPair.of(version)) {
            pair.handshake();
            Tickets.forge(pair, Tickets::asNode);
            byte[] foreign = pair.session().ticket().orElseThrow();
            assertThat(pair.handshake().resumed()).isTrue();
            assertThat(pair.session().ticket().orElseThrow()).isEqualTo(foreign);
        }
    }

    @Test
    void a_renewed_ticket_of_node_stays_one_of_node() throws IOException {
        try (var pair = TlsPair.of(TlsVersion.TLS_1_2)) {
            pair.handshake();
            Tickets.forge(pair, Tickets::asNode);
            pair.keys()
                    .set(TicketKeys.fromBytes(
                            TicketKeys.random(new SecureRandom()).toBytes(),
                            pair.keys().current().toBytes()));
            assertThat(pair.handshake().resumed()).isTrue();
            SessionState renewed = Tickets.open(pair.keys(), pair.session());
            assertThat(renewed.extras()).isEmpty();
            assertThat(renewed.hostName()).isEmpty();
        }
    }

    // Extended master secret, RFC 7627 5.3

    @Test
    void a_session_without_extended_master_secret_does_not_resume_for_a_client_that_has_it() throws IOException {
        try (var pair = TlsPair.of(TlsVersion.TLS_1_2)) {
            pair.handshake();
            Tickets.forge(
                    pair, state -> state.toBuilder().extendedMasterSecret(false).build());
            assertThat(pair.handshake().resumed()).isFalse();
        }
    }

    @Test
    void it_is_fatal_when_a_client_resumes_with_extended_master_secret_and_does_not_offer_it() throws IOException {
        try (var pair = TlsPair.of(TlsVersion.TLS_1_2)) {
            pair.handshake();
            HelloBytes hello = HelloBytes.of(pair.clientHello());
            try (RawPeer client = pair.rawClient()) {
                client.send(hello.renamed(HelloBytes.EXTENDED_MASTER_SECRET).toBytes());
                assertThat(client.failure())
                        .hasMessageStartingWith(
                                "session: the client resumes a session with an extended master secret and does not offer it");
                assertThat(client.readFatalAlert()).isEqualTo(io.heddle.failure.Alert.HANDSHAKE_FAILURE);
            }
        }
    }

    @Test
    void a_session_that_would_not_resume_anyway_is_not_fatal_without_extended_master_secret() throws IOException {
        try (var pair = TlsPair.of(TlsVersion.TLS_1_2)) {
            pair.handshake();
            HelloBytes hello = HelloBytes.of(pair.clientHello());
            pair.clock().advance(Duration.ofHours(1));
            assertFullHandshake(pair, hello.renamed(HelloBytes.EXTENDED_MASTER_SECRET));
        }
    }

    @Test
    void without_extended_master_secret_on_either_side_nothing_resumes() throws IOException {
        try (var pair = TlsPair.of(TlsVersion.TLS_1_2)) {
            pair.handshake();
            Tickets.forge(
                    pair, state -> state.toBuilder().extendedMasterSecret(false).build());
            HelloBytes hello = HelloBytes.of(pair.clientHello());
            assertFullHandshake(pair, hello.renamed(HelloBytes.EXTENDED_MASTER_SECRET));
        }
    }

    private static void assertFullHandshake(TlsPair pair, HelloBytes hello) throws IOException {
        try (RawPeer client = pair.rawClient()) {
            client.send(hello.toBytes());
            assertThat(HelloBytes.messageTypes(client.readRecord().orElseThrow()))
                    .as("ServerHello")
                    .containsExactly(2);
            assertThat(HelloBytes.messageTypes(client.readRecord().orElseThrow()))
                    .as("Certificate")
                    .containsExactly(11);
        }
    }
}
