package io.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class QuotedCommandTest {
    @Test
    void a_shell_takes_it_again() {
        assertThat(LoadReportFlags.quoted(
                        List.of("heddle", "load", "[::1]:443", "--fail-if", "full.p99 > 5ms", "it's", "")))
                .isEqualTo("heddle load '[::1]:443' --fail-if 'full.p99 > 5ms' 'it'\\''s' ''");
    }
}
