package io.heddle.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;

/** One finished command line, run inside this JVM: its exit code and what it printed. */
record CommandRun(int exitCode, String out, String err) {
    static CommandRun heddle(String... args) {
        return heddle(InputStream.nullInputStream(), args);
    }

    static CommandRun heddle(InputStream in, String... args) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        int exitCode = Heddle.run(in, new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8), args);
        return new CommandRun(exitCode, out.toString(UTF_8), err.toString(UTF_8));
    }
}
