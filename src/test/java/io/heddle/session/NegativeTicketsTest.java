package io.heddle.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.heddle.session.server.ResumptionPolicy;
import io.heddle.session.server.ResumptionPolicy.Hello;
import io.heddle.session.server.ResumptionPolicy.ServerSide;
import io.heddle.session.server.TicketSealer;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The recorded tickets that a Node server refused, and the two that it accepted. */
class NegativeTicketsTest {
    private static final JsonObject FILE = Vectors.file("negative-tickets");

    /** What becomes of each ticket: refused by the sealer, refused by the policy, or resumed. */
    private static final Map<String, String> OUTCOMES = Map.ofEntries(
            Map.entry("mac bit flipped", "not opened"),
            Map.entry("key name changed", "not opened"),
            Map.entry("structure version 2", "not opened"),
            Map.entry("sid_ctx other", ResumptionRefusal.OTHER_CONTEXT.name()),
            Map.entry("sid_ctx absent", ResumptionRefusal.OTHER_CONTEXT.name()),
            Map.entry("expired", ResumptionRefusal.SESSION_EXPIRED.name()),
            Map.entry("protocol version 1.1", ResumptionRefusal.OTHER_VERSION.name()),
            Map.entry("EMS flag missing, client sends EMS", ResumptionRefusal.EXTENDED_MASTER_SECRET_NEW.name()),
            Map.entry("EMS flag in a 1.3 session", ResumptionRefusal.EXTENDED_MASTER_SECRET_IN_TLS13.name()),
            // Here Heddle is meant to differ: it reads over what a later OpenSSL may append.
            Map.entry("unknown element [21]", "resumed"),
            Map.entry("control: valid", "resumed"));

    static Stream<Arguments> cases() {
        return StreamSupport.stream(FILE.getAsJsonArray("cases").spliterator(), false)
                .map(JsonElement::getAsJsonObject)
                .map(each -> Arguments.of(
                        each.get("protocol").getAsString(), each.get("name").getAsString(), each));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("cases")
    void does_with_each_ticket_what_it_should(String protocol, String name, JsonObject ticket) {
        TicketSealer sealer = new TicketSealer(TicketKeyManager.of(Vectors.keys(FILE)), new SecureRandom());
        Instant now = Instant.ofEpochSecond(FILE.get("generated_at_unix").getAsLong() + 5);
        ServerSide server = new ServerSide(
                SessionIdContext.of("vector-ctx"), Duration.ofHours(2), ClientCertificatePolicy.NONE, false);
        int version = protocol.equals("TLSv1.3") ? SessionState.TLS13 : SessionState.TLS12;
        Hello hello = new Hello(Optional.empty(), version, version == SessionState.TLS12);

        String outcome = sealer.open(Vectors.hex(ticket, "ticket_hex"))
                .map(opened -> new ResumptionPolicy(server, () -> now)
                        .refusal(opened.state(), hello)
                        .map(ResumptionRefusal::name)
                        .orElse("resumed"))
                .orElse("not opened");

        assertThat(outcome).isEqualTo(OUTCOMES.get(name));
    }
}
