package io.heddle;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.certificate.Identity;
import io.heddle.certificate.TestPki;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.TlsVersion;
import io.heddle.session.ClientCertificatePolicy;
import io.heddle.session.SessionExtras;
import io.heddle.session.SessionState;
import io.heddle.session.TicketKeys;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The sessions a client offers, and the checks it applies to them. */
class ClientSessionFlowTest {
    /** Returns whether the next ClientHello of the pair's client offers a session. */
    private static boolean offers(TlsPair pair) throws IOException {
        HelloBytes hello = HelloBytes.of(pair.clientHello());
        if (hello.extension(HelloBytes.PRE_SHARED_KEY).isPresent()) {
            return true;
        }
        boolean ticket = hello.extension(HelloBytes.SESSION_TICKET)
                .map(content -> content.length > 0)
                .orElse(false);
        boolean id = hello.sessionIdLength() > 0
                && hello.extension(HelloBytes.KEY_SHARE).isEmpty();
        return ticket || id;
    }

    @ParameterizedTest
    @EnumSource
    void a_session_is_offered_to_the_host_it_is_for_and_to_no_other(Way way) throws IOException {
        try (TlsPair pair = way.pair().serverIdentity(TestPki.server("a.test", "b.test"))) {
            assertThat(offers(pair)).as("without a session").isFalse();
            pair.client(client -> client.servername("a.test")).handshake();
            assertThat(offers(pair)).isTrue();
            pair.client(client -> client.servername("b.test"));
            assertThat(offers(pair)).isFalse();
            assertThat(pair.handshake().resumed()).isFalse();
            pair.client(client -> client.servername("A.Test"));
            assertThat(offers(pair)).as("the session for b.test").isFalse();
        }
    }

    @Test
    void a_ticket_of_tls_1_3_is_not_offered_after_its_lifetime() throws IOException {
        try (var pair = TlsPair.of(TlsVersion.TLS_1_3).server(server -> server.sessionTimeout(Duration.ofMinutes(5)))) {
            pair.handshake();
            pair.clock().advance(Duration.ofMinutes(5));
            assertThat(offers(pair)).isTrue();
            pair.clock().advance(Duration.ofSeconds(1));
            assertThat(offers(pair)).isFalse();
        }
    }

    /** RFC 8446 4.6.1: whatever lifetime the server announced. */
    @Test
    void a_ticket_of_tls_1_3_is_not_offered_after_seven_days() throws IOException {
        try (var pair = TlsPair.of(TlsVersion.TLS_1_3)) {
            pair.client(client -> client.rejectUnauthorized(false)).handshake();
            pair.session(pair.session().toBuilder()
                    .ticketLifetimeHint(Duration.ofDays(30))
                    .build());
            pair.clock().advance(Duration.ofDays(7));
            assertThat(offers(pair)).isTrue();
            pair.clock().advance(Duration.ofSeconds(1));
            assertThat(offers(pair)).isFalse();
        }
    }

    /** RFC 5077 3.3. */
    @Test
    void a_ticket_of_tls_1_2_is_not_offered_after_its_lifetime() throws IOException {
        try (var pair = TlsPair.of(TlsVersion.TLS_1_2).server(server -> server.sessionTimeout(Duration.ofMinutes(5)))) {
            pair.handshake();
            pair.clock().advance(Duration.ofMinutes(5));
            assertThat(offers(pair)).isTrue();
            pair.clock().advance(Duration.ofSeconds(1));
            assertThat(offers(pair)).isFalse();
        }
    }

