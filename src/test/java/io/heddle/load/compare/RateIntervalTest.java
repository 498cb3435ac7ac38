package io.heddle.load.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RateIntervalTest {
    @Test
    void welchs_interval_of_known_samples() {
        Sample a = Sample.of(List.of(10.0, 12.0, 14.0, 16.0));
        Sample b = Sample.of(List.of(20.0, 21.0, 22.0));

        // Variances 20/3 and 1: standard error sqrt(5/3 + 1/3), freedom 4 / ((25/9)/3 + (1/9)/2), by hand.
        assertThat(a.variance()).isEqualTo(20 / 3.0, within(1e-12));
        assertThat(RateInterval.freedom(a, b)).isEqualTo(4 / (25 / 27.0 + 1 / 18.0), within(1e-12));
        Comparison.Interval interval = RateInterval.of(a, b, 8).orElseThrow();
        double margin = Sample.halfWidth(4 / (25 / 27.0 + 1 / 18.0)) * Math.sqrt(2);
        assertThat(interval.low()).isEqualTo(8 - margin, within(1e-9));
        assertThat(interval.high()).isEqualTo(8 + margin, within(1e-9));
        assertThat(margin).isBetween(3.85, 3.95);
    }

    @Test
    void two_seconds_tell_nothing() {
        Sample two = Sample.of(List.of(1.0, 2.0));
        assertThat(RateInterval.of(two, Sample.of(List.of(1.0, 2.0, 3.0)), 0)).isEmpty();
    }

    @Test
    void rates_that_never_vary_have_an_interval_without_width() {
        Sample same = Sample.of(List.of(5.0, 5.0, 5.0));
        assertThat(RateInterval.of(same, same, 0)).contains(new Comparison.Interval(0, 0));
    }

    @Test
    void of_equal_runs_about_one_in_twenty_looks_different() {
        var random = new Random(3);
        int different = 0;
        for (int i = 0; i < 400; i++) {
            Sample a = rates(random, 100);
            Sample b = rates(random, 100);
            Comparison.Interval interval =
                    RateInterval.of(a, b, b.mean() - a.mean()).orElseThrow();
            if (interval.low() > 0 || interval.high() < 0) {
                different++;
            }
        }
        assertThat(different).isBetween(8, 34);
    }

    private static Sample rates(Random random, double mean) {
        List<Double> rates = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            rates.add(mean + 7 * random.nextGaussian());
        }
        return Sample.of(rates);
    }
}
