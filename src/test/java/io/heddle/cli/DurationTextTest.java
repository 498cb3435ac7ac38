package io.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class DurationTextTest {
    @ParameterizedTest
    @CsvSource({
        "250us,PT0.00025S",
        "500ms,PT0.5S",
        "1.5s,PT1.5S",
        "0.25m,PT15S",
        "2.5ms,PT0.0025S",
        "10s,PT10S",
        "2m,PT2M",
        "1h,PT1H",
        "7,PT7S",
        "0,PT0S"
    })
    void reads_an_amount_with_its_unit_and_a_bare_number_as_seconds(String text, Duration expected) {
        assertThat(new DurationText().convert(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "s", "-1s", "1d", "1 s", ".5s", "1.s", "1.5.1s", "1,5s", "10S", "9999999999h"})
    void refuses_anything_else(String text) {
        assertThatThrownBy(() -> new DurationText().convert(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessage("'" + text + "' is no duration such as 500ms, 1.5s, 2m or 1h");
    }

    @Test
    void reads_the_longest_amount_without_overflow() {
        assertThat(new DurationText().convert("999999999h")).isEqualTo(Duration.ofHours(999_999_999));
    }
}
