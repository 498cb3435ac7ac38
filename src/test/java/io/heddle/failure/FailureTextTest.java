package io.heddle.failure;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.failure.TlsFailure.Code;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class FailureTextTest {
    @Test
    void a_message_of_300_characters_stays_and_a_longer_one_is_cut() {
        String longest = "x".repeat(300);
        assertThat(Code.ERR_SSL_BAD_LENGTH.failure("%s", longest)).hasMessage(longest);
        assertThat(Code.ERR_SSL_BAD_LENGTH.failure("%s", longest + "y")).hasMessage("x".repeat(297) + "...");
        assertThat(Code.ERR_SSL_BAD_LENGTH.failure("%s", "x".repeat(10_000_000)))
                .hasMessage("x".repeat(297) + "...");
    }

    @Test
    void no_escape_is_cut_in_two() {
        for (int before = 285; before <= 300; before++) {
            String message = Code.ERR_SSL_BAD_LENGTH
                    .failure("%s\u001b%s", "x".repeat(before), "y".repeat(300))
                    .getMessage();
            assertThat(message).hasSizeBetween(285, 300).matches("x{285,297}(\\\\u001b)?y*\\.\\.\\.");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\n",
                "\r",
                "\t",
                "\0",
                "\u001b",
                "\u007f",
                "\u0085", // next line
                "\u00e9",
                "\u202e", // right to left
                "\u2028", // line separator
                "\ud83d" // half a character
            })
    void what_is_not_printable_is_escaped_wherever_it_comes_from(String text) {
        String escaped = "\\u%04x".formatted((int) text.charAt(0));
        assertThat(TlsFailure.printable(text)).isEqualTo(escaped);
        assertThat(TlsFailure.printable(List.of(text))).isEqualTo("[" + escaped + "]");
        var cause = new IllegalStateException(text);
        assertThat(Code.ERR_SSL_BAD_LENGTH.failure("a%sb", text)).hasMessage("a" + escaped + "b");
        assertThat(Code.ERR_SSL_BAD_LENGTH.failure(cause, "a%sb", text)).hasMessage("a" + escaped + "b");
        assertThat(Code.ERR_SSL_BAD_LENGTH.failure(Alert.DECODE_ERROR, "%s", List.of(text)))
                .hasMessage("[" + escaped + "]");
        assertThat(Code.ERR_SSL_BAD_LENGTH.failure(cause, Alert.DECODE_ERROR, "%s", cause))
                .hasMessage("java.lang.IllegalStateException: " + escaped);
    }

    @ParameterizedTest
    @EnumSource(Code.class)
    void every_code_makes_one_line(Code code) {
        String message = code.failure("%s", "\r\n".repeat(1000)).getMessage();
        assertThat(message).hasSizeBetween(290, 300).matches("[ -~]+");
    }

    @Test
    void a_peers_text_is_cut_at_64_characters_as_they_are_printed() {
        assertThat(TlsFailure.printable("x".repeat(64))).isEqualTo("x".repeat(64));
        assertThat(TlsFailure.printable("x".repeat(65))).isEqualTo("x".repeat(64) + "...");
        assertThat(TlsFailure.printable("\u001b".repeat(100))).isEqualTo("\\u001b".repeat(10) + "...");
        assertThat(TlsFailure.printable("a\\b")).isEqualTo("a\\u005cb");
    }

    @Test
    void a_list_is_cut_with_the_number_of_what_is_left_out() {
        List<String> names = IntStream.range(0, 200).mapToObj(i -> "name-" + i).toList();
        assertThat(TlsFailure.printable(names))
                .isEqualTo(
                        "[name-0, name-1, name-2, name-3, name-4, name-5, name-6, name-7, name-8, name-9, ... and 190 more]");
        assertThat(Code.ERR_SSL_BAD_LENGTH.failure("sent %s, allowed %s", names, List.of("a", "b")))
                .hasMessage("sent " + TlsFailure.printable(names) + ", allowed [a, b]");
        assertThat(TlsFailure.printable(List.of())).isEqualTo("[]");
        assertThat(TlsFailure.printable(Collections.nCopies(200, "x".repeat(255))))
                .isEqualTo("[" + "x".repeat(64) + "..., ... and 199 more]");
        assertThat(Code.ERR_SSL_BAD_LENGTH.failure("%s", Collections.nCopies(200, "\u001b".repeat(255))))
                .hasMessage("[" + "\\u001b".repeat(11) + "..., ... and 199 more]");
    }

    @Test
    void an_element_that_is_escaped_already_is_not_escaped_again() {
        List<String> escaped = List.of(TlsFailure.printable("a\nb"), TlsFailure.printable("x".repeat(65)));
        assertThat(Code.ERR_SSL_BAD_LENGTH.failure("%s", escaped)).hasMessage("[a\\u000ab, " + "x".repeat(64) + "...]");
    }

    @Test
    void an_alert_that_no_rfc_assigns_is_named_by_its_number() {
        assertThat(TlsFailure.received(200))
                .hasMessage("alert: the peer ended the connection with unknown (200)")
                .returns(Code.ERR_SSL_SSL_ALERT, TlsFailure::code);
    }
}
