package io.heddle.bench;

import io.heddle.bench.Measurement.Figure;
import io.heddle.bench.Measurement.Table;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Measures handshakes, records, sockets and memory of Heddle and its peers, each peer in a JVM of its own, in turns,
 * with {@link Settings}.
 */
@Tag("bench")
class BenchmarkTest {
    private static final int ROUNDS = Settings.QUICK ? 3 : 7;

    /** Of processor time. */
    private static final Duration LONGEST_WARM_UP = Duration.ofSeconds(Settings.QUICK ? 15 : 120);

    private final Map<Peer, PeerProcess> processes = new EnumMap<>(Peer.class);

    @AfterEach
    void end_processes() {
        processes.values().forEach(PeerProcess::close);
    }

    @Test
    void compares_heddle_with_its_peers() throws Exception {
        Report report = Report.open();
        for (Row row : Row.all()) {
            if (Settings.wants(row.name(), row.quick())) {
                measure(row, report);
            }
        }
    }

    private void measure(Row row, Report report) throws IOException {
        Map<Peer, PeerProcess> opened = new EnumMap<>(Peer.class);
        Map<String, String> absent = new TreeMap<>();
        for (Peer peer : row.peers()) {
            if (!Settings.wants(peer) || !peer.isAvailable()) {
                continue;
            }
            try {
                PeerProcess process = processes.get(peer);
                if (process == null) {
                    process = new PeerProcess(peer);
                    processes.put(peer, process);
                }
                process.open(row);
                opened.put(peer, process);
            } catch (IOException cannot) {
                absent.put(peer.title(), String.valueOf(cannot.getMessage()));
            }
        }
        for (Map.Entry<Peer, PeerProcess> peer : opened.entrySet()) {
            log("%s: %s".formatted(peer.getKey().title(), peer.getValue().warmUp(row.warmUp(), LONGEST_WARM_UP)));
        }
        var windows = rounds(row, opened);
        for (PeerProcess process : opened.values()) {
            process.closeWork();
        }
        add(row, windows, absent, report);
    }

    private static Map<Peer, List<Meter.Window>> rounds(Row row, Map<Peer, PeerProcess> opened) throws IOException {
        Map<Peer, List<Meter.Window>> windows = new EnumMap<>(Peer.class);
        List<Peer> order = new ArrayList<>(opened.keySet());
        for (int round = 0; round < (row.table() == Table.HEAP ? 3 : ROUNDS); round++) {
            for (Peer peer : order) {
                windows.computeIfAbsent(peer, first -> new ArrayList<>())
                        .add(Objects.requireNonNull(opened.get(peer)).run(Settings.MEASURED.dividedBy(ROUNDS)));
            }
            // No peer is always the one that follows a certain other.
            order = round % 2 == 0 ? order.reversed() : rotated(order);
        }
        return windows;
    }

    private static List<Peer> rotated(List<Peer> order) {
        List<Peer> rotated = new ArrayList<>(order.reversed());
        if (!rotated.isEmpty()) {
            rotated.add(rotated.removeFirst());
        }
        return rotated;
    }

    private static void add(Row row, Map<Peer, List<Meter.Window>> windows, Map<String, String> absent, Report report)
            throws IOException {
        List<Figure> figures = new ArrayList<>();
        List<Figure> kilobytes = new ArrayList<>();
        windows.forEach((peer, measured) -> {
            figures.add(new Figure(
                    peer.title(),
                    measured.stream()
                            .map(
                                    row.table() == Table.CROWD
                                            ? Meter.Window::perProcessSecond
                                            : Meter.Window::perCpuSecond)
                            .toList()));
            kilobytes.add(new Figure(
                    peer.title(), measured.stream().map(Meter.Window::kilobytes).toList()));
        });
        report.add(new Measurement(row.table(), row.name(), figures, absent));
        if (row.table() == Table.FULL || row.table() == Table.RESUMED) {
            report.add(new Measurement(Table.GARBAGE, row.name(), kilobytes, Map.of()));
        }
    }

    @SuppressWarnings("SystemOut") // the progress of a long run
    private static void log(String line) {
        System.out.println(line);
    }
}
