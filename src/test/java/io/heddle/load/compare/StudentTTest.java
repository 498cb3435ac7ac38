package io.heddle.load.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against the printed table of the distribution, two-sided, 95 %. */
class StudentTTest {
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
        "1000, 1.960",
        "1000000, 1.960"
    })
    void agrees_with_the_printed_table(double freedom, double expected) {
        assertThat(StudentT.of95Percent(freedom)).isEqualTo(expected, within(0.001));
    }
}
