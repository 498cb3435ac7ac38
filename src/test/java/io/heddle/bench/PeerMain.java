package io.heddle.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.Gson;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The JVM of one peer. It obeys lines of standard input and answers each with a line of JSON: {@code open ROW}, {@code
 * warm UNITS LONGEST_MILLIS}, {@code run MILLIS}, {@code close}. It ends with its input.
 */
final class PeerMain {
    static final String ANSWER = "= ";
    private static final Gson GSON = new Gson();

    private final Peer peer;
    private @Nullable Row row;
    private @Nullable Workload work;

    private PeerMain(Peer peer) {
        this.peer = peer;
    }

    @SuppressWarnings("SystemOut") // the answers
    public static void main(String[] args) throws Exception {
        Peer peer = Peer.valueOf(args[0]);
        peer.register();
        var main = new PeerMain(peer);
        var in = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            System.out.println(ANSWER + GSON.toJson(main.answer(line)));
        }
        // Threads of a workload may still run.
        System.exit(0);
    }

    private Object answer(String line) {
        try {
            String[] words = line.split(" ", 2);
            return switch (words[0]) {
                case "open" -> open(words[1]);
                case "warm" -> warm(words[1].split(" ", 2));
                case "run" -> run(Duration.ofMillis(Long.parseLong(words[1])));
                case "close" -> close();
                default -> throw new IllegalArgumentException(line);
            };
        } catch (Exception | LinkageError e) {
            return Map.of("failure", e.toString());
        }
    }

    private Object open(String name) throws Exception {
        Row found = Row.named(name);
        row = found;
        work = found.workload().of(peer);
        return Map.of();
    }

    private Object warm(String[] words) throws Exception {
        return Map.of(
                "log",
                Meter.warmUp(opened(), Double.parseDouble(words[0]), Duration.ofMillis(Long.parseLong(words[1]))));
    }

    private Meter.Window run(Duration window) throws Exception {
        boolean figure = Objects.requireNonNull(row).table() == Measurement.Table.HEAP;
        return figure ? Meter.Window.ofFigure(opened().run(window)) : Meter.measure(opened(), window);
    }

    private Object close() throws Exception {
        opened().close();
        work = null;
        return Map.of();
    }

    private Workload opened() {
        return Objects.requireNonNull(work, "no row is open");
    }
}
