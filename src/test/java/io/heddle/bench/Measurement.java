package io.heddle.bench;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A row of the report: what several subjects did in turns, round by round. The rounds of a pair follow each other, so
 * that their ratio is steadier than either figure.
 *
 * @param table the table that the row belongs to
 * @param absent subjects that could not take part, with the reason
 */
record Measurement(Table table, String name, List<Figure> figures, Map<String, String> absent) {
    /** The tables of the report. */
    enum Table {
        FULL("Full handshakes", "handshakes, both ends, for a second of processor time", false),
        RESUMED("Resumed handshakes", "handshakes, both ends, for a second of processor time", false),
        GARBAGE("Garbage", "KB allocated for a handshake, both ends", true),
        RECORDS("Records in memory", "MB sealed and opened for a second of processor time", false),
        SOCKETS("Sockets", "MB or round trips, both ends, for a second of processor time", false),
        HEAP("Idle connections", "KB of heap for an end, with its socket and waiting virtual thread", true),
        CROWD("Handshakes beside idle connections", "handshakes for a second of the process", false),
        SERVERS("Servers", "handshakes for a second of the server process", false),
        LOAD("heddle load, handshakes", "milliseconds of the client's processor time for a handshake", true),
        REQUESTS("heddle load, requests", "requests of 1 KiB", false),
        PRIMITIVES("Primitives", "microseconds for an operation", true),
        LIBRARY("Parts of Heddle", "microseconds for an operation", true);

        private final String title;
        private final String unit;
        private final boolean lessIsBetter;

        Table(String title, String unit, boolean lessIsBetter) {
            this.title = title;
            this.unit = unit;
            this.lessIsBetter = lessIsBetter;
        }

        String title() {
            return title;
        }

        String unit() {
            return unit;
        }

        boolean lessIsBetter() {
            return lessIsBetter;
        }
    }

    /**
     * The result of one subject.
     *
     * @param rounds in the order of measurement
     */
    record Figure(String subject, List<Double> rounds) {
        double median() {
            return Measurement.median(rounds);
        }
    }

    /**
     * The figures of one subject by those of another, above 1 the first is better.
     *
     * @param rounds ascending
     */
    record Ratio(String subject, String beside, List<Double> rounds) {
        double median() {
            return Measurement.median(rounds);
        }

        double least() {
            return rounds.getFirst();
        }

        double most() {
            return rounds.getLast();
        }
    }

    static Measurement of(Table table, String name, List<Figure> figures) {
        return new Measurement(table, name, figures, new TreeMap<>());
    }

    Optional<Figure> figure(String subject) {
        return figures.stream()
                .filter(figure -> figure.subject().equals(subject))
                .findFirst();
    }

    /** Returns the ratio of two subjects that both took part. */
    Optional<Ratio> ratio(String subject, String beside) {
        return figure(subject).flatMap(first -> figure(beside).map(second -> ratio(first, second)));
    }

    private Ratio ratio(Figure subject, Figure beside) {
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < Math.min(subject.rounds().size(), beside.rounds().size()); i++) {
            double ratio = subject.rounds().get(i) / beside.rounds().get(i);
            ratios.add(table.lessIsBetter() ? 1 / ratio : ratio);
        }
        return new Ratio(
                subject.subject(), beside.subject(), ratios.stream().sorted().toList());
    }

    /** Returns the ratios that the report shows: Heddle beside all others, best first, and on equal providers. */
    List<Ratio> ratios() {
        List<Ratio> ratios = new ArrayList<>();
        for (String subject : SUBJECTS) {
            figures.stream()
                    .map(Figure::subject)
                    .filter(other -> compares(subject, other))
                    .flatMap(other -> ratio(subject, other).stream())
                    .sorted(Comparator.comparingDouble(Ratio::median))
                    .forEach(ratios::add);
        }
        return ratios;
    }

    private static final List<String> SUBJECTS =
            List.of(Peer.HEDDLE.title(), Peer.HEDDLE_JDK.title(), Peer.HEDDLE_CROWDED.title(), "heddle load");

    /** Heddle on the JDK's providers is compared with what else runs on these, and with servers in other languages. */
    private static boolean compares(String subject, String other) {
        if (SUBJECTS.contains(other)) {
            return subject.equals(Peer.HEDDLE_CROWDED.title()) && other.equals(Peer.HEDDLE.title());
        }
        return !subject.equals(Peer.HEDDLE_JDK.title())
                || other.equals(Peer.SUNJSSE.title())
                || other.startsWith("Node");
    }

    private static double median(List<Double> values) {
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
