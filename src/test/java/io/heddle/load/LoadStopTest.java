package io.heddle.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import io.heddle.ConnectOptions;
import io.heddle.TlsServer;
import io.heddle.certificate.TestPki;
import io.heddle.load.LoadResult.Arrivals;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Runs of ten minutes that are stopped after their first second. */
@Timeout(value = 60, threadMode = SEPARATE_THREAD)
class LoadStopTest {
    private static final Duration LONG = Duration.ofMinutes(10);

    private final LoadStop stop = new LoadStop();

    private LoadResult stopped(UnaryOperator<LoadOptions.Builder> with) throws Exception {
        try (TlsServer server = LoadServer.echo("localhost")) {
            ConnectOptions target = ConnectOptions.builder()
                    .host("localhost")
                    .port(server.port())
                    .ca(List.of(TestPki.ca().leaf()))
                    .build();
            LoadOptions.Builder options = LoadOptions.builder(target)
                    .duration(LONG)
                    .onSecond(second -> {
                        if (!second.warmup()) {
                            stop.stop();
                        }
                    });
            LoadResult result = Load.run(with.apply(options).build(), stop);
            assertThat(result.total().failures()).isEmpty();
            assertThat(result.elapsed()).isBetween(Duration.ofMillis(900), Duration.ofSeconds(30));
            assertThat(result.notes()).anyMatch(each -> each.startsWith("the run was stopped early"));
            assertThat(stop.stopped()).isTrue();
            return result;
        }
    }

    @Test
    void closed_model_ends_with_what_is_under_way() throws Exception {
        LoadResult result = stopped(options -> options.connections(4));
        assertThat(result.total().handshakes().full()).isPositive();
        assertThat(result.total().full().count())
                .isEqualTo(result.total().handshakes().full());
    }

    @Test
    void who_waits_for_a_turn_far_away_waits_no_more_and_the_turn_never_was() throws Exception {
        LoadResult result = stopped(options -> options.connections(60).rate(4));
        Arrivals arrivals = result.arrivals().orElseThrow();
        assertThat(arrivals.started()).isEqualTo(result.total().handshakes().full());
        assertThat(arrivals.scheduled()).isBetween(4L, 100L).isGreaterThanOrEqualTo(arrivals.started());
    }

    @Test
    void requests_and_streams_end_too() throws Exception {
        LoadResult requests = stopped(
                options -> options.connections(4).mode(LoadOptions.Mode.REQUEST).size(100));
        assertThat(requests.total().requests().succeeded()).isPositive();
        LoadResult stream = stopped(options -> options.connections(2).mode(LoadOptions.Mode.STREAM));
        assertThat(stream.total().bytesReceived()).isPositive();
    }

    @Test
    void there_is_nothing_to_stop_before_and_after_a_run_and_in_its_warm_up() throws Exception {
        assertThat(stop.stop()).isFalse();
        var inWarmUp = new AtomicBoolean();
        stopped(options -> options.connections(1).warmup(Duration.ofSeconds(1)).onSecond(second -> {
            if (second.end().isNegative()) {
                inWarmUp.set(stop.stop());
            } else if (!second.warmup()) {
                stop.stop();
            }
        }));
        assertThat(inWarmUp).isFalse();
        assertThat(stop.stop()).isFalse();
    }
}