    @Test
    void a_ticket_of_tls_1_2_that_was_renewed_counts_from_then() throws IOException {
        try (var pair =
                TlsPair.of(TlsVersion.TLS_1_2).server(server -> server.sessionTimeout(Duration.ofMinutes(10)))) {
            pair.handshake();
            pair.clock().advance(Duration.ofMinutes(8));
            pair.keys()
                    .set(TicketKeys.fromBytes(
                            TicketKeys.random(new SecureRandom()).toBytes(),
                            pair.keys().current().toBytes()));
            assertThat(pair.handshake().resumed()).isTrue();
            pair.clock().advance(Duration.ofMinutes(2));
            assertThat(offers(pair)).isTrue();
            assertThat(pair.handshake().resumed()).isTrue();
            pair.clock().advance(Duration.ofSeconds(1));
            assertThat(offers(pair)).isFalse();
        }
    }

    @Test
    void a_ticket_of_tls_1_2_without_a_lifetime_has_that_of_its_session_and_7_days_at_most() throws IOException {
        try (var pair = TlsPair.of(TlsVersion.TLS_1_2)) {
            pair.client(client -> client.rejectUnauthorized(false)).handshake();
            SessionState session = pair.session();
            assertOffered(pair, session.toBuilder().ticketLifetimeHint(Duration.ZERO), Duration.ofHours(2));
            assertOffered(
                    pair,
                    session.toBuilder().ticketLifetimeHint(Duration.ZERO).timeout(Duration.ofHours(3)),
                    Duration.ofHours(3));
            assertOffered(pair, session.toBuilder().ticketLifetimeHint(Duration.ofDays(30)), Duration.ofDays(7));
        }
    }

    /** RFC 5246 F.1.4. */
    @Test
    void an_id_of_tls_1_2_is_not_offered_after_a_day() throws IOException {
        try (TlsPair pair = Way.ID_1_2.pair()) {
            pair.client(client -> client.rejectUnauthorized(false)).handshake();
            assertOffered(pair, pair.session().toBuilder(), Duration.ofHours(24));
        }
    }

