package io.heddle.load.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FormatTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0 µs",
        "1, 0.00 µs",
        "1500, 1.50 µs",
        "999499, 999 µs",
        "999600, 1.00 ms",
        "12340000, 12.3 ms",
        "1000000000, 1.00 s",
        "3600000000000, '3,600 s'"
    })
    void durations_have_three_digits_and_a_unit(long nanos, String text) {
        assertThat(Format.duration(Duration.ofNanos(nanos))).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"0, 0 B", "1023, '1,023 B'", "1024, 1.00 KiB", "1572864, 1.50 MiB", "9223372036854775807, 8.00 EiB"})
    void bytes_have_binary_units(long bytes, String text) {
        assertThat(Format.bytes(bytes)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"0, 0 %", "0.00001, < 0.1 %", "0.5, 50 %", "0.333, 33.3 %", "0.99999, > 99.9 %", "1, 100 %"})
    void a_share_that_is_not_all_or_nothing_does_not_look_so(double share, String text) {
        assertThat(Format.percent(share)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "0.5, 0.50", "99.94, 99.9", "99.96, 100", "12345.6, '12,346'"})
    void rates_have_three_digits_below_a_hundred(double rate, String text) {
        assertThat(Format.rate(rate)).isEqualTo(text);
    }
}
