package io.heddle;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.certificate.TestPki;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.TlsVersion;
import io.heddle.session.CaffeineSessionStore;
import io.heddle.session.SessionState;
import io.heddle.session.server.TicketSealer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Pre-shared keys beside sessions: both are offered, tickets come first, and no session replaces the key. */
class PskSessionFlowTest {
    private static TlsPair beside(TlsVersion version) {
        return TlsPair.of(version)
                .server(options -> options.pskCallback(PskKind.callback(PskKind.key())))
                .client(options -> options.pskCallback(hint -> PskKind.credential()));
    }

    @ParameterizedTest
    @EnumSource
    void a_connection_with_a_key_makes_no_session(PskKind kind) throws IOException {
        var store = CaffeineSessionStore.builder().build();
        try (TlsPair pair = kind.pair().server(options -> options.sessionStore(store))) {
            TlsPair.Connected both = pair.connect();
            both.exchange("no ticket");
            assertThat(both.client().awaitSession(Duration.ofMillis(1))).isEmpty();
            assertThat(both.client().getSessionData()).isEmpty();
            assertThat(both.server().getSessionData()).isEmpty();

            pair.server(options -> options.tickets(false));
            TlsPair.Connected stored = pair.connect();
            stored.exchange("no id");
            assertThat(stored.client().getSessionData()).isEmpty();
            assertThat(store.statistics().size()).isZero();
        }
    }

    @Test
    void a_ticket_is_tried_before_a_key() throws IOException {
        List<String> calls = new ArrayList<>();
        try (TlsPair pair = beside(TlsVersion.TLS_1_3)
                .server(options -> options.pskCallback((socket, identity) -> {
                    calls.add(identity);
                    return Optional.of(PskKind.key());
                }))
                .client(options -> options.pskCallback(hint -> Optional.empty()))) {
            pair.handshake();
            pair.client(options -> options.pskCallback(hint -> PskKind.credential()));
            TlsPair.Connected both = pair.connect();
            both.exchange("with the ticket");
            assertThat(both.resumption()).contains("psk");
            assertThat(both.client().pskIdentity()).isEmpty();
            assertThat(both.server().pskIdentity()).isEmpty();
            assertThat(both.client().peerCertificates()).isNotEmpty();
            assertThat(calls).isEmpty();
        }
    }

    @Test
    void a_key_is_tried_where_the_ticket_does_not_do() throws IOException {
        List<String> calls = new ArrayList<>();
        try (TlsPair pair = beside(TlsVersion.TLS_1_3)
                .server(options -> options.pskCallback((socket, identity) -> {
                    calls.add(identity);
                    return Optional.of(PskKind.key());
                }))
                .client(options -> options.pskCallback(hint -> Optional.empty()))) {
            pair.handshake();
            pair.client(options -> options.pskCallback(hint -> PskKind.credential()))
                    .server(options -> options.sessionIdContext("another"));
            TlsPair.Connected both = pair.connect();
            both.exchange("with the key");
            assertThat(both.resumption()).isEmpty();
            assertThat(both.server().pskIdentity()).contains(PskKind.IDENTITY);
            assertThat(calls).as("no ticket among them").containsExactly(PskKind.IDENTITY);
        }
    }

    /** The ticket needs SHA-384 and the key SHA-256; the suite of the retry leaves one of them. */
    @ParameterizedTest
    @EnumSource(names = "TLS_1_3")
    void a_hello_retry_request_leaves_the_key_that_fits(TlsVersion version) throws IOException {
        try (TlsPair pair = beside(version)
                .client(options -> options.pskCallback(hint -> Optional.empty()))
                .clientContext(context -> context.ecdhCurve("X25519:P-256"))) {
            pair.handshake();
            assertThat(pair.session().cipherSuite()).as("SHA-384").isEqualTo(0x1302);
            pair.client(options -> options.pskCallback(hint -> PskKind.credential()))
                    .serverContext(context -> context.ecdhCurve("P-256"));
            TlsPair.Connected resumed = pair.connect();
            resumed.exchange("the ticket is left");
            assertThat(resumed.resumption()).contains("psk");

            pair.serverContext(context -> context.ciphers("TLS_AES_128_GCM_SHA256"));
            TlsPair.Connected byKey = pair.connect();
            byKey.exchange("the key is left");
            assertThat(byKey.resumption()).isEmpty();
            assertThat(byKey.server().pskIdentity()).contains(PskKind.IDENTITY);
        }
    }

    /** Both need SHA-256, so the second ClientHello has both, and its length counts two binders. */
    @Test
    void a_hello_retry_request_leaves_both_where_both_fit() throws IOException {
        String suite = "TLS_AES_128_GCM_SHA256";
        try (TlsPair pair = beside(TlsVersion.TLS_1_3)
                .client(options -> options.pskCallback(hint -> Optional.empty()))
                .serverContext(context -> context.ciphers(suite).ecdhCurve("P-256"))
                .clientContext(context -> context.ciphers(suite).ecdhCurve("X25519:P-256"))) {
            pair.handshake();
            pair.client(options -> options.pskCallback(hint -> PskKind.credential()));
            TlsPair.Connected resumed = pair.connect();
            resumed.exchange("the ticket");
            assertThat(resumed.resumption()).contains("psk");
            pair.server(options -> options.sessionIdContext("another"));
            TlsPair.Connected byKey = pair.connect();
            byKey.exchange("the key");
            assertThat(byKey.server().pskIdentity()).contains(PskKind.IDENTITY);
        }
    }

