package io.heddle.session;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Node's form of a client session, here from recorded bytes; {@code NodeSessionsTest} reads it from Node. */
class NodeSessionTest {
    private static final String PREFIX = "\0nodejs:tls:session:1\0";

    private static final SessionState SESSION = TestSessions.foreign(SessionState.TLS13)
            .ticket(TestSessions.filled(160, 0xEF))
            .build();

    private static byte[] bytes(String prefix, int length, byte[] name, byte[] rest) {
        var out = new ByteArrayOutputStream();
        out.writeBytes(prefix.getBytes(UTF_8));
        out.write(length >> 8);
        out.write(length);
        out.writeBytes(name);
        out.writeBytes(rest);
        return out.toByteArray();
    }

    private static byte[] boundTo(String name) {
        byte[] encoded = name.getBytes(UTF_8);
        return bytes(PREFIX, encoded.length, encoded, SESSION.toDer());
    }

    private static void assertMalformed(byte[] data, String message) {
        assertThatThrownBy(() -> SessionState.fromBytes(data))
                .isInstanceOf(MalformedSession.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"shop.example", "127.0.0.1", "::1", "Bücher.example", "x"})
    void is_read_and_written_with_its_name(String name) throws Exception {
        SessionState read = SessionState.fromBytes(boundTo(name));
        assertThat(read.boundTo()).contains(name);
        assertThat(read.toDer()).isEqualTo(SESSION.toDer());
        assertThat(read.toNode(name)).isEqualTo(boundTo(name));
        assertThat(SESSION.toNode(name)).isEqualTo(boundTo(name));
    }

    @Test
    void the_longest_name_is_read_and_written() throws Exception {
        String name = "n".repeat(65535);
        assertThat(SessionState.fromBytes(SESSION.toNode(name)).boundTo()).contains(name);
    }

    @Test
    void der_is_read_without_a_name() throws Exception {
        SessionState read = SessionState.fromBytes(SESSION.toDer());
        assertThat(read.boundTo()).isEmpty();
        assertThat(read.toDer()).isEqualTo(SESSION.toDer());
    }

    @Test
    void the_name_is_not_taken_over_into_what_is_built_from_it() throws Exception {
        SessionState read = SessionState.fromBytes(boundTo("shop.example"));
        assertThat(read.toBuilder().build().boundTo()).isEmpty();
        assertThat(SessionState.fromDer(read.toDer()).boundTo()).isEmpty();
        assertThat(read.hostName()).isEmpty();
    }

    @Test
    void the_reader_of_der_refuses_it() {
        assertThatThrownBy(() -> SessionState.fromDer(boundTo("shop.example")))
                .isInstanceOf(MalformedSession.class)
                .hasMessage("session: the structure does not have the tag 0x30");
    }

    @Test
    void another_prefix_is_refused() {
        String message = "session: the prefix is not that of Node's form, \\0nodejs:tls:session:1\\0 and two bytes";
        byte[] name = "shop.example".getBytes(UTF_8);
        assertMalformed(bytes("\0nodejs:tls:session:2\0", name.length, name, SESSION.toDer()), message);
        assertMalformed(new byte[] {0}, message);
        assertMalformed(Arrays.copyOf(boundTo("x"), PREFIX.length()), message);
        assertMalformed(Arrays.copyOf(boundTo("x"), PREFIX.length() + 1), message);
    }

    @Test
    void a_name_that_is_longer_than_the_bytes_is_refused() {
        assertMalformed(
                bytes(PREFIX, 65535, "shop".getBytes(UTF_8), new byte[0]),
                "session: the server name has 65535 bytes, 4 are there");
    }

    @Test
    void an_empty_name_is_refused() {
        assertMalformed(bytes(PREFIX, 0, new byte[0], SESSION.toDer()), "session: the server name is empty");
    }

    @Test
    void a_name_that_is_not_utf_8_is_refused() {
        assertMalformed(
                bytes(PREFIX, 2, new byte[] {'a', (byte) 0xFF}, SESSION.toDer()),
                "session: the server name is not UTF-8");
    }

    @Test
    void a_name_with_a_control_character_is_refused() {
        assertMalformed(
                bytes(PREFIX, 3, new byte[] {'a', 0, 'b'}, SESSION.toDer()),
                "session: the server name has a control character");
    }

    @Test
    void what_is_no_session_behind_the_name_is_refused() {
        byte[] name = {'a'};
        assertMalformed(bytes(PREFIX, 1, name, new byte[0]), "session: the structure does not have the tag 0x30");
        assertMalformed(
                bytes(PREFIX, 1, name, new byte[64 * 1024 + 1]),
                "session: the structure has 65537 bytes, at most 65536 are read");
        byte[] der = SESSION.toDer();
        assertThatThrownBy(() -> SessionState.fromBytes(bytes(PREFIX, 1, name, Arrays.copyOf(der, der.length + 1))))
                .isInstanceOf(MalformedSession.class)
                .hasMessageStartingWith("session: the structure ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a\0b", "a\nb", "\uD800"})
    void a_name_that_cannot_be_read_again_is_not_written(String name) {
        assertThatThrownBy(() -> SESSION.toNode(name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("session: the server name has ");
    }

    @Test
    void a_name_that_is_too_long_is_not_written() {
        assertThatThrownBy(() -> SESSION.toNode("ü".repeat(32768)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("session: the server name has 65536 bytes or a character that no name has, "
                        + "1 to 65535 bytes are allowed");
    }

    @Test
    void a_wiped_session_is_not_written() {
        SessionState session = TestSessions.foreign(SessionState.TLS13).build();
        session.wipe();
        assertThatThrownBy(() -> session.toNode("shop.example")).isInstanceOf(IllegalStateException.class);
    }
}
