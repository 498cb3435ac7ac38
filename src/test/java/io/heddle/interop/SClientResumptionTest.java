package io.heddle.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.ServerOptions;
import io.heddle.TlsSocket;
import io.heddle.certificate.TestPki;
import io.heddle.interop.Servers.Kind;
import io.heddle.session.CaffeineSessionStore;
import io.heddle.session.SessionState;
import io.heddle.session.TicketKey;
import io.heddle.session.TicketKeyManager;
import io.heddle.session.TicketKeys;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@code openssl s_client} resumes with a Heddle server, each time in another process, from the session file of the
 * process before.
 */
@Tag("interop")
@ExtendWith(CombinationCounter.class)
class SClientResumptionTest {
    @TempDir
    private Path folder;

    private final TicketKey key = TicketKey.random(new SecureRandom());

    private TicketKeyManager keys() {
        return TicketKeyManager.of(TicketKeys.of(List.of(key)));
    }

    private ServerOptions.Builder options() {
        return options(Kind.P256);
    }

    private ServerOptions.Builder options(Kind kind) {
        return ServerOptions.builder(Servers.context(kind)).ticketKeys(keys()).sessionIdContext("shop");
    }

    /** Connects and saves the session. */
    private ProgramResult first(EchoServer server, String... args) {
        return connect(server, List.of("-sess_out", session()), args);
    }

    /** Connects with the saved session, and saves the new one. */
    private ProgramResult again(EchoServer server, String... args) {
        return connect(server, List.of("-sess_in", session(), "-sess_out", session()), args);
    }

    private ProgramResult connect(EchoServer server, List<String> session, String... args) {
        List<String> all = new ArrayList<>(List.of("-servername", "localhost", "-CAfile", new PemFiles(folder).ca()));
        all.addAll(session);
        all.addAll(List.of(args));
        return server.openssl(all.toArray(new String[0])).succeeded();
    }

    private String session() {
        return folder.resolve("session.pem").toString();
    }

    private static void assertNew(ProgramResult client, EchoServer server) throws InterruptedException {
        assertThat(OpensslReport.of(client).resumed()).isFalse();
        TlsSocket accepted = server.next();
        assertThat(accepted.isSessionReused()).isFalse();
        assertThat(accepted.resumption()).isEmpty();
    }

    private static void assertReused(ProgramResult client, EchoServer server, String how) throws InterruptedException {
        OpensslReport report = OpensslReport.of(client);
        assertThat(report.resumed()).isTrue();
        assertThat(report.verification()).isZero();
        TlsSocket accepted = server.next();
        assertThat(accepted.isSessionReused()).isTrue();
        assertThat(accepted.resumption()).contains(how);
    }

    // By each mechanism

    @ParameterizedTest
    @EnumSource
    void by_id_in_tls12(Kind kind) throws Exception {
        var store = CaffeineSessionStore.builder().build();
        try (EchoServer server = EchoServer.start(
                options(kind).tickets(false).sessionStore(store).build())) {
            assertNew(first(server, "-tls1_2"), server);
            assertThat(Files.readString(Path.of(session()))).contains("SSL SESSION PARAMETERS");
            assertReused(again(server, "-tls1_2"), server, "id");
            assertReused(again(server, "-tls1_2"), server, "id");
            assertThat(store.statistics().hits()).isEqualTo(2);
        }
    }

    @Test
    void by_id_for_a_client_of_tls12_without_tickets() throws Exception {
        var store = CaffeineSessionStore.builder().build();
        try (EchoServer server = EchoServer.start(options().sessionStore(store).build())) {
            assertNew(first(server, "-tls1_2", "-no_ticket"), server);
            assertReused(again(server, "-tls1_2", "-no_ticket"), server, "id");
        }
    }

    @ParameterizedTest
    @EnumSource
    void by_ticket_in_tls12(Kind kind) throws Exception {
        try (EchoServer server = EchoServer.start(options(kind).build())) {
            assertNew(first(server, "-tls1_2"), server);
            assertReused(again(server, "-tls1_2"), server, "ticket");
            assertReused(again(server, "-tls1_2"), server, "ticket");
        }
    }

