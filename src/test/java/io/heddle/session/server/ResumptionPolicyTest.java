package io.heddle.session.server;

import static io.heddle.session.ClientCertificatePolicy.NONE;
import static io.heddle.session.ClientCertificatePolicy.REQUEST;
import static io.heddle.session.ClientCertificatePolicy.REQUIRE;
import static io.heddle.session.SessionState.TLS12;
import static io.heddle.session.SessionState.TLS13;
import static io.heddle.session.TestSessions.CONTEXT;
import static io.heddle.session.TestSessions.LEAF;
import static io.heddle.session.TestSessions.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heddle.failure.InvalidOption;
import io.heddle.session.ClientCertificatePolicy;
import io.heddle.session.ResumptionRefusal;
import io.heddle.session.SessionExtras;
import io.heddle.session.SessionIdContext;
import io.heddle.session.SessionState;
import io.heddle.session.TestSessions;
import io.heddle.session.server.ResumptionPolicy.Hello;
import io.heddle.session.server.ResumptionPolicy.ServerSide;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each rule of the policy beside the nearest case that it accepts. */
class ResumptionPolicyTest {
    private static final Duration TWO_HOURS = Duration.ofHours(2);

    private static ServerSide server(ClientCertificatePolicy certificates) {
        return new ServerSide(CONTEXT, TWO_HOURS, certificates, false);
    }

    private static ServerSide serverOfNames() {
        return new ServerSide(CONTEXT, TWO_HOURS, NONE, true);
    }

    private static Hello hello(int protocol) {
        return new Hello(Optional.empty(), protocol, true);
    }

    private static Hello asking(String name) {
        return new Hello(Optional.of(name), TLS13, true);
    }

    private static Optional<ResumptionRefusal> decide(SessionState.Builder session, ServerSide server, Hello hello) {
        return decide(session, server, hello, NOW);
    }

    private static Optional<ResumptionRefusal> decide(
            SessionState.Builder session, ServerSide server, Hello hello, Instant now) {
        return new ResumptionPolicy(server, () -> now).refusal(session.build(), hello);
    }

    private static SessionState.Builder heddle(ClientCertificatePolicy policy) {
        return TestSessions.heddle(TLS13, policy);
    }

    private static SessionState.Builder foreign() {
        return TestSessions.foreign(TLS13);
    }

    @ParameterizedTest
    @ValueSource(ints = {TLS12, TLS13})
    void resumes_where_the_session_was_made_for(int protocol) {
        assertThat(decide(TestSessions.foreign(protocol), server(NONE), hello(protocol)))
                .isEmpty();
        assertThat(decide(TestSessions.heddle(protocol, NONE), server(NONE), hello(protocol)))
                .isEmpty();
    }

