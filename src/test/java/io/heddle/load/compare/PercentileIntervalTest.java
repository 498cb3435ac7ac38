package io.heddle.load.compare;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.load.Latency;
import io.heddle.load.SampleResults;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PercentileIntervalTest {
    private static final int SECONDS = 10;

    @Test
    void the_interval_is_between_the_values_at_the_ranks_that_chance_allows() {
        // 1 to 10,000 µs, once each, and seconds that do not differ: the ranks are 5000 ± t(9) * sqrt(2500).
        double[] latencies = new double[10_000];
        for (int i = 0; i < latencies.length; i++) {
            latencies[i] = 1_000.0 * (i + 1);
        }
        Comparison.Interval interval = PercentileInterval.one(run(latencies, latencies.length), "full", 50)
                .orElseThrow();
        assertThat(interval.low()).isBetween(4_880e3, 4_890e3);
        assertThat(interval.high()).isBetween(5_110e3, 5_120e3);
    }

    @Test
    void a_percentile_beyond_what_was_counted_has_no_interval() {
        RunFigures run = independent(new Random(1), 1_000, 5, 0);
        assertThat(PercentileInterval.one(run, "full", 99.9)).isEmpty();
        assertThat(PercentileInterval.one(run, "full", 90)).isPresent();
        assertThat(PercentileInterval.one(run, "resumed", 50)).isEmpty();
    }

    @Test
    void of_equal_runs_few_look_different() {
        assertThat(different(0, 1, 50)).isLessThanOrEqualTo(10);
        assertThat(different(0, 1, 99)).isLessThanOrEqualTo(10);
    }

    @Test
    void nor_do_they_if_good_and_bad_seconds_take_turns() {
        assertThat(different(0.1, 1, 50)).isLessThanOrEqualTo(14);
        assertThat(different(0.1, 1, 99)).isLessThanOrEqualTo(14);
    }

    @Test
    void a_run_that_is_a_tenth_slower_is_found_out() {
        assertThat(different(0, 1.1, 50)).isGreaterThan(90);
        assertThat(different(0, 1.1, 99)).isGreaterThan(50);
    }

    /** Returns in how many of 100 pairs of runs a difference is significant. */
    private static int different(double unrest, double factor, double percent) {
        var random = new Random(11);
        int different = 0;
        for (int i = 0; i < 100; i++) {
            RunFigures before = independent(random, 5_000, 5, unrest);
            RunFigures after = independent(random, 5_000, 5 * factor, unrest);
            Optional<Comparison.Interval> interval = PercentileInterval.of(before, after, "full", percent);
            if (interval.filter(each -> each.low() > 0 || each.high() < 0).isPresent()) {
                different++;
            }
        }
        return different;
    }

    /** A run of so many latencies around a median, in seconds that differ by as much as the unrest. */
    private static RunFigures independent(Random random, int count, double median, double unrest) {
        double[] latencies = new double[count];
        for (int second = 0; second < SECONDS; second++) {
            double center = median * Math.exp(unrest * random.nextGaussian());
            for (int i = 0; i < count / SECONDS; i++) {
                latencies[second * count / SECONDS + i] = center * 1e6 * Math.exp(0.3 * random.nextGaussian());
            }
        }
        return run(latencies, count / SECONDS);
    }

    private static RunFigures run(double[] latencies, int each) {
        List<RunFigures.Step> steps = new ArrayList<>();
        for (int second = 0; second < SECONDS; second++) {
            int from = each * SECONDS > latencies.length ? 0 : second * each;
            double[] sorted = Arrays.copyOfRange(latencies, from, from + each);
            Arrays.sort(sorted);
            steps.add(new RunFigures.Step(
                    1,
                    Map.of("full", (double) each),
                    Map.of("full", sorted[each / 2]),
                    Map.of("full", sorted[Math.min(each - 1, each * 99 / 100)])));
        }
        Map<String, Latency> of = new HashMap<>();
        of.put("full", SampleResults.latency(latencies));
        return new RunFigures(Map.of(), of, steps);
    }
}
