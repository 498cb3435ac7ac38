package io.heddle.cli;

import java.io.PrintWriter;
import java.io.StringWriter;

/** One finished command line, run inside this JVM: its exit code and what it printed. */
record CommandRun(int exitCode, String out, String err) {
    static CommandRun heddle(String... args) {
        var out = new StringWriter();
        var err = new StringWriter();
        int exitCode = Heddle.run(new PrintWriter(out, true), new PrintWriter(err, true), args);
        return new CommandRun(exitCode, out.toString(), err.toString());
    }
}
