package io.heddle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import io.heddle.interop.JavaProgram;
import io.heddle.interop.ProgramResult;
import io.heddle.interop.RunningProgram;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Deadlines, accepting and closing in a JVM whose only carrier thread a handler keeps busy. */
@Tag("socket")
@Timeout(value = 120, threadMode = SEPARATE_THREAD)
class BusyCarrierTest {
    /** The tolerance of a busy machine for any deadline. */
    private static final long SLACK = 2_500;

    private static long millis(ProgramResult finished, String step) {
        Matcher line = Pattern.compile("(?m)^" + step + " after (\\d+) ms$").matcher(finished.out());
        assertThat(line.find()).as("%s in %s", step, finished.output()).isTrue();
        return Long.parseLong(line.group(1));
    }

    @Test
    void deadlines_accepting_and_closing_need_no_free_carrier() {
        List<String> options = List.of(
                "-Djdk.virtualThreadScheduler.parallelism=1",
                "-Djdk.virtualThreadScheduler.maxPoolSize=1",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC");
        ProgramResult finished;
        try (RunningProgram program = JavaProgram.start(options, BusyCarrier.class.getName())) {
            finished = program.awaitEnd(Duration.ofSeconds(100));
        }
        assertThat(finished.out()).as(finished.output()).contains("still busy: true");
        long handshake = BusyCarrier.HANDSHAKE.toMillis();
        long connect = BusyCarrier.CONNECT.toMillis();
        String timeout = ": handshake: not finished within \\d+ ms";
        assertThat(millis(finished, "silent client from before: ended")).isLessThan(handshake + SLACK);
        assertThat(millis(finished, "accepted: done")).isLessThan(SLACK);
        assertThat(millis(finished, "silent client from then: ended")).isLessThan(handshake + SLACK);
        assertThat(finished.out()).contains("handshake: not begun within 1500 ms, no thread was free");
        for (String way : List.of("a socket", "streams", "a channel")) {
            assertThat(millis(finished, "client over " + way + timeout)).isLessThan(connect + SLACK);
        }
        assertThat(finished.out())
                .contains("key updates: %d, answered by 1 threads".formatted(BusyCarrier.KEY_UPDATES));
        assertThat(millis(finished, "closed: with 0 connections")).isLessThan(100 + SLACK);
        assertThat(millis(finished, "client that waits: ended")).isLessThan(SLACK);
        assertThat(finished.out()).contains("close_notify: true");
    }
}