    @Test
    void a_ticket_has_an_age_and_a_key_has_none() throws IOException {
        try (TlsPair pair =
                beside(TlsVersion.TLS_1_3).client(options -> options.pskCallback(hint -> Optional.empty()))) {
            pair.handshake();
            pair.client(options -> options.pskCallback(hint -> PskKind.credential()));
            pair.clock().advance(Duration.ofSeconds(7));
            SessionState offered = pair.session();
            ByteBuffer psk = ByteBuffer.wrap(HelloBytes.of(pair.clientHello())
                    .extension(HelloBytes.PRE_SHARED_KEY)
                    .orElseThrow());
            psk.getShort();
            byte[] ticket = new byte[psk.getShort()];
            psk.get(ticket);
            assertThat(ticket).isEqualTo(offered.ticket().orElseThrow());
            assertThat((psk.getInt() - offered.ticketAgeAdd()) & 0xffff_ffffL).isEqualTo(7000);
            byte[] identity = new byte[psk.getShort()];
            psk.get(identity);
            assertThat(identity).asString().isEqualTo(PskKind.IDENTITY);
            assertThat(psk.getInt()).isZero();
        }
    }

    /** Two servers share ticket keys, and one of them requires no client key. */
    @ParameterizedTest
    @EnumSource
    void a_server_with_keys_alone_takes_no_ticket_of_a_less_strict_one(Way way) throws IOException {
        String both = "PSK+AES:ECDHE+AES:TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384";
        try (TlsPair pair = way.pair()
                .serverContext(context -> context.ciphers(both))
                .clientContext(context -> context.ciphers(both))) {
            pair.handshake();
            assertThat(pair.handshake().resumed()).isTrue();
            pair.server(options -> options.pskCallback(PskKind.callback(PskKind.key())));
            assertThat(pair.handshake().resumed())
                    .as("a full handshake needs no key")
                    .isTrue();
            pair.serverIdentity();
            TlsPair.Outcome without = pair.attempt();
            assertThat(without.clientProblem()).isPresent();
            assertThat(without.server().isSessionReused()).isFalse();
            pair.client(options -> options.pskCallback(hint -> PskKind.credential()));
            TlsPair.Connected with = pair.connect();
            assertThat(with.resumption()).isEmpty();
            assertThat(with.server().pskIdentity()).contains(PskKind.IDENTITY);
        }
    }

    /** As in Node, which keeps the identity in the session. */
    @ParameterizedTest
    @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
    void a_session_that_was_made_with_a_key_does_not_resume(TlsVersion version) throws IOException {
        try (TlsPair pair = TlsPair.of(version)) {
            pair.handshake();
            SessionState session = pair.session();
            var sealer = new TicketSealer(pair.keys(), new SecureRandom());
            SessionState opened =
                    sealer.open(session.ticket().orElseThrow()).orElseThrow().state();
            byte[] foreign = sealer.seal(
                            opened.toBuilder().pskIdentity(new byte[] {'x'}).build())
                    .orElseThrow();
            pair.session(session.toBuilder().ticket(foreign).build());
            assertThat(pair.handshake().resumed()).isFalse();
            pair.session(session);
            assertThat(pair.handshake().resumed()).isTrue();
        }
    }

    @Test
    void a_certificate_handshake_beside_keys_makes_sessions() throws IOException {
        try (TlsPair pair = beside(TlsVersion.TLS_1_3)
                .serverIdentity(TestPki.server("localhost"))
                .client(options -> options.pskCallback(hint -> Optional.empty()))) {
            pair.handshake();
            assertThat(pair.handshake().resumption()).contains("psk");
        }
    }

    /**
     * RFC 8446 4.2.11: a server ignores the age of an external key. Here it has one, since the client's ticket has the
     * identity of the key; so its binder is a resumption binder, which is not valid for an external key.
     */
    @Test
    void an_age_hides_no_key_and_the_two_kinds_of_binders_differ() throws IOException {
        String suite = "TLS_AES_128_GCM_SHA256";
        try (TlsPair pair = TlsPair.of(TlsVersion.TLS_1_3)
                .serverContext(context -> context.ciphers(suite))
                .clientContext(context -> context.ciphers(suite))) {
            pair.handshake();
            SessionState session = pair.session();
            pair.session(session.toBuilder()
                    .ticket(PskKind.IDENTITY.getBytes(StandardCharsets.UTF_8))
                    .build());
            pair.server(options -> options.pskCallback(PskKind.callback(session.masterSecret())));
            assertThat(pair.attempt().serverFailure().code()).isEqualTo(Code.ERR_SSL_BINDER_DOES_NOT_VERIFY);
        }
    }
}
