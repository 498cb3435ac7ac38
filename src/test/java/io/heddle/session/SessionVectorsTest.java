package io.heddle.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.heddle.session.server.TicketSealer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Sessions and tickets that Node 20 and OpenSSL 3.0 wrote, or that both accepted. */
class SessionVectorsTest {
    private static final HexFormat HEX = HexFormat.of();

    static final List<String> FILES = Vectors.FILES;

    @ParameterizedTest
    @FieldSource("FILES")
    void writes_every_session_as_it_was_read(String file) throws Exception {
        List<String> sessions = Vectors.sessions(file);
        assertThat(sessions).isNotEmpty();
        for (String der : sessions) {
            assertThat(HEX.formatHex(SessionState.fromDer(HEX.parseHex(der)).toDer()))
                    .isEqualTo(der);
        }
    }

    @ParameterizedTest
    @FieldSource("FILES")
    void reads_the_fields_that_openssl_shows(String file) throws Exception {
        List<JsonObject> sessions = Vectors.objects(file, "session_der_hex", "fields");
        List<JsonObject> tickets = Vectors.objects(file, "plaintext_der_hex", "plaintext_fields");
        assertThat(sessions.size() + tickets.size()).isPositive();
        for (JsonObject session : sessions) {
            assertFields(Vectors.hex(session, "session_der_hex"), session.getAsJsonObject("fields"));
        }
        for (JsonObject ticket : tickets) {
            assertFields(Vectors.hex(ticket, "plaintext_der_hex"), ticket.getAsJsonObject("plaintext_fields"));
        }
    }

    private static void assertFields(byte[] der, JsonObject fields) throws MalformedSession {
        SessionState session = SessionState.fromDer(der);
        assertThat(session.protocol()).isEqualTo(number(fields, "ssl_version"));
        assertThat("%04x".formatted(session.cipherSuite())).isEqualTo(text(fields, "cipher"));
        assertThat(HEX.formatHex(session.sessionId())).isEqualTo(text(fields, "session_id"));
        assertThat(HEX.formatHex(session.masterSecret())).isEqualTo(text(fields, "master_key"));
        assertThat(session.time()).isEqualTo(Instant.ofEpochSecond(number(fields, "time")));
        assertThat(session.timeout()).isEqualTo(Duration.ofSeconds(number(fields, "timeout")));
        assertThat(HEX.formatHex(session.sessionIdContext())).isEqualTo(text(fields, "sid_ctx"));
        assertThat(session.verifyResult()).isEqualTo((int) number(fields, "verify_result"));
        assertThat(session.ticketLifetimeHint()).isEqualTo(Duration.ofSeconds(number(fields, "lifetime_hint")));
        assertThat(session.ticket().map(HEX::formatHex).orElse("")).isEqualTo(text(fields, "ticket"));
        assertThat(session.extendedMasterSecret()).isEqualTo(number(fields, "flags") == 1);
        assertThat(session.ticketAgeAdd()).isEqualTo(number(fields, "age_add"));
        assertThat(session.alpnProtocol().orElse(""))
                .isEqualTo(new String(HEX.parseHex(text(fields, "alpn")), StandardCharsets.ISO_8859_1));
        assertThat(session.group().orElse(0)).isEqualTo((int) number(fields, "kex_group"));
        assertThat(session.peerCertificate().map(HEX::formatHex).orElse("")).isEqualTo(text(fields, "peer_der_hex"));
        assertThat(session.hostName()).isEmpty();
        assertThat(session.extras()).isEmpty();
    }

    private static long number(JsonObject fields, String name) {
        JsonElement value = fields.get(name);
        return value == null ? 0 : value.getAsLong();
    }

    private static String text(JsonObject fields, String name) {
        JsonElement value = fields.get(name);
        return value == null ? "" : value.getAsString();
    }

    @ParameterizedTest
    @FieldSource("FILES")
    void reads_and_writes_the_pem_that_openssl_prints(String file) throws Exception {
        for (JsonObject object : Vectors.objects(file, "session_pem", "session_der_hex")) {
            String pem = object.get("session_pem").getAsString();
            SessionState session = SessionState.fromPem(pem);
            assertThat(HEX.formatHex(session.toDer()))
                    .isEqualTo(object.get("session_der_hex").getAsString());
            assertThat(session.toPem().strip()).isEqualTo(pem.strip());
        }
    }

    @ParameterizedTest
    @FieldSource("FILES")
    void opens_every_ticket_and_seals_the_same_one_again(String file) {
        for (JsonObject ticket : Vectors.objects(file, "ticket_hex", "iv_hex", "plaintext_der_hex")) {
            TicketKeys keys = Vectors.keys(Vectors.file(file));
            TicketSealer sealer = new TicketSealer(TicketKeyManager.of(keys), new SecureRandom());

            TicketSealer.Opened opened =
                    sealer.open(Vectors.hex(ticket, "ticket_hex")).orElseThrow();

            assertThat(opened.renew()).isFalse();
            assertThat(HEX.formatHex(opened.state().toDer()))
                    .isEqualTo(ticket.get("plaintext_der_hex").getAsString());
            assertThat(keys.sealing()
                            .seal(opened.state(), Vectors.hex(ticket, "iv_hex"))
                            .map(HEX::formatHex))
                    .contains(ticket.get("ticket_hex").getAsString());
        }
    }
}
