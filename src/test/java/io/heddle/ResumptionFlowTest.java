package io.heddle;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.protocol.TlsVersion;
import io.heddle.session.SessionState;
import io.heddle.session.SessionStore;
import io.heddle.session.TicketKeyManager;
import io.heddle.session.TicketKeys;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Resumption by id, ticket, PSK and store, for several generations, under changing keys. */
@Tag("provider")
class ResumptionFlowTest {
    private static final SecureRandom RANDOM = new SecureRandom();

    @ParameterizedTest
    @EnumSource
    void resumes_for_several_generations(Way way) throws IOException {
        try (TlsPair pair = way.pair()) {
            assertThat(pair.handshake().resumption()).isEmpty();
            for (int generation = 1; generation <= 4; generation++) {
                TlsPair.Connected both = pair.handshake();
                assertThat(both.resumption()).as("generation %d", generation).contains(way.resumption());
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void keeps_the_id_of_the_full_handshake_on_both_sides(Way way) throws IOException {
        try (TlsPair pair = way.pair()) {
            byte[] id = pair.handshake().client().getSession().getId();
            assertThat(id).hasSize(32);
            for (int generation = 1; generation <= 3; generation++) {
                TlsPair.Connected both = pair.handshake();
                assertThat(both.resumed()).isTrue();
                assertThat(both.client().getSession().getId()).isEqualTo(id);
                assertThat(both.server().getSession().getId()).isEqualTo(id);
            }
            pair.forgetSession();
            TlsPair.Connected another = pair.handshake();
            assertThat(another.client().getSession().getId()).isNotEqualTo(id);
            assertThat(another.server().getSession().getId())
                    .isEqualTo(another.client().getSession().getId());
        }
    }

    @EachVersion
    void sessions_that_do_not_come_back_have_ids_of_their_own(TlsVersion version) throws IOException {
        try (var pair = TlsPair.of(version).server(server -> server.tickets(false))) {
            TlsPair.Connected first = pair.handshake();
            byte[] id = first.client().getSession().getId();
            assertThat(first.server().getSession().getId()).isEqualTo(id).hasSize(32);
            assertThat(pair.handshake().client().getSession().getId()).isNotEqualTo(id);
        }
    }

    @ParameterizedTest
    @EnumSource
    void carries_data_both_ways_on_a_resumed_connection(Way way) throws IOException {
        try (TlsPair pair = way.pair()) {
            pair.handshake();
            TlsPair.Connected both = pair.connect();
            assertThat(both.resumed()).isTrue();
            both.exchange("over resumed keys");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"TLS_1_0", "TLS_1_1"})
    void resumes_by_ticket_below_tls_1_2_as_well(TlsVersion version) throws IOException {
        try (var pair = TlsPair.of(version).clientContext(FlowSettings::legacy).serverContext(FlowSettings::legacy)) {
            assertThat(pair.handshake().resumption()).isEmpty();
            assertThat(pair.handshake().resumption()).contains("ticket");
        }
    }

    @ParameterizedTest
    @EnumSource
    void has_the_servers_certificate_after_resumption(Way way) throws IOException {
        try (TlsPair pair = way.pair()) {
            TlsPair.Connected full = pair.handshake();
            TlsPair.Connected resumed = pair.handshake();
            assertThat(resumed.resumed()).isTrue();
            assertThat(resumed.client().authorized()).isTrue();
            assertThat(resumed.client().peerCertificates())
                    .isNotEmpty()
                    .isEqualTo(full.client().peerCertificates());
        }
    }

    @Test
    void a_ticket_of_tls_1_3_from_the_store_is_an_id_alone() throws IOException {
        try (TlsPair pair = Way.STORE_1_3.pair()) {
            pair.handshake();
            assertThat(pair.session().ticket().orElseThrow()).hasSize(32);
        }
    }

    @EachVersion
    void without_tickets_and_store_nothing_resumes(TlsVersion version) throws IOException {
        try (var pair = TlsPair.of(version).server(server -> server.tickets(false))) {
            pair.handshake();
            assertThat(pair.handshake().resumption()).isEmpty();
        }
    }

    @EachVersion
    void a_store_that_fails_costs_a_full_handshake_only(TlsVersion version) throws IOException {
        SessionStore broken = new SessionStore() {
            @Override
            public void put(byte[] id, byte[] session, Duration timeToLive) {
                throw new IllegalStateException("no connection to the store");
            }

            @Override
            public Optional<byte[]> get(byte[] id) {
                throw new IllegalStateException("no connection to the store");
            }

            @Override
            public void remove(byte[] id) {
                throw new IllegalStateException("no connection to the store");
            }
        };
        try (var pair =
                TlsPair.of(version).server(server -> server.tickets(false).sessionStore(broken))) {
            pair.handshake();
            assertThat(pair.handshake().resumption()).isEmpty();
        }
    }

    // Ticket keys

    @Test
    void a_ticket_of_tls_1_2_under_the_previous_key_resumes_and_is_renewed() throws IOException {
        try (var pair = TlsPair.of(TlsVersion.TLS_1_2)) {
            pair.handshake();
            SessionState old = pair.session();
            TicketKeys fresh = rotate(pair.keys());
            assertThat(pair.handshake().resumption()).contains("ticket");
            assertThat(nameOfKey(pair.session())).isEqualTo(nameOf(fresh)).isNotEqualTo(nameOfKey(old));
            assertThat(pair.session().masterSecret()).isEqualTo(old.masterSecret());

            pair.keys().set(fresh);
            assertThat(pair.handshake().resumption()).contains("ticket");
            pair.session(old);
            assertThat(pair.handshake().resumption()).isEmpty();
        }
    }

    @Test
    void a_ticket_of_tls_1_2_under_the_sealing_key_is_not_renewed() throws IOException {
        try (var pair = TlsPair.of(TlsVersion.TLS_1_2)) {
            pair.handshake();
            byte[] ticket = pair.session().ticket().orElseThrow();
            assertThat(pair.handshake().resumed()).isTrue();
            assertThat(pair.session().ticket().orElseThrow()).isEqualTo(ticket);
        }
    }

    @Test
    void a_ticket_of_tls_1_3_under_the_previous_key_resumes_and_the_next_is_under_the_new_one() throws IOException {
        try (var pair = TlsPair.of(TlsVersion.TLS_1_3)) {
            pair.handshake();
            SessionState old = pair.session();
            TicketKeys fresh = rotate(pair.keys());
            assertThat(pair.handshake().resumption()).contains("psk");
            assertThat(nameOfKey(pair.session())).isEqualTo(nameOf(fresh));

            pair.keys().set(fresh);
            assertThat(pair.handshake().resumption()).contains("psk");
            pair.session(old);
            assertThat(pair.handshake().resumption()).isEmpty();
        }
    }

    @EachVersion
    void a_second_server_with_the_same_keys_resumes_and_one_with_others_does_not(TlsVersion version)
            throws IOException {
        try (var first = TlsPair.of(version);
                var second = TlsPair.of(version)) {
            first.handshake();
            second.session(first.session());
            assertThat(second.handshake().resumption()).isEmpty();
            second.keys().set(first.keys().current());
            second.session(first.session());
            assertThat(second.handshake().resumed()).isTrue();
        }
    }

    private static TicketKeys rotate(TicketKeyManager keys) {
        TicketKeys fresh = TicketKeys.random(RANDOM);
        keys.set(TicketKeys.fromBytes(fresh.toBytes(), keys.current().toBytes()));
        return fresh;
    }

    private static byte[] nameOf(TicketKeys keys) {
        return Arrays.copyOf(keys.toBytes(), 16);
    }

    private static byte[] nameOfKey(SessionState session) {
        return Arrays.copyOf(session.ticket().orElseThrow(), 16);
    }

    // Invalid tickets

    @ParameterizedTest
    @ValueSource(ints = {1, 15, 16, 32, 79, 80, 96, 4096, 16000, 60000})
    void a_ticket_of_random_bytes_leads_to_a_full_handshake(int length) throws IOException {
        byte[] junk = new byte[length];
        new Random(length).nextBytes(junk);
        for (TlsVersion version : new TlsVersion[] {TlsVersion.TLS_1_2, TlsVersion.TLS_1_3}) {
            try (var pair = TlsPair.of(version)) {
                pair.handshake();
                Tickets.replace(pair, junk);
                assertThat(pair.handshake().resumption()).isEmpty();
                assertThat(pair.handshake().resumed()).as("the new session").isTrue();
            }
        }
    }

    @EachVersion
    void a_ticket_with_a_changed_byte_leads_to_a_full_handshake(TlsVersion version) throws IOException {
        try (var pair = TlsPair.of(version)) {
            pair.handshake();
            SessionState good = pair.session();
            byte[] ticket = good.ticket().orElseThrow();
            for (int at : new int[] {0, 16, 40, ticket.length - 33, ticket.length - 1}) {
                byte[] changed = ticket.clone();
                changed[at] ^= 1;
                pair.session(good);
                Tickets.replace(pair, changed);
                assertThat(pair.handshake().resumption()).as("byte %d", at).isEmpty();
            }
            pair.session(good);
            assertThat(pair.handshake().resumed()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 16, 31, 33, 47})
    void a_ticket_with_a_secret_of_a_wrong_length_leads_to_a_full_handshake(int length) throws IOException {
        for (TlsVersion version : new TlsVersion[] {TlsVersion.TLS_1_2, TlsVersion.TLS_1_3}) {
            try (var pair = TlsPair.of(version)) {
                pair.handshake();
                byte[] secret = new byte[length];
                Tickets.forge(
                        pair, state -> state.toBuilder().masterSecret(secret).build());
                assertThat(pair.handshake().resumption()).isEmpty();
            }
        }
    }

    @EachVersion
    void a_ticket_of_another_version_leads_to_a_full_handshake(TlsVersion version) throws IOException {
        int other = version == TlsVersion.TLS_1_3 ? SessionState.TLS12 : SessionState.TLS13;
        try (var pair = TlsPair.of(version)) {
            pair.handshake();
            Tickets.forge(
                    pair,
                    state -> state.toBuilder()
                            .protocol(other)
                            .extendedMasterSecret(other == SessionState.TLS12)
                            .build());
            assertThat(pair.handshake().resumption()).isEmpty();
        }
    }

    // Suites

    @EachVersion
    void a_suite_that_was_switched_off_later_does_not_resume(TlsVersion version) throws IOException {
        try (var pair =
                TlsPair.of(version).serverContext(context -> context.ciphers("TLS_AES_256_GCM_SHA384:ECDHE+AES256"))) {
            pair.handshake();
            assertThat(pair.handshake().resumed()).isTrue();
            pair.serverContext(
                    context -> context.ciphers("TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256:ECDHE+AES128"));
            TlsPair.Connected both = pair.handshake();
            assertThat(both.resumption()).isEmpty();
            assertThat(both.client().getCipher().name()).contains("128");
        }
    }

    @Test
    void in_tls_1_3_a_session_resumes_under_another_suite_with_the_same_hash() throws IOException {
        try (var pair =
                TlsPair.of(TlsVersion.TLS_1_3).serverContext(context -> context.ciphers("TLS_AES_128_GCM_SHA256"))) {
            pair.handshake();
            pair.serverContext(context -> context.ciphers("TLS_CHACHA20_POLY1305_SHA256"));
            TlsPair.Connected both = pair.handshake();
            assertThat(both.resumption()).contains("psk");
            assertThat(both.client().getCipher().name()).isEqualTo("TLS_CHACHA20_POLY1305_SHA256");
        }
    }

    @Test
    void application_protocol_is_negotiated_anew_on_a_resumed_connection() throws IOException {
        for (Way way : Way.values()) {
            try (TlsPair pair = way.pair()) {
                pair.server(server -> server.alpnProtocols("h2", "http/1.1"));
                pair.client(client -> client.alpnProtocols("http/1.1")).handshake();
                TlsPair.Connected both =
                        pair.client(client -> client.alpnProtocols("h2")).handshake();
                assertThat(both.resumption()).contains(way.resumption());
                assertThat(both.client().alpnProtocol()).contains("h2");
                assertThat(both.server().alpnProtocol()).contains("h2");
            }
        }
    }
}