    @ParameterizedTest
    @EnumSource
    void by_ticket_in_tls13(Kind kind) throws Exception {
        try (EchoServer server = EchoServer.start(options(kind).build())) {
            assertNew(first(server, "-tls1_3"), server);
            byte[] ticket = kept().ticket().orElseThrow();
            for (int generation = 0; generation < 3; generation++) {
                assertReused(again(server, "-tls1_3"), server, "psk");
            }
            assertThat(kept().ticket().orElseThrow())
                    .as("each resumption brings a new ticket")
                    .isNotEqualTo(ticket);
        }
    }

    @ParameterizedTest
    @EnumSource
    void in_tls13_with_tickets_off_through_the_store(Kind kind) throws Exception {
        var store = CaffeineSessionStore.builder().build();
        ServerOptions options = options(kind).tickets(false).sessionStore(store).build();
        try (EchoServer server = EchoServer.start(options)) {
            assertNew(first(server, "-tls1_3"), server);
            assertThat(kept().ticket().orElseThrow()).as("the ticket is an id").hasSize(32);
            assertReused(again(server, "-tls1_3"), server, "psk");
            assertReused(again(server, "-tls1_3"), server, "psk");
        }
        try (EchoServer other = EchoServer.start(options)) {
            assertReused(again(other, "-tls1_3"), other, "psk");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-tls1_2", "-tls1_3"})
    void nothing_resumes_without_tickets_and_without_a_store(String version) throws Exception {
        try (EchoServer server = EchoServer.start(options().tickets(false).build())) {
            assertNew(connect(server, List.of("-sess_out", session()), version), server);
            if (Files.exists(Path.of(session()))) {
                assertNew(again(server, version), server);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "-tls1_2, -cipher, ECDHE-ECDSA-AES128-GCM-SHA256, ticket",
        "-tls1_2, -cipher, ECDHE-ECDSA-AES256-GCM-SHA384, ticket",
        "-tls1_2, -cipher, ECDHE-ECDSA-CHACHA20-POLY1305, ticket",
        "-tls1_2, -cipher, ECDHE-ECDSA-AES128-SHA, ticket",
        "-tls1_2, -cipher, ECDHE-ECDSA-AES128-CCM, ticket",
        "-tls1_3, -ciphersuites, TLS_AES_128_GCM_SHA256, psk",
        "-tls1_3, -ciphersuites, TLS_AES_256_GCM_SHA384, psk",
        "-tls1_3, -ciphersuites, TLS_CHACHA20_POLY1305_SHA256, psk"
    })
    void with_each_suite(String version, String option, String suite, String how) throws Exception {
        ServerOptions all = ServerOptions.builder(
                        Servers.context(Kind.P256, options -> options.ciphers("ALL:@SECLEVEL=1")))
                .build();
        try (EchoServer server = EchoServer.start(all)) {
            assertNew(first(server, version, option, suite), server);
            ProgramResult second = again(server, version, option, suite);
            assertReused(second, server, how);
            assertThat(second.out()).contains("Cipher is " + suite + "\n");
        }
    }

    @Test
    void in_tls13_with_another_suite_of_the_same_hash_and_not_of_another_hash() throws Exception {
        try (EchoServer server = EchoServer.start(options().build())) {
            assertNew(first(server, "-tls1_3", "-ciphersuites", "TLS_AES_128_GCM_SHA256"), server);
            String saved = Files.readString(Path.of(session()));
            String[] first384 = {"-tls1_3", "-ciphersuites", "TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256"};
            assertReused(again(server, first384), server, "psk");
            Files.writeString(Path.of(session()), saved);
            assertReused(again(server, "-tls1_3", "-ciphersuites", "TLS_CHACHA20_POLY1305_SHA256"), server, "psk");
            Files.writeString(Path.of(session()), saved);
            assertNew(again(server, "-tls1_3", "-ciphersuites", "TLS_AES_256_GCM_SHA384"), server);
        }
    }

    @ParameterizedTest
    @CsvSource({"-tls1_2, ticket", "-tls1_3, psk"})
    void the_application_protocol_is_negotiated_again(String version, String how) throws Exception {
        try (EchoServer server =
                EchoServer.start(options().alpnProtocols("h2", "http/1.1").build())) {
            assertNew(first(server, version, "-alpn", "http/1.1"), server);
            ProgramResult second = again(server, version, "-alpn", "h2");
            assertReused(second, server, how);
            assertThat(second.out()).contains("ALPN protocol: h2\n");
        }
    }

    @Test
    void six_connections_of_one_client_are_one_new_and_five_reused() throws Exception {
        try (EchoServer server = EchoServer.start(options().build());
                RunningProgram client = Openssl.client(server.port(), "-tls1_2", "-reconnect")) {
            assertThat(server.next().isSessionReused()).isFalse();
            for (int i = 0; i < 5; i++) {
                assertThat(server.next().resumption()).contains("ticket");
            }
            client.closeInput();
            assertThat(OpensslReport.of(client.awaitEnd()).resumptions()).isEqualTo(5);
        }
    }

    // HelloRetryRequest

    @ParameterizedTest
    @CsvSource({"X25519:P-256, P-256", "P-256:P-384, P-384", "P-384:X448:X25519, X25519"})
    void through_a_hello_retry_request(String clientGroups, String serverGroups) throws Exception {
        ServerOptions options = ServerOptions.builder(Servers.context(Kind.P256, context -> context.ecdhCurve(serverGroups)))
                .build();
        try (EchoServer server = EchoServer.start(options)) {
            assertNew(first(server, "-tls1_3", "-groups", clientGroups), server);
            for (int generation = 0; generation < 2; generation++) {
                ProgramResult client = again(server, "-tls1_3", "-groups", clientGroups, "-msg");
                assertReused(client, server, "psk");
                assertThat(client.out().split("], ClientHello", -1))
                        .as("two ClientHellos")
                        .hasSize(3);
            }
        }
    }

    // Keys

    @ParameterizedTest
    @CsvSource({"-tls1_2, ticket", "-tls1_3, psk"})
    void with_another_server_of_the_same_keys_and_not_of_others(String version, String how) throws Exception {
        try (EchoServer one = EchoServer.start(options().build());
                EchoServer same = EchoServer.start(options().build());
                EchoServer other = EchoServer.start(options()
                        .ticketKeys(TicketKeyManager.of(TicketKeys.random(new SecureRandom())))
                        .build());
                EchoServer otherContext =
                        EchoServer.start(options().sessionIdContext("bank").build())) {
            assertNew(first(one, version), one);
            String saved = Files.readString(Path.of(session()));
            assertReused(again(same, version), same, how);
            Files.writeString(Path.of(session()), saved);
            assertNew(again(other, version), other);
            Files.writeString(Path.of(session()), saved);
            assertNew(again(otherContext, version), otherContext);
        }
    }

    @Test
    void a_ticket_of_tls12_that_an_old_key_opened_is_renewed() throws Exception {
        TicketKeyManager manager = keys();
        TicketKey next = TicketKey.random(new SecureRandom());
        try (EchoServer server = EchoServer.start(options().ticketKeys(manager).build())) {
            assertNew(first(server, "-tls1_2"), server);
            ProgramResult same = again(server, "-tls1_2", "-msg");
            assertReused(same, server, "ticket");
            assertThat(same.out()).doesNotContain("NewSessionTicket");

            manager.set(TicketKeys.of(List.of(next, key)));
            ProgramResult renewed = again(server, "-tls1_2", "-msg");
            assertReused(renewed, server, "ticket");
            assertThat(renewed.out()).contains("<<< TLS 1.2, Handshake", "NewSessionTicket");
            assertThat(ticketOf(renewed)).startsWith(nameOf(next)).isNotEqualTo(ticketOf(same));
            assertThat(ticketOf(same)).startsWith(nameOf(key));

            manager.set(TicketKeys.of(List.of(next)));
            assertNew(again(server, "-tls1_2"), server);
        }
    }

    @Test
    void a_ticket_of_tls13_that_an_old_key_opened_is_followed_by_one_of_the_new_key() throws Exception {
        TicketKeyManager manager = keys();
        TicketKey next = TicketKey.random(new SecureRandom());
        try (EchoServer server = EchoServer.start(options().ticketKeys(manager).build())) {
            assertNew(first(server, "-tls1_3"), server);
            manager.set(TicketKeys.of(List.of(next, key)));
            assertReused(again(server, "-tls1_3"), server, "psk");
            manager.set(TicketKeys.of(List.of(next)));
            assertReused(again(server, "-tls1_3"), server, "psk");
        }
    }

    private static String nameOf(TicketKey key) {
        return HexFormat.of().formatHex(key.toBytes(), 0, 16);
    }

    /** Returns the ticket as hexadecimal digits, from the dump of TLS 1.2 sessions that s_client prints. */
    private static String ticketOf(ProgramResult client) {
        var digits = new StringBuilder();
        var lines = Pattern.compile("^ {4}[0-9a-f]{4} - ([0-9a-f -]{47}) ", Pattern.MULTILINE)
                .matcher(client.out().substring(client.out().indexOf("TLS session ticket:")));
        while (lines.find()) {
            digits.append(lines.group(1).replaceAll("[ -]", ""));
        }
        return digits.toString();
    }

    // The parameters of the session

    @ParameterizedTest
    @CsvSource({"-tls1_2, ticket", "-tls1_3, psk"})
    void the_chain_of_a_verified_client_survives(String version, String how) throws Exception {
        PemFiles.Pair client = new PemFiles(folder).write("client", Clients.withIntermediate());
        String[] certificate = {version, "-cert", client.cert(), "-key", client.key(), "-cert_chain", client.cert()};
        try (EchoServer server = EchoServer.start(requiring())) {
            first(server, certificate);
            TlsSocket full = server.next();
            assertThat(full.authorized()).isTrue();
            for (int generation = 0; generation < 2; generation++) {
                ProgramResult again = again(server, version);
                assertThat(OpensslReport.of(again).resumed()).isTrue();
                TlsSocket accepted = server.next();
                assertThat(accepted.resumption()).contains(how);
                assertThat(accepted.authorized()).isTrue();
                assertThat(accepted.peerCertificates()).isEqualTo(full.peerCertificates());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-tls1_2", "-tls1_3"})
    void a_session_of_an_anonymous_client_does_not_resume_where_a_certificate_is_required(String version)
            throws Exception {
        PemFiles.Pair client = new PemFiles(folder).write("client", Clients.good(Kind.P256));
        try (EchoServer open = EchoServer.start(options().build());
                EchoServer closed = EchoServer.start(requiring())) {
            assertNew(first(open, version), open);
            ProgramResult again = again(closed, version, "-cert", client.cert(), "-key", client.key());
            assertThat(OpensslReport.of(again).resumed()).isFalse();
            TlsSocket accepted = closed.next();
            assertThat(accepted.isSessionReused()).isFalse();
            assertThat(accepted.authorized()).isTrue();
        }
    }

    private ServerOptions requiring() {
        return ServerOptions.builder(Servers.context(
                        Kind.P256, options -> options.ca(TestPki.ca().chain())))
                .ticketKeys(keys())
                .sessionIdContext("shop")
                .requestCert(true)
                .build();
    }

    @ParameterizedTest
    @CsvSource({"-tls1_2, ticket", "-tls1_3, psk"})
    void a_session_resumes_only_with_its_server_name(String version, String how) throws Exception {
        try (EchoServer server = EchoServer.start(options().build())) {
            server.openssl(version, "-servername", "one.example", "-sess_out", session());
            server.next();
            server.openssl(version, "-servername", "two.example", "-sess_in", session());
            assertThat(server.next().isSessionReused()).isFalse();
            server.openssl(version, "-servername", "One.Example", "-sess_in", session());
            TlsSocket accepted = server.next();
            assertThat(accepted.resumption()).contains(how);
            assertThat(accepted.servername().orElseThrow()).isEqualToIgnoringCase("one.example");
        }
    }

    @ParameterizedTest
    @CsvSource({"-tls1_2, ticket", "-tls1_3, psk"})
    void a_chain_of_resumptions_ends_at_the_session_timeout(String version, String how) throws Exception {
        var now = new AtomicReference<>(Instant.now());
        ServerOptions options = ServerOptions.builder(Servers.context(Kind.P256, context -> context.clock(now::get)))
                .sessionTimeout(Duration.ofMinutes(10))
                .build();
        try (EchoServer server = EchoServer.start(options)) {
            assertNew(first(server, version), server);
            for (int i = 0; i < 2; i++) {
                now.updateAndGet(time -> time.plus(Duration.ofMinutes(4)));
                assertReused(again(server, version), server, how);
            }
            now.updateAndGet(time -> time.plus(Duration.ofMinutes(4)));
            assertNew(again(server, version), server);
        }
    }

    @ParameterizedTest
    @CsvSource({"-tls1_2, -tls1_3", "-tls1_3, -tls1_2"})
    void a_session_of_another_version_leads_to_a_full_handshake(String original, String offered) throws Exception {
        try (EchoServer server = EchoServer.start(options().build())) {
            assertNew(first(server, original), server);
            assertNew(again(server, offered), server);
        }
    }

    private SessionState kept() throws Exception {
        return SessionState.fromPem(Files.readString(Path.of(session())));
    }
}
