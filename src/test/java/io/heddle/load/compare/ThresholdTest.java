package io.heddle.load.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.heddle.load.SampleResults;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ThresholdTest {
    private static final RunFigures RUN = RunFigures.of(SampleResults.busy());
    private static final RunFigures CALM = RunFigures.of(SampleResults.calm(1));
    private static final RunFigures SLOWER = RunFigures.of(SampleResults.calm(1.25));

    @ParameterizedTest
    @CsvSource({
        "resumed.p99 > 5ms, 5e6",
        "resumed.p99>5000us, 5e6",
        "resumed.p99 > 5000µs, 5e6",
        "resumed.p99 > 0.005, 5e6",
        "' full.p99.99 >= 1.5s ', 1.5e9",
        "client.cpu > 2m, 120e9",
        "requests.max < 1h, 3600e9",
        "full.rate <= 1000, 1000",
        "failed > 0, 0",
        "failed.share > 1%, 0.01",
        "failed.share > 0.01, 0.01",
        "full.rate < -5%, -0.05",
        "full.p99 > 10%, 0.1",
        "failed.share > +10%, 0.1"
    })
    void reads_names_operators_and_units(String text, double bound) {
        assertThat(Threshold.parse(text).bound()).isEqualTo(bound);
    }

    @ParameterizedTest
    @CsvSource({
        "full.rate < -5%, true",
        "full.p99 > 10%, true",
        "failed.share > +10%, true",
        "failed.share > 10%, false",
        "full.p99 > 10ms, false"
    })
    void a_percentage_is_a_change_unless_it_is_the_share_itself(String text, boolean change) {
        assertThat(Threshold.parse(text).change()).isEqualTo(change);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "full.rate",
                "full.rate >",
                "> 5",
                "full.rate => 5",
                "full.rate == 5",
                "full.rate > five",
                "full.rate > 5 6",
                "full.rate > 1e3",
                "full.rate > 5; failed > 0",
                "full.rate > 9999999999999"
            })
    void refuses_what_is_no_condition(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Threshold.parse(text))
                .withMessage("'%s' is no condition such as 'resumed.p99 > 5ms' or 'full.rate < -5%%'", text);
    }

    @Test
    void refuses_names_and_units_that_do_not_fit() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Threshold.parse("full.p100 > 5ms"))
                .withMessageStartingWith(
                        "'full.p100' is no figure: there are behindSchedule, client.cpu, client.share, dropped, ");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Threshold.parse("full.rate > 5ms"))
                .withMessage("'full.rate > 5ms': full.rate is a number without a unit");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Threshold.parse("client.share > 5ms"))
                .withMessage("'client.share > 5ms': client.share is a share, such as 1%");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Threshold.parse("full.p99 > +5ms"))
                .withMessage("'full.p99 > +5ms': only a change in % has a sign");
    }

    @ParameterizedTest
    @CsvSource({
        "failed > 0, failed > 0: it is 12",
        "failed >= 12, failed >= 12: it is 12",
        "failed.share > 0.1%, failed.share > 0.1%: it is 0.17 %",
        "full.rate < 301, full.rate < 301: it is 300.0/s",
        "full.rate <= 300, full.rate <= 300: it is 300.0/s",
        "client.share > 90%, client.share > 90%: it is 95.00 %",
        "client.cpu > 20s, client.cpu > 20s: it is 22.80 s"
    })
    void says_how_it_is_met(String text, String sentence) {
        assertThat(Threshold.parse(text).crossedBy(RUN)).contains(sentence);
    }

    @ParameterizedTest
    @ValueSource(strings = {"failed > 12", "failed < 12", "full.rate < 300", "full.rate > 300", "full.p50 > 1s"})
    void says_nothing_if_it_is_not_met(String text) {
        assertThat(Threshold.parse(text).crossedBy(RUN)).isEmpty();
    }

    @Test
    void a_figure_that_is_not_there_meets_every_condition() {
        assertThat(Threshold.parse("requests.p99 > 5ms").crossedBy(RUN))
                .contains("requests.p99 > 5ms: there is no such figure, since there was nothing to measure it by");
        RunFigures nothing = RunFigures.of(SampleResults.refused("ECONNREFUSED", "refused"));
        assertThat(Threshold.parse("full.p99 > 5ms").crossedBy(nothing)).isPresent();
        assertThat(Threshold.parse("failed > 39").crossedBy(nothing)).contains("failed > 39: it is 40");
    }

    @Test
    void of_two_runs_a_change_is_that_from_the_first_to_the_second() {
        var slower = Comparison.of(CALM, SLOWER);
        assertThat(Threshold.parse("full.p50 > 10%").crossedBy(slower).orElseThrow())
                .startsWith("full.p50 > 10%: it changed by +2");
        assertThat(Threshold.parse("full.p50 > 40%").crossedBy(slower)).isEmpty();
        assertThat(Threshold.parse("full.p50 > 10%").crossedBy(Comparison.of(SLOWER, CALM)))
                .isEmpty();
        assertThat(Threshold.parse("full.p50 < -10%").crossedBy(Comparison.of(SLOWER, CALM)))
                .isPresent();
        assertThat(Threshold.parse("full.p50 > 7ms").crossedBy(slower)).isPresent();
        assertThat(Threshold.parse("full.p50 > 7ms").crossedBy(Comparison.of(SLOWER, CALM)))
                .isEmpty();
        assertThat(Threshold.parse("failed > +0%").crossedBy(slower)).isEmpty();
    }

    @Test
    void one_run_has_no_change() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Threshold.parse("full.rate < -5%").crossedBy(RUN))
                .withMessage("'full.rate < -5%': a change needs two runs to compare");
    }
}
