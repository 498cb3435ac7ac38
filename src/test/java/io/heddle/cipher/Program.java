package io.heddle.cipher;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Runs a program of this machine to its end, without the machine's OpenSSL configuration. */
final class Program {
    private static final int SECONDS = 60;

    /** What it printed, and its exit code. */
    record Result(int exit, String out, String err) {}

    private Program() {}

    /** Runs {@code command} with {@code in} as its standard input; at most a minute. */
    static Result run(String in, String... command) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("heddle");
        Path input = Files.writeString(folder.resolve("in"), in);
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        try {
            var builder = new ProcessBuilder(command)
                    .redirectInput(input.toFile())
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile());
            builder.environment().put("OPENSSL_CONF", "/dev/null");
            Process process = builder.start();
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException("%s did not end within %d s".formatted(command[0], SECONDS));
            }
            return new Result(
                    process.exitValue(),
                    Files.readString(out, StandardCharsets.UTF_8),
                    Files.readString(err, StandardCharsets.UTF_8));
        } finally {
            for (Path file : new Path[] {input, out, err, folder}) {
                Files.deleteIfExists(file);
            }
        }
    }
}
