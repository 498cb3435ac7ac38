package io.heddle.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heddle.failure.InvalidOption;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class SessionIdContextTest {
    @Test
    void a_text_is_its_utf_8_bytes_as_in_node() {
        assertThat(HexFormat.of().formatHex(SessionIdContext.of("é€").bytes())).isEqualTo("c3a9e282ac");
    }

    @Test
    void takes_32_bytes_and_refuses_33() {
        assertThat(SessionIdContext.of("x".repeat(32)).bytes()).hasSize(32);
        assertThatThrownBy(() -> SessionIdContext.of("x".repeat(33)))
                .isInstanceOfSatisfying(
                        InvalidOption.class, e -> assertThat(e.code()).isEqualTo("ERR_INVALID_ARG_VALUE"))
                .hasMessage("sessionIdContext: 33 bytes were given, at most 32 are allowed");
    }

    @Test
    void equals_a_context_of_the_same_bytes_only() {
        assertThat(SessionIdContext.of("shop"))
                .isEqualTo(SessionIdContext.of(new byte[] {'s', 'h', 'o', 'p'}))
                .hasSameHashCodeAs(SessionIdContext.of("shop"))
                .isNotEqualTo(SessionIdContext.of("Shop"));
    }

    @Test
    void copies_arrays_in_and_out() {
        byte[] bytes = {1, 2};
        SessionIdContext context = SessionIdContext.of(bytes);
        bytes[0] = 9;
        context.bytes()[1] = 9;
        assertThat(context.bytes()).containsExactly(1, 2);
    }
}
