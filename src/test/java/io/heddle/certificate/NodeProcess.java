package io.heddle.certificate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Runs a script in the installed {@code node}, bounded in time. */
final class NodeProcess {
    private NodeProcess() {}

    /**
     * Returns what the script prints.
     *
     * @param directory where script and input are written; the script finds the input's path in {@code process.argv[2]}
     */
    static String run(Path directory, String script, String input) throws IOException, InterruptedException {
        Path program = Files.writeString(directory.resolve("script.js"), script);
        Path data = Files.writeString(directory.resolve("input.json"), input);
        Path output = directory.resolve("output.txt");
        Process process = new ProcessBuilder("node", program.toString(), data.toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS))
                    .as("node ends in time")
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        String printed = Files.readString(output, StandardCharsets.UTF_8);
        assertThat(process.exitValue()).as(printed).isZero();
        return printed;
    }
}
