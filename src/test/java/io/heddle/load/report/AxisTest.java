package io.heddle.load.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class AxisTest {
    @Test
    void a_linear_axis_ends_at_a_round_value_above_the_highest() {
        Axis axis = Axis.linear("", 334, each -> "" + each);
        assertThat(axis.ticks()).extracting(Axis.Tick::value).containsExactly(0.0, 100.0, 200.0, 300.0, 400.0);
        assertThat(axis.at(200)).isEqualTo(0.5);
    }

    @Test
    void a_logarithmic_axis_has_equal_steps_for_equal_factors() {
        Axis axis = Axis.logarithmic("", 3, 70, each -> "" + each);
        assertThat(axis.ticks()).extracting(Axis.Tick::value).containsExactly(2.0, 5.0, 10.0, 20.0, 50.0, 100.0);
        assertThat(axis.at(Math.sqrt(200))).isEqualTo(0.5, within(1e-9));
    }

    @Test
    void values_far_apart_get_a_logarithmic_axis() {
        assertThat(Axis.fitting("", 1, 100, each -> "").logarithmic()).isFalse();
        assertThat(Axis.fitting("", 1, 101, each -> "").logarithmic()).isTrue();
        assertThat(Axis.fitting("", 0, 101, each -> "").logarithmic()).isFalse();
    }

    @Test
    void any_value_has_a_place_and_a_handful_of_marks() {
        var random = new Random(5);
        for (int i = 0; i < 10_000; i++) {
            double low = Math.pow(10, 12 * random.nextDouble());
            double high = low * Math.pow(10, 9 * random.nextDouble());
            for (Axis axis : new Axis[] {
                Axis.linear("", high, each -> ""),
                Axis.logarithmic("", low, high, each -> ""),
                Axis.time(Math.min(high, 1e6))
            }) {
                assertThat(axis.ticks()).as("%s to %s", low, high).hasSizeBetween(2, 12);
                assertThat(axis.at(high)).isBetween(0.0, 1.0);
            }
        }
    }

    @Test
    void nothing_at_all_has_an_axis_too() {
        assertThat(Axis.linear("", 0, each -> "").ticks()).hasSizeGreaterThan(1);
        assertThat(Axis.time(0).ticks()).hasSizeGreaterThan(1);
    }
}
