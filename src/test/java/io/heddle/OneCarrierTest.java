package io.heddle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import io.heddle.interop.JavaProgram;
import io.heddle.interop.ProgramResult;
import io.heddle.interop.RunningProgram;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Connections in a JVM whose virtual threads share one carrier, which a single pinned thread would stop. */
@Tag("socket")
@Timeout(value = 120, threadMode = SEPARATE_THREAD)
class OneCarrierTest {
    private static final Duration LIMIT = Duration.ofSeconds(100);

    private static ProgramResult run(String... args) {
        List<String> options = List.of(
                "-Djdk.virtualThreadScheduler.parallelism=1",
                "-Djdk.virtualThreadScheduler.maxPoolSize=1",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC");
        try (RunningProgram program = JavaProgram.start(options, OneCarrier.class.getName(), args)) {
            return program.awaitEnd(LIMIT);
        }
    }

    @ParameterizedTest
    @EnumSource
    void connections_go_on_beside_peers_that_stall_in_every_phase(OneCarrier.Kind kind) {
        ProgramResult finished = run(kind.name(), "40");
        // The output has the stacks of all threads after a timeout.
        assertThat(finished.exitCode()).as(finished.output()).isZero();
        assertThat(finished.out()).contains("50 peers are stalled in", "200 of 200 exchanged");
    }

    @Test
    void a_handler_that_holds_on_to_the_carrier_stops_all_of_them() {
        ProgramResult finished = run("TLS_SERVER", "2", "pin");
        assertThat(finished.exitCode()).as(finished.output()).isEqualTo(1);
        assertThat(finished.out()).contains("50 peers are stalled in", "0 of 200 exchanged", Pin.class.getName());
    }
}
