package io.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TextTableTest {
    @Test
    void columns_are_as_wide_as_their_widest_cell() {
        var table = new TextTable("", "full", "p50 ms");
        table.row("TLS 1.2 id", 1000, 1.5);
        table.row("x", 7, 12345.678);
        assertThat(table.lines())
                .containsExactly(
                        "             full     p50 ms", "TLS 1.2 id   1000       1.50", "x               7   12345.68");
    }
}
