package io.heddle.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The newest Node.js of those that {@code .ci/nodes} brought, which has an OpenSSL of its own. */
final class NewestNode {
    private NewestNode() {}

    /** Returns its path: {@code VERSION/bin/node} in the folder that {@code HEDDLE_NODES} names. */
    private static String path() {
        String folder = System.getenv("HEDDLE_NODES");
        if (folder == null) {
            throw new AssertionError("HEDDLE_NODES is not set: HEDDLE_NODES=$(.ci/nodes), as make does it");
        }
        try (Stream<Path> versions = Files.list(Path.of(folder))) {
            return versions.filter(each -> each.getFileName().toString().matches("\\d+\\.\\d+\\.\\d+"))
                    .max(Comparator.comparing(
                            each -> Runtime.Version.parse(each.getFileName().toString())))
                    .map(each -> each.resolve("bin/node").toString())
                    .orElseThrow(() -> new AssertionError(folder + " has no Node.js"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts {@code script}, to be talked to over time. */
    static RunningProgram start(String script, List<String> args) {
        try {
            Path file = Files.createTempFile("heddle-", ".cjs");
            Files.writeString(file, script);
            List<String> command = new ArrayList<>(List.of(path(), file.toString()));
            command.addAll(args);
            return RunningProgram.start(command, file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the script", e);
        }
    }
}
