package io.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import io.heddle.failure.InvalidOption;
import io.heddle.session.CaffeineSessionStore;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EventLogTest {
    private final StringWriter printed = new StringWriter();
    private final EventLog events =
            new EventLog(new PrintWriter(printed), () -> Instant.parse("2026-01-02T03:04:05.006Z"));

    @Test
    void the_store_tells_of_new_sessions_and_of_those_asked_for() {
        var store =
                new ServeCommand.ObservedStore(CaffeineSessionStore.builder().build(), events);
        store.put(new byte[] {1, (byte) 0xff}, new byte[] {7}, Duration.ofMinutes(1));
        assertThat(store.get(new byte[] {1, (byte) 0xff})).hasValue(new byte[] {7});
        store.remove(new byte[] {1, (byte) 0xff});
        assertThat(store.get(new byte[] {1, (byte) 0xff})).isEmpty();
        assertThat(printed.toString().lines())
                .containsExactly(
                        "{\"event\":\"newSession\",\"time\":\"2026-01-02T03:04:05.006Z\",\"id\":\"01ff\",\"found\":null}",
                        "{\"event\":\"resumeSession\",\"time\":\"2026-01-02T03:04:05.006Z\",\"id\":\"01ff\",\"found\":true}",
                        "{\"event\":\"resumeSession\",\"time\":\"2026-01-02T03:04:05.006Z\",\"id\":\"01ff\",\"found\":false}");
    }

    @Test
    void a_reload_tells_whether_it_worked() {
        events.reload(null);
        events.reload(new InvalidOption("ENOENT", "cert: cannot read x"));
        assertThat(printed.toString().lines())
                .containsExactly(
                        "{\"event\":\"reload\",\"time\":\"2026-01-02T03:04:05.006Z\",\"reloaded\":true,\"error\":null}",
                        "{\"event\":\"reload\",\"time\":\"2026-01-02T03:04:05.006Z\",\"reloaded\":false,\"error\":"
                                + "{\"code\":\"ENOENT\",\"message\":\"cert: cannot read x\",\"alert\":null}}");
    }

    @Test
    void lines_of_many_threads_do_not_mix() throws Exception {
        List<Thread> threads = IntStream.range(0, 50)
                .mapToObj(i -> Thread.ofVirtual().start(() -> {
                    for (int k = 0; k < 20; k++) {
                        events.newSession(new byte[] {(byte) i, (byte) k});
                    }
                }))
                .toList();
        for (Thread thread : threads) {
            assertThat(thread.join(Duration.ofSeconds(20))).isTrue();
        }
        assertThat(printed.toString().lines())
                .hasSize(1000)
                .doesNotHaveDuplicates()
                .allSatisfy(line -> assertThat(JsonParser.parseString(line)
                                .getAsJsonObject()
                                .get("event")
                                .getAsString())
                        .isEqualTo("newSession"));
    }

    @Test
    void nothing_is_printed_that_nobody_asked_for() {
        var silent = new EventLog(null, Instant::now);
        silent.newSession(new byte[1]);
        silent.reload(null);
        assertThat(printed.toString()).isEmpty();
    }
}
