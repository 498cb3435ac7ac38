package io.heddle.session;

import static io.heddle.session.TestSessions.ISSUER;
import static io.heddle.session.TestSessions.LEAF;
import static io.heddle.session.TestSessions.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SessionStateTest {
    private static final HexFormat HEX = HexFormat.of();
    /** Version, protocol, suite, id, a secret of two bytes: 18 bytes, all that an SSL_SESSION has to have. */
    private static final String REQUIRED = "0201010202030304021302" + "0400" + "0402aabb";

    private static String sequence(String content) {
        DerWriter writer = new DerWriter(16);
        writer.octets(0x30, HEX.parseHex(content));
        return HEX.formatHex(writer.finish());
    }

    private static SessionState read(String optionalElements) throws MalformedSession {
        return SessionState.fromDer(HEX.parseHex(sequence(REQUIRED + optionalElements)));
    }

    private static SessionState full() {
        return SessionState.builder()
                .protocol(SessionState.TLS12)
                .cipherSuite(0xC02B)
                .sessionId(HEX.parseHex("0102"))
                .masterSecret(TestSessions.filled(48, 0x5A))
                .time(NOW.plusMillis(999))
                .timeout(Duration.ofMillis(7_200_999))
                .peerCertificate(LEAF)
                .sessionIdContext(HEX.parseHex("0304"))
                .verifyResult(18)
                .hostName("shop.example")
                .pskIdentityHint(HEX.parseHex("05"))
                .pskIdentity(HEX.parseHex("06"))
                .ticketLifetimeHint(Duration.ofMillis(300_999))
                .ticket(HEX.parseHex("0708"))
                .extendedMasterSecret(true)
                .ticketAgeAdd(0xFFFF_FFFFL)
                .alpnProtocol("h2")
                .extras(SessionExtras.of(NOW.minusSeconds(9), ClientCertificatePolicy.REQUEST, List.of(LEAF, ISSUER)))
                .build();
    }

    @Test
    void keeps_every_element_through_the_encoding() throws Exception {
        SessionState session = SessionState.fromDer(full().toDer());

        assertThat(session.protocol()).isEqualTo(SessionState.TLS12);
        assertThat(session.cipherSuite()).isEqualTo(0xC02B);
        assertThat(session.sessionId()).containsExactly(1, 2);
        assertThat(session.masterSecret()).isEqualTo(TestSessions.filled(48, 0x5A));
        assertThat(session.time()).isEqualTo(NOW);
        assertThat(session.timeout()).isEqualTo(Duration.ofHours(2));
        assertThat(session.peerCertificate()).contains(LEAF);
        assertThat(session.sessionIdContext()).containsExactly(3, 4);
        assertThat(session.verifyResult()).isEqualTo(18);
        assertThat(session.hostName()).contains("shop.example");
        assertThat(session.pskIdentityHint().orElseThrow()).containsExactly(5);
        assertThat(session.pskIdentity().orElseThrow()).containsExactly(6);
        assertThat(session.ticketLifetimeHint()).isEqualTo(Duration.ofMinutes(5));
        assertThat(session.ticket().orElseThrow()).containsExactly(7, 8);
        assertThat(session.extendedMasterSecret()).isTrue();
        assertThat(session.ticketAgeAdd()).isEqualTo(0xFFFF_FFFFL);
        assertThat(session.alpnProtocol()).contains("h2");
        assertThat(session.group()).isEmpty();
        SessionExtras extras = session.extras().orElseThrow();
        assertThat(extras.originalTime()).isEqualTo(NOW.minusSeconds(9));
        assertThat(extras.clientCertificatePolicy()).isEqualTo(ClientCertificatePolicy.REQUEST);
        assertThat(extras.peerChain()).containsExactly(LEAF, ISSUER);
        assertThat(session.toDer()).isEqualTo(full().toDer());
    }

    @Test
    void writes_what_openssl_writes_when_nothing_is_set() {
        byte[] der = SessionState.builder()
                .protocol(SessionState.TLS13)
                .cipherSuite(0x1302)
                .build()
                .toDer();
        // The empty context [4] is there, integers of zero are not, nor is the group [19].
        assertThat(HEX.formatHex(der))
                .isEqualTo("3013" + "020101" + "02020304" + "04021302" + "0400" + "0400" + "a4020400");
    }

    @Test
    void reads_elements_of_others_and_writes_them_again() throws Exception {
        String others = "8001ee" + "ab030401aa" + "ac03040173" + "af0302012a" + "b103020102" + "b203040199"
                + "b303020100" + "b4030401cc";
        SessionState session = read(others);

        assertThat(HEX.formatHex(session.toDer())).isEqualTo(sequence(REQUIRED + others));
        assertThat(session.group()).contains(0);
        assertThat(session.applicationData().orElseThrow()).containsExactly(0x99);
        assertThat(session.extras()).isEmpty();
    }

    @Test
    void the_next_ticket_of_a_session_has_neither_its_group_nor_elements_of_others() throws Exception {
        SessionState next = read("af0302012a" + "b3030201" + "1d").toBuilder().build();
        assertThat(HEX.formatHex(next.toDer())).isEqualTo(sequence(REQUIRED + "a4020400"));
    }

    @Test
    void reads_an_explicit_zero_and_writes_none() throws Exception {
        SessionState session = read("a503020100" + "ad03020100");
        assertThat(session.verifyResult()).isZero();
        assertThat(HEX.formatHex(session.toDer())).isEqualTo(sequence(REQUIRED));
    }

    @Test
    void skips_what_a_later_version_appends() throws Exception {
        assertThat(HEX.formatHex(read("b503020105" + "b603020105").toDer())).isEqualTo(sequence(REQUIRED));
    }

    @ParameterizedTest
    @CsvSource({
        "a50302010a a403040101, session: the element with tag 0xa4 is not in its place",
        "a503020101 a503020101, session: the element with tag 0xa5 is not in its place",
        "b603020105 b503020105, session: the element with tag 0xb5 is not in its place",
        "b503020105 b503020105, session: the element with tag 0xb5 is not in its place",
        "020101, session: the element with tag 0x02 is not in its place",
        "e103020101, session: the element with tag 0xe1 is not in its place",
        "bf1f03020105, session: the element with tag 0xbf has a tag number above 30",
        "a5040201 0a00, session: the verification result [5] has 1 bytes too many",
        "a503040101, session: the verification result [5] does not have the tag 0x02",
        "a5060204 ffffffff, session: the verification result [5] is negative",
        "a5070205 0080000000, session: the verification result [5] is greater than 2147483647",
        "ae070205 0100000000, session: the ticket age addend [14] is greater than 4294967295",
        "a10a0208 7fffffffffffffff, session: the time [1] is greater than 31556889864403199",
        "a3030201 05, session: the peer certificate [3] does not have the tag 0x30",
        "a3043000 0500, session: the peer certificate [3] has 2 bytes too many",
        "a605040361 0062, session: the host name [6] holds a zero byte",
        "ab0404020102, 'session: the compression id [11] has 2 bytes, at most 1 are allowed'"
    })
    void refuses_optional_elements_that_break_a_rule(String elements, String message) {
        assertThatThrownBy(() -> read(elements.replace(" ", "")))
                .isExactlyInstanceOf(MalformedSession.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @CsvSource({
        "02010202020303 04021302 0400 0400, session: the structure version is greater than 1",
        "02010002020303 04021302 0400 0400, session: the structure version is not 1",
        "02010102030100 0304021302 0400 0400, session: the protocol is greater than 65535",
        "0201010203 00fefd 04021302 0400 0400, session: the protocol 0xfefd is not a version of TLS",
        "02010102020303 040113 0400 0400, 'session: the cipher suite has 1 bytes, not 2'",
        "02010102020303 0403001302 0400 0400, 'session: the cipher suite has 3 bytes, at most 2 are allowed'",
        "02010102020303 04021302 0400, session: the secret does not have the tag 0x04"
    })
    void refuses_required_elements_that_break_a_rule(String elements, String message) {
        byte[] der = HEX.parseHex(sequence(elements.replace(" ", "")));
        assertThatThrownBy(() -> SessionState.fromDer(der))
                .isExactlyInstanceOf(MalformedSession.class)
                .hasMessage(message);
    }

    @Test
    void refuses_ids_and_contexts_of_33_bytes_and_takes_32() throws Exception {
        String head = "02010102020304" + "04021302";
        assertThat(SessionState.fromDer(HEX.parseHex(sequence(head + "0420" + "00".repeat(32) + "0400")))
                        .sessionId())
                .hasSize(32);
        assertThatThrownBy(() -> SessionState.fromDer(HEX.parseHex(sequence(head + "0421" + "00".repeat(33) + "0400"))))
                .hasMessage("session: the session id has 33 bytes, at most 32 are allowed");
        assertThat(read("a4220420" + "00".repeat(32)).sessionIdContext()).hasSize(32);
        assertThatThrownBy(() -> read("a4230421" + "00".repeat(33)))
                .hasMessage("session: the session id context [4] has 33 bytes, at most 32 are allowed");
    }

    @Test
    void refuses_trailing_bytes_and_more_than_64_kib() {
        assertThatThrownBy(() -> SessionState.fromDer(HEX.parseHex(sequence(REQUIRED) + "00")))
                .hasMessage("session: the structure has 1 bytes too many");
        assertThatThrownBy(() -> SessionState.fromDer(new byte[65537]))
                .hasMessage("session: the structure has 65537 bytes, at most 65536 are read");
    }

    @Test
    void a_session_without_a_time_is_one_of_1970() throws Exception {
        SessionState session = read("");
        assertThat(session.time()).isEqualTo(Instant.EPOCH);
        assertThat(session.timeout()).isZero();
        assertThat(HEX.formatHex(session.toDer())).isEqualTo(sequence(REQUIRED));
    }

    @Test
    void refuses_a_chain_that_is_not_the_one_of_the_certificate() {
        String data = HEX.formatHex(SessionExtras.of(NOW, ClientCertificatePolicy.REQUIRE, List.of(LEAF))
                .der());
        String element = HEX.formatHex(wrapped(18, HEX.parseHex(data)));
        assertThatThrownBy(() -> read(element))
                .hasMessage("session: the chain in [18] does not begin with the certificate in [3]");
        assertThatThrownBy(() -> read("a305" + HEX.formatHex(ISSUER) + element))
                .hasMessage("session: the chain in [18] does not begin with the certificate in [3]");
    }

    private static byte[] wrapped(int element, byte[] content) {
        DerWriter writer = new DerWriter(16);
        writer.octets(0x04, content);
        writer.wrap(0xA0 | element, 0);
        return writer.finish();
    }

    @Test
    void copies_arrays_in_and_out() {
        byte[] secret = TestSessions.filled(48, 1);
        SessionState session = TestSessions.foreign(SessionState.TLS13)
                .masterSecret(secret)
                .peerCertificate(LEAF)
                .build();
        Arrays.fill(secret, (byte) 2);
        Arrays.fill(session.masterSecret(), (byte) 3);
        Arrays.fill(session.sessionIdContext(), (byte) 3);
        Arrays.fill(session.peerCertificate().orElseThrow(), (byte) 3);

        assertThat(session.masterSecret()).isEqualTo(TestSessions.filled(48, 1));
        assertThat(session.sessionIdContext()).isEqualTo(TestSessions.CONTEXT.bytes());
        assertThat(session.peerCertificate()).contains(HEX.parseHex("3003020107"));
    }

    @Test
    void a_wiped_secret_cannot_be_used_and_others_keep_theirs() {
        SessionState session = full();
        SessionState next = session.toBuilder().build();
        session.wipe();

        for (Consumer<SessionState> use : List.<Consumer<SessionState>>of(
                SessionState::masterSecret, SessionState::toDer, SessionState::toPem, SessionState::toBuilder)) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> use.accept(session))
                    .withMessage("session: its secret was wiped");
        }
        assertThat(session.hostName()).contains("shop.example");
        assertThat(next.masterSecret()).isEqualTo(TestSessions.filled(48, 0x5A));
    }

    @Test
    void shows_no_secret() {
        assertThat(full())
                .hasToString(
                        "SessionState[protocol 0x0303, suite 0xc02b, made 2026-11-23T07:26:00Z for PT2H, host name shop.example,"
                                + " alpn h2, peer certificate yes, SessionExtras[original time 2026-11-23T07:25:51Z,"
                                + " client certificates REQUEST, chain of 2]]");
    }

    @Test
    void refuses_to_build_what_no_server_takes() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SessionState.builder().build())
                .withMessage("session: no protocol was set, allowed are 0x0301 to 0x0304");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SessionState.builder().protocol(0x0300))
                .withMessage("session: the protocol is 0x0300, allowed are 0x0301 to 0x0304");
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> full().toBuilder().protocol(SessionState.TLS13).build())
                .withMessage("session: the extended master secret is set for TLS 1.3, it belongs to TLS 1.2");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> full().toBuilder().peerCertificate(ISSUER).build())
                .withMessage("session: the chain in the extras does not begin with the peer's certificate");
    }

    @Test
    void refuses_values_that_cannot_be_encoded() {
        SessionState.Builder builder = SessionState.builder();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.sessionId(new byte[33]))
                .withMessage("session: the session id has 33 bytes, at most 32 are allowed");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.time(Instant.ofEpochSecond(-1)))
                .withMessage("session: the time 1969-12-31T23:59:59Z is before 1970");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.timeout(Duration.ofSeconds(-1)))
                .withMessage("session: the timeout PT-1S is negative");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.ticketAgeAdd(1L << 32))
                .withMessage("session: the ticket age addend is 4294967296, allowed is 0 to 4294967295");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.hostName("š.example"))
                .withMessage(
                        "session: the host name is longer than 65536 characters, or one of them is not a byte from 1 to 255");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.peerCertificate(HEX.parseHex("300302010700")))
                .withMessage("session: the certificate has 1 bytes too many");
    }

    @ParameterizedTest
    @EnumSource(PemFault.class)
    void refuses_text_without_a_session(PemFault fault) {
        assertThatThrownBy(() -> SessionState.fromPem(fault.text))
                .isExactlyInstanceOf(MalformedSession.class)
                .hasMessage(fault.message);
    }

    enum PemFault {
        EMPTY("", "session: the text has no block SSL SESSION PARAMETERS"),
        NO_END(
                "-----BEGIN SSL SESSION PARAMETERS-----\nMAA=\n",
                "session: the text has no block SSL SESSION PARAMETERS"),
        OTHER_LABEL(
                "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n",
                "session: the text has no block SSL SESSION PARAMETERS"),
        NOT_BASE64(block("M*A="), "session: the PEM block is not base64"),
        NO_SESSION(block("MAA="), "session: the structure version does not have the tag 0x02"),
        TOO_LONG(block("A".repeat(100_000)), "session: the PEM block is longer than any session");

        private final String text;
        private final String message;

        PemFault(String text, String message) {
            this.text = text;
            this.message = message;
        }

        private static String block(String base64) {
            return "-----BEGIN SSL SESSION PARAMETERS-----\n" + base64 + "\n-----END SSL SESSION PARAMETERS-----\n";
        }
    }

    @Test
    void finds_the_session_in_the_middle_of_a_text() throws Exception {
        String text =
                "SSL-Session:\r\n    Protocol  : TLSv1.2\r\n" + full().toPem().replace("\n", "\r\n") + "DONE";
        assertThat(SessionState.fromPem(text).toDer()).isEqualTo(full().toDer());
    }
}
