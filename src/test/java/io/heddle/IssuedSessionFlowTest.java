package io.heddle;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.certificate.Identity;
import io.heddle.certificate.TestPki;
import io.heddle.cipher.Suite;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.TlsVersion;
import io.heddle.session.CaffeineSessionStore;
import io.heddle.session.MalformedSession;
import io.heddle.session.SessionState;
import io.heddle.session.SessionStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The session ids and tickets a server announces and issues, and their content for the server that opens them later.
 */
class IssuedSessionFlowTest {
    private static final byte SERVER_HELLO = 2;
    private static final int EC_POINT_FORMATS = 11;
    private static final int ENCRYPT_THEN_MAC = 22;

    /** A store that records its calls. */
    private static final class Recorder implements SessionStore {
        final SessionStore store = CaffeineSessionStore.builder().build();
        final List<Duration> kept = new ArrayList<>();
        final List<SessionState> sessions = new ArrayList<>();
        int lookups;

        @Override
        public void put(byte[] id, byte[] session, Duration timeToLive) {
            kept.add(timeToLive);
            try {
                sessions.add(SessionState.fromDer(session));
            } catch (MalformedSession e) {
                throw new AssertionError("what a server of Heddle's keeps", e);
            }
            store.put(id, session, timeToLive);
        }

        @Override
        public Optional<byte[]> get(byte[] id) {
            lookups++;
            return store.get(id);
        }

        @Override
        public void remove(byte[] id) {
            store.remove(id);
        }
    }

    /** A ServerHello in the clear: its session id and its extensions. */
    private record Hello(int idLength, Map<Integer, byte[]> extensions) {
        static Hello of(RawRecord record) {
            ByteBuffer in = ByteBuffer.wrap(record.body());
            assertThat(in.get()).isEqualTo(SERVER_HELLO);
            in.position(4 + 2 + 32);
            int idLength = in.get();
            in.position(in.position() + idLength + 2 + 1);
            Map<Integer, byte[]> extensions = new LinkedHashMap<>();
            for (int left = in.getShort(); left > 0; ) {
                int type = in.getShort() & 0xffff;
                byte[] content = new byte[in.getShort() & 0xffff];
                in.get(content);
                extensions.put(type, content);
                left -= 4 + content.length;
            }
            return new Hello(idLength, extensions);
        }
    }

    private static Hello answer(TlsPair pair, HelloBytes hello) throws IOException {
        try (RawPeer client = pair.rawClient()) {
            client.send(hello.toBytes());
            return Hello.of(client.readRecord().orElseThrow());
        }
    }

    // The store

    @ParameterizedTest
    @EnumSource(names = {"ID_1_2", "STORE_1_3"})
    void the_store_keeps_a_session_for_the_session_timeout(Way way) throws IOException {
        var store = new Recorder();
        try (TlsPair pair = TlsPair.of(way.version())
                .server(server -> server.tickets(false).sessionStore(store).sessionTimeout(Duration.ofMinutes(10)))) {
            pair.handshake();
            assertThat(store.kept).isNotEmpty().allMatch(Duration.ofMinutes(10)::equals);
        }
    }

    @Test
    void the_store_keeps_the_next_session_of_a_chain_for_what_is_left() throws IOException {
        var store = new Recorder();
        try (TlsPair pair = TlsPair.of(TlsVersion.TLS_1_3)
                .server(server -> server.tickets(false).sessionStore(store).sessionTimeout(Duration.ofMinutes(10)))) {
            pair.handshake();
            store.kept.clear();
            pair.clock().advance(Duration.ofMinutes(4));
            assertThat(pair.handshake().resumed()).isTrue();
            assertThat(store.kept).containsExactly(Duration.ofMinutes(6));
        }
    }

    /** RFC 8446 4.6.1: a nonce for each ticket, so that the secret of one does not resume the other. */
    @Test
    void the_tickets_of_a_connection_have_secrets_of_their_own() throws Exception {
        var store = new Recorder();
        try (TlsPair pair = TlsPair.of(TlsVersion.TLS_1_3)
                .server(server -> server.tickets(false).sessionStore(store))) {
            pair.handshake();
            assertThat(store.sessions).hasSize(2);
            assertThat(store.sessions.getFirst().masterSecret())
                    .isNotEqualTo(store.sessions.getLast().masterSecret());
        }
    }

    // Ids and announcements of TLS 1.2

    @ParameterizedTest
    @CsvSource({
        "true, true, true, 0", // RFC 5077 3.4: a ticket is to come, so the id is empty
        "true, true, false, 32", // the client takes no ticket
        "false, true, true, 32",
        "true, false, false, 0",
        "false, false, true, 0", // nothing keeps the session, so nothing names it
    })
    void a_session_has_an_id_where_the_store_keeps_it(boolean tickets, boolean store, boolean takesTickets, int length)
            throws IOException {
        try (TlsPair pair = TlsPair.of(TlsVersion.TLS_1_2).server(server -> server.tickets(tickets))) {
            if (store) {
                pair.server(server -> server.sessionStore(new Recorder()));
            }
            HelloBytes hello = HelloBytes.of(pair.clientHello());
            Hello answer = answer(pair, takesTickets ? hello : hello.renamed(HelloBytes.SESSION_TICKET));
            assertThat(answer.idLength()).isEqualTo(length);
        }
    }