    @Test
    void refuses_another_version() {
        assertThat(decide(TestSessions.foreign(TLS12), server(NONE), hello(TLS13)))
                .contains(ResumptionRefusal.OTHER_VERSION);
        assertThat(decide(TestSessions.foreign(TLS13), server(NONE), hello(TLS12)))
                .contains(ResumptionRefusal.OTHER_VERSION);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "sho", "shop1", "Shop"})
    void refuses_another_context(String other) {
        assertThat(decide(foreign().sessionIdContext(SessionIdContext.of(other).bytes()), server(NONE), hello(TLS13)))
                .contains(ResumptionRefusal.OTHER_CONTEXT);
    }

    @Test
    void takes_an_absent_context_for_an_empty_one() throws Exception {
        SessionState absent = SessionState.fromDer(HexFormat.of()
                .parseHex("301d" + "020101" + "02020304" + "04021302" + "0400" + "0401ff" + "a10602046b03ea88"
                        + "a203020101"));
        ResumptionPolicy empty =
                new ResumptionPolicy(new ServerSide(SessionIdContext.of(""), TWO_HOURS, NONE, false), () -> NOW);
        assertThat(empty.refusal(absent, hello(TLS13))).isEmpty();
        assertThat(new ResumptionPolicy(server(NONE), () -> NOW).refusal(absent, hello(TLS13)))
                .contains(ResumptionRefusal.OTHER_CONTEXT);
    }

    @Test
    void refuses_a_session_from_the_future_but_for_a_minute_of_clock_skew() {
        assertThat(decide(foreign(), server(NONE), hello(TLS13), NOW.minusSeconds(60)))
                .isEmpty();
        assertThat(decide(foreign(), server(NONE), hello(TLS13), NOW.minusSeconds(61)))
                .contains(ResumptionRefusal.FROM_THE_FUTURE);
        assertThat(decide(foreign().time(Instant.MAX), server(NONE), hello(TLS13)))
                .contains(ResumptionRefusal.FROM_THE_FUTURE);
    }

    @Test
    void refuses_a_session_older_than_its_own_timeout() {
        SessionState.Builder session = foreign().timeout(Duration.ofMinutes(10));
        assertThat(decide(session, server(NONE), hello(TLS13), NOW.plusSeconds(600)))
                .isEmpty();
        assertThat(decide(session, server(NONE), hello(TLS13), NOW.plusSeconds(601)))
                .contains(ResumptionRefusal.SESSION_EXPIRED);
    }

    @Test
    void refuses_a_foreign_session_older_than_the_servers_timeout() {
        SessionState.Builder session = foreign().timeout(Duration.ofDays(365));
        assertThat(decide(session, server(NONE), hello(TLS13), NOW.plusSeconds(7200)))
                .isEmpty();
        assertThat(decide(session, server(NONE), hello(TLS13), NOW.plusSeconds(7201)))
                .contains(ResumptionRefusal.HANDSHAKE_TOO_OLD);
    }

    @Test
    void counts_the_servers_timeout_from_the_full_handshake() {
        SessionState.Builder renewed =
                foreign().time(NOW.plusSeconds(7000)).extras(SessionExtras.of(NOW, NONE, List.of()));
        assertThat(decide(renewed, server(NONE), hello(TLS13), NOW.plusSeconds(7200)))
                .isEmpty();
        assertThat(decide(renewed, server(NONE), hello(TLS13), NOW.plusSeconds(7201)))
                .contains(ResumptionRefusal.HANDSHAKE_TOO_OLD);
    }

    @Test
    void a_full_handshake_later_than_the_session_lengthens_nothing() {
        SessionState.Builder odd = foreign()
                .timeout(Duration.ofDays(365))
                .extras(SessionExtras.of(NOW.plusSeconds(5000), NONE, List.of()));
        assertThat(decide(odd, server(NONE), hello(TLS13), NOW.plusSeconds(7201)))
                .contains(ResumptionRefusal.HANDSHAKE_TOO_OLD);
    }

    @Test
    void no_session_lives_longer_than_seven_days() {
        ServerSide longest = new ServerSide(CONTEXT, Duration.ofDays(7), NONE, false);
        SessionState.Builder session = foreign().timeout(Duration.ofDays(365));
        assertThat(decide(session, longest, hello(TLS13), NOW.plusSeconds(604_800)))
                .isEmpty();
        assertThat(decide(session, longest, hello(TLS13), NOW.plusSeconds(604_801)))
                .contains(ResumptionRefusal.HANDSHAKE_TOO_OLD);
        for (Duration wrong : List.of(Duration.ofDays(7).plusNanos(1), Duration.ofNanos(-1))) {
            assertThatThrownBy(() -> new ServerSide(CONTEXT, wrong, NONE, false))
                    .isInstanceOfSatisfying(
                            InvalidOption.class, e -> assertThat(e.code()).isEqualTo("ERR_OUT_OF_RANGE"))
                    .hasMessage("sessionTimeout: %s was given, allowed is 0 to 7 days".formatted(wrong));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "shop.example, shop.example, true",
        "shop.example, SHOP.Example, true",
        "shop.example, pay.example, false",
        "shop.example, shop.example., true",
        "shop.example., shop.example, true",
        "shop.example, shop.example.., false",
        "shop.example, shop.exampl., false",
        "k.example, \u212A.example, false", // the Kelvin sign is a k for String.equalsIgnoreCase
        "[.example, {.example, false", // 0x20 apart, but no letters
    })
    void a_session_resumes_under_its_own_name_only(String sessionName, String requested, boolean resumes) {
        Optional<ResumptionRefusal> expected =
                resumes ? Optional.empty() : Optional.of(ResumptionRefusal.OTHER_SERVER_NAME);
        assertThat(decide(heddle(NONE).hostName(sessionName), server(NONE), asking(requested)))
                .isEqualTo(expected);
        assertThat(decide(foreign().hostName(sessionName), server(NONE), asking(requested)))
                .isEqualTo(expected);
        assertThat(decide(foreign().hostName(sessionName), serverOfNames(), asking(requested)))
                .isEqualTo(expected);
    }

    @Test
    void a_session_with_a_name_does_not_resume_without_one() {
        assertThat(decide(heddle(NONE).hostName("shop.example"), server(NONE), hello(TLS13)))
                .contains(ResumptionRefusal.OTHER_SERVER_NAME);
        assertThat(decide(foreign().hostName("shop.example"), server(NONE), hello(TLS13)))
                .contains(ResumptionRefusal.OTHER_SERVER_NAME);
    }

    @Test
    void a_session_of_heddle_without_a_name_resumes_without_one_only() {
        assertThat(decide(heddle(NONE), server(NONE), asking("shop.example")))
                .contains(ResumptionRefusal.OTHER_SERVER_NAME);
        assertThat(decide(heddle(NONE), serverOfNames(), hello(TLS13))).isEmpty();
    }

    @Test
    void a_foreign_session_without_a_name_resumes_only_where_names_do_not_matter() {
        assertThat(decide(foreign(), server(NONE), asking("shop.example"))).isEmpty();
        assertThat(decide(foreign(), serverOfNames(), asking("shop.example")))
                .contains(ResumptionRefusal.SERVER_NAME_UNKNOWN);
        assertThat(decide(foreign(), serverOfNames(), hello(TLS13))).contains(ResumptionRefusal.SERVER_NAME_UNKNOWN);
    }

    @ParameterizedTest
    @EnumSource(names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void a_session_made_without_a_certificate_request_never_resumes_where_one_is_requested(
            ClientCertificatePolicy here) {
        assertThat(decide(heddle(NONE), server(here), hello(TLS13)))
                .contains(ResumptionRefusal.CLIENT_CERTIFICATE_NEVER_ASKED);
        assertThat(decide(heddle(NONE).peerCertificate(LEAF), server(here), hello(TLS13)))
                .contains(ResumptionRefusal.CLIENT_CERTIFICATE_NEVER_ASKED);
        assertThat(decide(heddle(REQUEST).peerCertificate(LEAF), server(here), hello(TLS13)))
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource(names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void a_foreign_session_without_a_certificate_never_resumes_where_one_is_requested(ClientCertificatePolicy here) {
        assertThat(decide(foreign(), server(here), hello(TLS13)))
                .contains(ResumptionRefusal.CLIENT_CERTIFICATE_UNKNOWN);
        assertThat(decide(foreign().peerCertificate(LEAF), server(here), hello(TLS13)))
                .isEmpty();
    }

    @Test
    void a_session_without_a_certificate_does_not_resume_where_one_is_required() {
        assertThat(decide(heddle(REQUEST), server(REQUEST), hello(TLS13))).isEmpty();
        assertThat(decide(heddle(REQUEST), server(REQUIRE), hello(TLS13)))
                .contains(ResumptionRefusal.CLIENT_CERTIFICATE_MISSING);
        assertThat(decide(heddle(REQUIRE), server(REQUIRE), hello(TLS13)))
                .contains(ResumptionRefusal.CLIENT_CERTIFICATE_MISSING);
        assertThat(decide(heddle(REQUIRE).peerCertificate(LEAF), server(REQUIRE), hello(TLS13)))
                .isEmpty();
    }

    @Test
    void a_session_with_an_invalid_certificate_does_not_resume_where_a_valid_one_is_required() {
        for (SessionState.Builder session : List.of(heddle(REQUEST), foreign())) {
            session.peerCertificate(LEAF).verifyResult(18);
            assertThat(decide(session, server(REQUEST), hello(TLS13))).isEmpty();
            assertThat(decide(session, server(REQUIRE), hello(TLS13)))
                    .contains(ResumptionRefusal.CLIENT_CERTIFICATE_INVALID);
        }
    }

    @Test
    void a_session_with_a_certificate_resumes_where_none_is_requested() {
        assertThat(decide(heddle(REQUIRE).peerCertificate(LEAF).verifyResult(18), server(NONE), hello(TLS13)))
                .isEmpty();
        assertThat(decide(foreign().peerCertificate(LEAF).verifyResult(18), server(NONE), hello(TLS13)))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "true, true, ",
        "true, false, EXTENDED_MASTER_SECRET_DROPPED",
        "false, true, EXTENDED_MASTER_SECRET_NEW",
        "false, false, EXTENDED_MASTER_SECRET_MISSING"
    })
    void in_tls12_both_have_to_have_the_extended_master_secret(
            boolean session, boolean hello, ResumptionRefusal refusal) {
        Hello requested = new Hello(Optional.empty(), TLS12, hello);
        assertThat(decide(TestSessions.foreign(TLS12).extendedMasterSecret(session), server(NONE), requested))
                .isEqualTo(Optional.ofNullable(refusal));
    }

    @Test
    void in_tls13_the_offer_of_an_extended_master_secret_means_nothing() {
        assertThat(decide(foreign(), server(NONE), new Hello(Optional.empty(), TLS13, false)))
                .isEmpty();
    }

    @Test
    void refuses_a_session_of_tls13_with_the_flag_of_an_extended_master_secret() throws Exception {
        SessionState flagged = SessionState.fromDer(HexFormat.of()
                .parseHex("302a" + "020101" + "02020304" + "04021302" + "0400" + "0401ff" + "a10602046b03ea88"
                        + "a203020101" + "a406040473686f70" + "ad03020101"));
        ResumptionPolicy policy = new ResumptionPolicy(server(NONE), () -> NOW);
        assertThat(policy.refusal(flagged, hello(TLS13))).contains(ResumptionRefusal.EXTENDED_MASTER_SECRET_IN_TLS13);
    }

    @Test
    void only_a_dropped_extended_master_secret_is_fatal_and_only_if_the_session_would_resume() {
        assertThat(ResumptionRefusal.values())
                .filteredOn(ResumptionRefusal::isFatal)
                .containsExactly(ResumptionRefusal.EXTENDED_MASTER_SECRET_DROPPED);
        Hello without = new Hello(Optional.empty(), TLS12, false);
        assertThat(decide(TestSessions.foreign(TLS12), server(NONE), without, NOW.plusSeconds(7201)))
                .contains(ResumptionRefusal.SESSION_EXPIRED);
        assertThat(decide(TestSessions.foreign(TLS12), server(REQUIRE), without))
                .contains(ResumptionRefusal.CLIENT_CERTIFICATE_UNKNOWN);
        assertThat(decide(TestSessions.foreign(TLS12), serverOfNames(), without))
                .contains(ResumptionRefusal.SERVER_NAME_UNKNOWN);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 7200, 0, 7200", // fresh: the server's timeout
        "0, 600, 0, 600", // fresh: the session's own, which is shorter
        "100, 600, 0, 500",
        "7199, 604800, 0, 1",
        "7201, 604800, 0, 0", // never negative
        "7000, 7200, 6000, 200", // renewed: from the full handshake
        "6500, 200, 6400, 100", // renewed: the session's own from its own time
        "-60, 604800, 0, 7200", // a clock behind does not lengthen the server's timeout
        "-60, 600, 0, 600" // nor the session's own
    })
    void a_new_ticket_lives_for_what_is_left(long age, long timeout, long renewedAt, long left) {
        SessionState session = foreign()
                .time(NOW.plusSeconds(renewedAt))
                .timeout(Duration.ofSeconds(timeout))
                .extras(SessionExtras.of(NOW, NONE, List.of()))
                .build();
        assertThat(new ResumptionPolicy(server(NONE), () -> NOW.plusSeconds(age)).remainingLifetime(session))
                .isEqualTo(Duration.ofSeconds(left));
    }

    @Test
    void a_new_ticket_is_never_announced_for_more_than_seven_days() {
        ServerSide longest = new ServerSide(CONTEXT, Duration.ofDays(7), NONE, false);
        SessionState session = foreign().timeout(Duration.ofDays(365)).build();
        assertThat(new ResumptionPolicy(longest, () -> NOW).remainingLifetime(session))
                .isEqualTo(Duration.ofDays(7));
    }

    @Test
    void a_chain_of_tickets_ends_when_the_first_one_would_have() {
        ResumptionPolicy policy = new ResumptionPolicy(
                new ServerSide(CONTEXT, Duration.ofDays(7), NONE, false), () -> NOW.plusSeconds(5000));
        SessionState first = heddle(NONE).build();
        SessionState second = first.toBuilder()
                .time(NOW.plusSeconds(5000))
                .timeout(policy.remainingLifetime(first))
                .build();
        assertThat(decide(second.toBuilder(), server(NONE), hello(TLS13), NOW.plusSeconds(7200)))
                .isEmpty();
        assertThat(decide(second.toBuilder(), server(NONE), hello(TLS13), NOW.plusSeconds(7201)))
                .contains(ResumptionRefusal.SESSION_EXPIRED);
    }
}
