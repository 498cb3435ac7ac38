package io.heddle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import io.heddle.interop.JavaProgram;
import io.heddle.interop.RunningProgram;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * No virtual thread is pinned while it blocks, as the flight recorder reports it: {@code jdk.VirtualThreadPinned} of
 * any length, and {@code Object.wait}, for which Java 21 has no such event. The scenarios run in a separate JVM, where
 * no other test has threads.
 */
@Tag("socket")
@Timeout(value = 120, threadMode = SEPARATE_THREAD)
class PinningTest {
    private static RunningProgram recorder;

    @BeforeAll
    static void start() {
        recorder = JavaProgram.start(
                // The default of 64 frames is less than the depth of a callback in a handshake.
                List.of("-XX:FlightRecorderOptions:stackdepth=256", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"),
                PinningRecorder.class.getName());
    }

    @AfterAll
    static void end() {
        recorder.close();
    }

    private static List<String> pinned(String name) {
        recorder.sendLine(name);
        List<String> events = new ArrayList<>();
        while (true) {
            String line = recorder.awaitNextLine("^(pinned: .*|recording .*|end of " + name + ")$")
                    .group();
            if (line.startsWith("end of ")) {
                return events;
            }
            if (line.startsWith("pinned: ")) {
                events.add(line);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void no_virtual_thread_is_pinned(PinningScenario scenario) {
        assertThat(pinned(scenario.name())).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void a_thread_that_is_pinned_is_recorded(Pin pin) {
        List<String> events = pinned(pin.name());
        if (pin.pins()) {
            assertThat(events).anyMatch(event -> event.contains(Pin.class.getName()));
        } else {
            assertThat(events).isEmpty();
        }
    }
}