    @Test
    void a_ticket_is_announced_to_a_client_that_takes_one_and_to_no_other() throws IOException {
        try (TlsPair pair = TlsPair.of(TlsVersion.TLS_1_2)) {
            HelloBytes hello = HelloBytes.of(pair.clientHello());
            assertThat(answer(pair, hello).extensions()).containsKey(HelloBytes.SESSION_TICKET);
            assertThat(answer(pair, hello.renamed(HelloBytes.SESSION_TICKET)).extensions())
                    .doesNotContainKey(HelloBytes.SESSION_TICKET);
        }
    }

    @Test
    void a_resumed_handshake_announces_no_ticket_while_the_old_one_is_good() throws IOException {
        try (TlsPair pair = TlsPair.of(TlsVersion.TLS_1_2)) {
            pair.handshake();
            HelloBytes hello = HelloBytes.of(pair.clientHello());
            Hello answer = answer(pair, hello);
            assertThat(answer.idLength()).as("resumed: the client's id").isEqualTo(hello.sessionIdLength());
            assertThat(answer.extensions()).doesNotContainKey(HelloBytes.SESSION_TICKET);
        }
    }

    /** RFC 7366 3.1 and RFC 8422 5.2: negotiated in every handshake; the values of the session do not count. */
    @Test
    void a_resumed_handshake_agrees_on_encrypt_then_mac_and_point_formats_as_a_full_one_does() throws IOException {
        String suite = "ECDHE-ECDSA-AES128-SHA256:@SECLEVEL=0";
        try (TlsPair pair = TlsPair.of(TlsVersion.TLS_1_2)
                .clientContext(context -> context.ciphers(suite))
                .serverContext(context -> context.ciphers(suite))) {
            assertThat(answer(pair, HelloBytes.of(pair.clientHello())).extensions())
                    .containsKeys(ENCRYPT_THEN_MAC, EC_POINT_FORMATS);
            pair.handshake();
            HelloBytes hello = HelloBytes.of(pair.clientHello());
            assertThat(answer(pair, hello).extensions()).containsKeys(ENCRYPT_THEN_MAC, EC_POINT_FORMATS);
            assertThat(answer(pair, hello.renamed(ENCRYPT_THEN_MAC)).extensions())
                    .doesNotContainKey(ENCRYPT_THEN_MAC);
        }
    }

    // Content of a ticket

    @ParameterizedTest
    @EnumSource(names = {"TICKET_1_2", "TICKET_1_3"})
    void a_ticket_has_the_verification_error_of_the_clients_certificate(Way way) throws IOException {
        try (TlsPair pair = way.pair()
                .server(server -> server.requestCert(true).rejectUnauthorized(false))
                .clientIdentity(TestPki.selfSigned("unknown"))) {
            Code problem = pair.handshake().server().authorizationError().orElseThrow();
            assertThat(Tickets.open(pair.keys(), pair.session()).verifyResult())
                    .as("for a server of Node with the same keys, which looks nowhere else")
                    .isEqualTo(problem.verifyResult())
                    .isPositive();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"TICKET_1_2", "TICKET_1_3"})
    void a_ticket_has_its_timeout_and_its_application_protocol(Way way) throws IOException {
        try (TlsPair pair = way.pair()
                .server(server -> server.sessionTimeout(Duration.ofMinutes(10)).alpnProtocols("h2"))
                .client(client -> client.alpnProtocols("h2"))) {
            pair.handshake();
            SessionState state = Tickets.open(pair.keys(), pair.session());
            assertThat(state.timeout()).isEqualTo(Duration.ofMinutes(10));
            assertThat(state.alpnProtocol()).contains("h2");
        }
    }

    @Test
    void a_ticket_of_tls_1_3_has_the_number_that_hides_its_age() throws IOException {
        try (TlsPair pair = TlsPair.of(TlsVersion.TLS_1_3)) {
            pair.handshake();
            assertThat(Tickets.open(pair.keys(), pair.session()).ticketAgeAdd())
                    .isEqualTo(pair.session().ticketAgeAdd())
                    .isPositive();
        }
    }

