package io.heddle.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The JVM of a peer, seen from the one that measures: it does one thing at a time, when it is asked to. */
final class PeerProcess implements AutoCloseable {
    private static final Gson GSON = new Gson();
    private static final long SECONDS_TO_EXIT = 10;

    private final Peer peer;
    private final Process process;
    private final Writer out;
    private final BufferedReader in;

    PeerProcess(Peer peer) throws IOException {
        this.peer = peer;
        List<String> command = new ArrayList<>(java());
        command.addAll(peer.options());
        command.addAll(List.of(PeerMain.class.getName(), peer.name()));
        process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        out = process.outputWriter(UTF_8);
        in = process.inputReader(UTF_8);
    }

    /** Returns the start of a command line: this JVM's program with its class path. */
    static List<String> java() {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-exports",
                "java.base/jdk.internal.vm=ALL-UNNAMED",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"));
    }

    /** Starts the work of a row; throws an exception with the reason if the peer cannot do it. */
    void open(Row row) throws IOException {
        ask("open " + row.name());
    }

    /** Warms the work up and returns a description of the warm-up. */
    String warmUp(double leastUnits, Duration longest) throws IOException {
        return ask("warm %s %d".formatted(leastUnits, longest.toMillis()))
                .get("log")
                .getAsString();
    }

    Meter.Window run(Duration window) throws IOException {
        return GSON.fromJson(ask("run " + window.toMillis()), Meter.Window.class);
    }

    void closeWork() throws IOException {
        ask("close");
    }

    private JsonObject ask(String line) throws IOException {
        out.write(line + "\n");
        out.flush();
        String answer = in.readLine();
        while (answer != null && !answer.startsWith(PeerMain.ANSWER)) {
            answer = in.readLine();
        }
        if (answer == null) {
            throw new IOException("%s: the process ended at: %s".formatted(peer.title(), line));
        }
        JsonObject result = GSON.fromJson(answer.substring(PeerMain.ANSWER.length()), JsonObject.class);
        if (result.has("failure")) {
            throw new IOException(result.get("failure").getAsString());
        }
        return result;
    }

    @Override
    public void close() {
        try {
            out.close();
            if (!process.waitFor(SECONDS_TO_EXIT, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
