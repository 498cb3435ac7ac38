package io.heddle.dropin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

/**
 * The server handshakes since this object was created, from the events of the JDK's flight recorder that Heddle emits.
 */
final class Handshakes implements AutoCloseable {
    private static final String NAME = "io.heddle.TlsHandshake";
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final Recording recording = new Recording();

    Handshakes() {
        if (DropIn.HEDDLE) {
            recording.enable(NAME);
            recording.start();
        }
    }

    /**
     * Waits until the server has completed as many handshakes as are expected, and asserts that they are these, in this
     * order: each in the version of the combination, with this application protocol, full ({@code false}) or resumed
     * ({@code true}).
     */
    void assertServed(Combination combination, String applicationProtocol, boolean... resumed) {
        if (!DropIn.HEDDLE) {
            return; // the JDK tells nothing of resumption
        }
        List<String> expected = new ArrayList<>();
        for (boolean resumption : resumed) {
            expected.add(description(combination.protocol(), applicationProtocol, resumption, ""));
        }
        await().atMost(LIMIT)
                .pollInterval(Duration.ofMillis(100))
                .untilAsserted(() -> assertThat(server()).isEqualTo(expected));
    }

    /**
     * Waits until the server has completed this many handshakes in the version of the combination, and asserts that
     * there are no others.
     */
    void assertServed(Combination combination, long full, long resumed) {
        if (!DropIn.HEDDLE) {
            return;
        }
        List<String> expected = new ArrayList<>(Collections.nCopies((int) full, description(combination.protocol(), "", false, "")));
        expected.addAll(Collections.nCopies((int) resumed, description(combination.protocol(), "", true, "")));
        await().atMost(LIMIT)
                .pollInterval(Duration.ofMillis(100))
                .untilAsserted(() -> assertThat(server()).containsExactlyInAnyOrderElementsOf(expected));
    }

    private List<String> server() {
        return events().stream()
                .filter(event -> event.getEventType().getName().equals(NAME))
                .filter(event -> event.getString("side").equals("server"))
                // The recording is ordered by thread.
                .sorted(Comparator.comparing(RecordedEvent::getStartTime))
                .map(event -> description(
                        event.getString("version"),
                        event.getString("applicationProtocol"),
                        !event.getString("resumption").isEmpty(),
                        event.getString("failure")))
                .toList();
    }

    private static String description(String version, String applicationProtocol, boolean resumed, String failure) {
        return "%s %s, application protocol '%s', failure '%s'"
                .formatted(resumed ? "resumed" : "full", version, applicationProtocol, failure);
    }

    private List<RecordedEvent> events() {
        try {
            Path file = Files.createTempFile("handshakes", ".jfr");
            try {
                recording.dump(file);
                return RecordingFile.readAllEvents(file);
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        recording.close();
    }
}