    @Test
    void the_next_ticket_of_tls_1_3_keeps_the_time_of_the_full_handshake() throws IOException {
        try (TlsPair pair = TlsPair.of(TlsVersion.TLS_1_3)) {
            Instant full = Instant.ofEpochSecond(pair.clock().instant().getEpochSecond());
            pair.handshake();
            for (int minute = 1; minute <= 3; minute++) {
                pair.clock().advance(Duration.ofMinutes(1));
                assertThat(pair.handshake().resumed()).isTrue();
                SessionState next = Tickets.open(pair.keys(), pair.session());
                assertThat(next.time()).isEqualTo(full.plus(Duration.ofMinutes(minute)));
                assertThat(next.extras().orElseThrow().originalTime()).isEqualTo(full);
            }
        }
    }

    @Test
    void the_server_chooses_among_the_suites_of_a_ticket_in_its_own_order() throws IOException {
        try (TlsPair pair = TlsPair.of(TlsVersion.TLS_1_3)
                .serverContext(context -> context.ciphers("TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256"))
                .clientContext(context -> context.ciphers("TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256"))) {
            pair.handshake();
            TlsPair.Connected both = pair.handshake();
            assertThat(both.resumed()).isTrue();
            assertThat(both.client().getCipher().name()).isEqualTo("TLS_CHACHA20_POLY1305_SHA256");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"TICKET_1_2", "TICKET_1_3"})
    void a_ticket_longer_than_a_record_resumes_as_others_do(Way way) throws IOException {
        String[] names = IntStream.range(0, 1000)
                .mapToObj("client-%04d.example"::formatted)
                .toArray(String[]::new);
        Identity large = TestPki.certificate("CN=large").client().names(names).issuedBy(TestPki.ca());
        try (TlsPair pair =
                way.pair().server(server -> server.requestCert(true)).clientIdentity(large)) {
            pair.handshake();
            assertThat(pair.session().ticket().orElseThrow()).hasSizeGreaterThan(1 << 14);
            TlsPair.Connected both = pair.handshake();
            assertThat(both.resumption()).contains(way.resumption());
            assertThat(both.server().authorized()).isTrue();
        }
    }

    // Limits of a ticket

    @Test
    void a_session_whose_suite_the_client_no_longer_offers_leads_to_a_full_handshake() throws IOException {
        Suite then = Suite.ofName("ECDHE-ECDSA-AES256-GCM-SHA384").orElseThrow();
        Suite now = Suite.ofName("ECDHE-ECDSA-AES128-GCM-SHA256").orElseThrow();
        try (TlsPair pair = TlsPair.of(TlsVersion.TLS_1_2)) {
            pair.clientContext(context -> context.ciphers(then.name())).handshake();
            assertThat(pair.session().cipherSuite()).isEqualTo(then.number());
            // The client would not offer it either, so its own session gets another suite.
            pair.session(pair.session().toBuilder().cipherSuite(now.number()).build());
            pair.clientContext(context -> context.ciphers(now.name()));
            TlsPair.Connected both = pair.handshake();
            assertThat(both.resumption()).isEmpty();
            assertThat(both.client().getCipher().name()).isEqualTo(now.name());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-ECDSA-AES128-GCM-SHA256"})
    void a_session_of_tls_1_3_with_a_suite_of_tls_1_2_leads_to_a_full_handshake(String suite) throws IOException {
        try (TlsPair pair = TlsPair.of(TlsVersion.TLS_1_3)) {
            pair.handshake();
            int number = Suite.ofName(suite).orElseThrow().number();
            Tickets.forge(pair, state -> state.toBuilder().cipherSuite(number).build());
            assertThat(pair.handshake().resumption()).isEmpty();
        }
    }

    /** Each costs a look-up in the store, or a decryption. */
    @Test
    void of_many_tickets_that_a_client_offers_eight_are_looked_at() throws IOException {
        var store = new Recorder();
        try (TlsPair pair = TlsPair.of(TlsVersion.TLS_1_3)
                .server(server -> server.tickets(false).sessionStore(store))) {
            pair.handshake();
            HelloBytes hello = HelloBytes.of(pair.clientHello());
            int before = store.lookups;
            Hello answer = answer(pair, hello.replacedAtEnd(HelloBytes.PRE_SHARED_KEY, unknownTickets(20)));
            assertThat(answer.extensions()).doesNotContainKey(HelloBytes.PRE_SHARED_KEY);
            assertThat(store.lookups - before).isEqualTo(8);
        }
    }

    /** RFC 8446 4.2.11: identities with their ages, and a binder for each identity. */
    private static byte[] unknownTickets(int count) {
        int id = 32;
        int binder = 48;
        ByteBuffer out = ByteBuffer.allocate(2 + count * (2 + id + 4) + 2 + count * (1 + binder));
        out.putShort((short) (count * (2 + id + 4)));
        for (int i = 0; i < count; i++) {
            out.putShort((short) id).put(new byte[id]).putInt(0);
        }
        out.putShort((short) (count * (1 + binder)));
        for (int i = 0; i < count; i++) {
            out.put((byte) binder).put(new byte[binder]);
        }
        return out.array();
    }
}
