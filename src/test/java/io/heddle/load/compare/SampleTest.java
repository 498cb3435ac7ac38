package io.heddle.load.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against the printed table of Student's distribution, two-sided, 95 %. */
class SampleTest {
    @ParameterizedTest
    @CsvSource({
        "1, 12.706",
        "2, 4.303",
        "3, 3.182",
        "5, 2.571",
        "10, 2.228",
        "30, 2.042",
        "120, 1.980",
        "999, 1.962",
        "1000, 1.962",
        "1000000, 1.960"
    })
    void agrees_with_the_printed_table(double freedom, double expected) {
        assertThat(Sample.halfWidth(freedom)).isEqualTo(expected, within(0.001));
    }
}
