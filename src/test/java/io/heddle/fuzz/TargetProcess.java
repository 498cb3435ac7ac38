package io.heddle.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.ConnectOptions;
import io.heddle.Tls;
import io.heddle.TlsSocket;
import io.heddle.interop.JavaProgram;
import io.heddle.interop.RunningProgram;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.MatchResult;

/** A running {@link FaultTarget}. Thread-safe. */
final class TargetProcess implements AutoCloseable {
    private static final int SERVE_MILLIS = 20_000;

    private final RunningProgram program;
    private final int port;
    private final ReentrantLock commands = new ReentrantLock();

    TargetProcess(String... options) {
        program = JavaProgram.start(List.of(options), FaultTarget.class.getName());
        port = Integer.parseInt(program.awaitNextLine("^port (\\d+)$").group(1));
    }

    int port() {
        return port;
    }

    /** The resources of the target: connections of both roles, and the counts of {@code ProcessState}. */
    record State(int connections, long descriptors, int platformThreads, int virtualThreads, long heap) {
        @Override
        public String toString() {
            return "%d connections, %d descriptors, %d platform threads, %d virtual threads, heap %.1f MB"
                    .formatted(connections, descriptors, platformThreads, virtualThreads, heap / 1e6);
        }
    }

    /** Returns the resources of the target. */
    State state() {
        MatchResult line = command("state", "^state (\\d+) (\\d+) (\\d+) (\\d+) (\\d+)$");
        return new State(
                Integer.parseInt(line.group(1)),
                Long.parseLong(line.group(2)),
                Integer.parseInt(line.group(3)),
                Integer.parseInt(line.group(4)),
                Long.parseLong(line.group(5)));
    }

    /** Makes the target connect to a port. */
    void connect(int toPort, String version) {
        command("connect %d %s".formatted(toPort, version), "^connect$");
    }

    /** Moves the target's clock. */
    void clock(int days) {
        command("clock " + days, "^clock$");
    }

    private MatchResult command(String line, String answer) {
        commands.lock();
        try {
            program.sendLine(line);
            return program.awaitNextLine(answer);
        } finally {
            commands.unlock();
        }
    }

    boolean isAlive() {
        return program.isAlive();
    }

    String output() {
        return program.output();
    }

    /** Asserts that the target serves a client, and returns the duration in milliseconds. */
    long serves() throws IOException {
        long begin = System.nanoTime();
        try (TlsSocket client = Tls.connect(ConnectOptions.builder()
                .host("localhost")
                .family(4)
                .port(port)
                .rejectUnauthorized(false)
                .build())) {
            client.setSoTimeout(SERVE_MILLIS);
            client.getOutputStream().write(FaultTarget.ECHO);
            assertThat(client.getInputStream().read()).isEqualTo(FaultTarget.ECHO);
        }
        return (System.nanoTime() - begin) / 1_000_000;
    }

    @Override
    public void close() {
        program.close();
    }
}