    /** Offered until then, and not a second later; moves the clock on. */
    private static void assertOffered(TlsPair pair, SessionState.Builder session, Duration lifetime)
            throws IOException {
        pair.session(session.time(pair.clock().instant()).build());
        pair.clock().advance(lifetime);
        assertThat(offers(pair)).as("after %s", lifetime).isTrue();
        pair.clock().advance(Duration.ofSeconds(1));
        assertThat(offers(pair)).as("a second later").isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void a_session_of_a_later_time_is_not_offered(Way way) throws IOException {
        try (TlsPair pair = way.pair()) {
            pair.handshake();
            pair.clock().advance(Duration.ofSeconds(-1));
            assertThat(offers(pair)).isFalse();
        }
    }

    /** RFC 5077 3.3: the server says in its ServerHello that one follows. */
    @Test
    void a_ticket_that_was_not_announced_is_refused_on_a_resumed_handshake() throws IOException {
        byte[] ticket = {4, 0, 0, 7, 0, 0, 1, 44, 0, 1, 42};
        try (var pair = TlsPair.of(TlsVersion.TLS_1_2)) {
            pair.handshake();
            try (RawPeer server = pair.rawServer();
                    RawPeer real = pair.rawClient()) {
                real.send(server.readRecord().orElseThrow().toBytes());
                RawRecord hello = real.readRecord().orElseThrow();
                assertThat(HelloBytes.messageTypes(hello))
                        .as("ServerHello alone")
                        .containsExactly(2);
                server.send(hello.toBytes());
                server.sendRecord(RawRecord.HANDSHAKE, ticket);
                server.send(real.readRecord().orElseThrow().toBytes());
                server.send(real.readRecord().orElseThrow().toBytes());
                assertThat(server.failure().code()).isEqualTo(Code.ERR_SSL_UNEXPECTED_MESSAGE);
            }
        }
    }

    /** Node and OpenSSL export such a session before the server has sent its ticket. */
    @Test
    void a_session_of_tls_1_3_without_a_ticket_leads_to_a_full_handshake() throws IOException {
        try (var pair = TlsPair.of(TlsVersion.TLS_1_3)) {
            pair.handshake();
            pair.session(Tickets.asNode(pair.session()));
            assertThat(pair.session().ticket()).isEmpty();
            assertThat(pair.handshake().resumption()).isEmpty();
        }
    }

    @Test
    void a_ticket_of_tls_1_3_from_the_future_is_not_offered() throws IOException {
        try (var pair = TlsPair.of(TlsVersion.TLS_1_3)) {
            pair.handshake();
            pair.clock().advance(Duration.ofSeconds(-1));
            assertThat(offers(pair)).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_session_is_not_offered_when_its_server_is_not_trusted_any_more(Way way) throws IOException {
        try (TlsPair pair = way.pair()) {
            pair.handshake();
            pair.trustedByClient(
                    TestPki.root("Other Root", TestPki.Key.P256, 12).leaf());
            assertThat(offers(pair)).isFalse();
            assertThat(pair.attempt().clientFailure().code()).isEqualTo(Code.SELF_SIGNED_CERT_IN_CHAIN);
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_session_is_not_offered_when_its_certificate_has_expired(Way way) throws IOException {
        Identity shortLived = TestPki.certificate("CN=localhost")
                .key(TestPki.Key.P256, 1)
                .valid(TestPki.NOW.minus(Duration.ofDays(1)), TestPki.NOW.plusSeconds(60))
                .server("localhost")
                .issuedBy(TestPki.ca());
        try (TlsPair pair = way.pair().serverIdentity(shortLived)) {
            pair.handshake();
            assertThat(offers(pair)).isTrue();
            pair.clock().advance(Duration.ofSeconds(61));
            assertThat(offers(pair)).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_session_is_not_offered_when_its_certificate_is_for_another_host(Way way) throws IOException {
        try (TlsPair pair = way.pair()) {
            pair.handshake();
            pair.session(pair.session().toBuilder().hostName("other.test").build());
            pair.client(client -> client.servername("other.test"));
            assertThat(offers(pair)).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource
    void with_rejectUnauthorized_off_the_session_resumes_and_todays_verdict_is_reported(Way way) throws IOException {
        try (TlsPair pair = way.pair().client(client -> client.rejectUnauthorized(false))) {
            assertThat(pair.handshake().client().authorized()).isTrue();
            pair.trustedByClient();
            TlsPair.Connected both = pair.handshake();
            assertThat(both.resumed()).isTrue();
            assertThat(both.client().authorized()).isFalse();
            assertThat(both.client().authorizationError()).contains(Code.SELF_SIGNED_CERT_IN_CHAIN);
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_session_that_was_tolerated_is_not_offered_by_a_client_that_rejects(Way way) throws IOException {
        try (TlsPair pair = way.pair()
                .serverIdentity(TestPki.selfSigned("localhost"))
                .client(client -> client.rejectUnauthorized(false))) {
            pair.handshake();
            assertThat(offers(pair)).isTrue();
            pair.client(client -> client.rejectUnauthorized(true));
            assertThat(offers(pair)).isFalse();
        }
    }

    @EachVersion
    void a_session_with_the_servers_certificate_alone_counts_by_its_stored_verdict(TlsVersion version)
            throws IOException {
        try (var pair = TlsPair.of(version).serverIdentity(TestPki.serverWithIntermediate("localhost"))) {
            pair.handshake();
            SessionState session = pair.session();
            pair.session(withoutChain(session, 0));
            TlsPair.Connected both = pair.handshake();
            assertThat(both.resumed()).isTrue();
            assertThat(both.client().authorized()).isTrue();
            pair.session(withoutChain(session, Code.CERT_HAS_EXPIRED.verifyResult()));
            assertThat(offers(pair)).isFalse();
        }
    }

    private static SessionState withoutChain(SessionState session, int verdict) {
        Instant original = session.extras().orElseThrow().originalTime();
        return session.toBuilder()
                .verifyResult(verdict)
                .extras(SessionExtras.of(original, ClientCertificatePolicy.NONE, List.of()))
                .build();
    }

    @ParameterizedTest
    @EnumSource
    void a_session_is_not_offered_when_its_suite_is_switched_off(Way way) throws IOException {
        try (TlsPair pair = way.pair()) {
            pair.handshake();
            assertThat(offers(pair)).isTrue();
            pair.clientContext(context -> context.ciphers("TLS_CHACHA20_POLY1305_SHA256:ECDHE+CHACHA20"));
            assertThat(offers(pair)).isFalse();
        }
    }

    @EachVersion
    void a_session_with_a_secret_of_a_wrong_length_is_not_offered(TlsVersion version) throws IOException {
        try (var pair = TlsPair.of(version)) {
            pair.handshake();
            pair.session(pair.session().toBuilder().masterSecret(new byte[20]).build());
            assertThat(offers(pair)).isFalse();
        }
    }

    @Test
    void a_session_of_tls_1_2_without_extended_master_secret_is_not_offered() throws IOException {
        try (var pair = TlsPair.of(TlsVersion.TLS_1_2)) {
            pair.handshake();
            pair.session(pair.session().toBuilder().extendedMasterSecret(false).build());
            assertThat(offers(pair)).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_session_resumes_from_its_bytes_in_another_client(Way way) throws IOException {
        try (TlsPair pair = way.pair()) {
            pair.handshake();
            byte[] bytes = pair.session().toDer();
            pair.forgetSession();
            // Another context, as in another process.
            pair.trustedByClient(TestPki.ca().leaf());
            pair.session(bytes);
            TlsPair.Connected both = pair.handshake();
            assertThat(both.resumption()).contains(way.resumption());
            assertThat(both.client().authorized()).isTrue();
        }
    }

    @EachVersion
    void a_session_of_the_other_version_leads_to_a_full_handshake(TlsVersion version) throws IOException {
        TlsVersion other = version == TlsVersion.TLS_1_3 ? TlsVersion.TLS_1_2 : TlsVersion.TLS_1_3;
        try (var first = TlsPair.of(version);
                var second = TlsPair.create()) {
            first.handshake();
            second.keys().set(first.keys().current());
            second.session(first.session());
            second.serverContext(context -> context.minVersion(other).maxVersion(other));
            assertThat(offers(second)).isTrue();
            TlsPair.Connected both = second.handshake();
            assertThat(both.resumed()).isFalse();
            assertThat(both.client().getProtocol()).isEqualTo(other.protocol());
        }
    }

    @Test
    void the_age_of_a_ticket_is_sent_with_the_servers_number_added() throws IOException {
        try (var pair = TlsPair.of(TlsVersion.TLS_1_3)) {
            pair.handshake();
            pair.clock().advance(Duration.ofMillis(12_345));
            HelloBytes hello = HelloBytes.of(pair.clientHello());
            ByteBuffer psk =
                    ByteBuffer.wrap(hello.extension(HelloBytes.PRE_SHARED_KEY).orElseThrow());
            int identity = psk.getShort(2);
            long age = psk.getInt(4 + identity) & 0xffff_ffffL;
            long real = (age - pair.session().ticketAgeAdd()) & 0xffff_ffffL;
            // Sessions count in whole seconds.
            assertThat(real).isBetween(12_345L, 13_345L);
        }
    }

    @Test
    void a_client_keeps_the_time_of_the_full_handshake_through_a_chain() throws IOException {
        try (var pair = TlsPair.of(TlsVersion.TLS_1_3)) {
            pair.handshake();
            Instant full = pair.session().extras().orElseThrow().originalTime();
            pair.clock().advance(Duration.ofMinutes(2));
            assertThat(pair.handshake().resumed()).isTrue();
            assertThat(pair.session().extras().orElseThrow().originalTime()).isEqualTo(full);
            assertThat(pair.session().time()).isEqualTo(full.plus(Duration.ofMinutes(2)));
        }
    }
}
