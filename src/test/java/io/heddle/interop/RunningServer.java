package io.heddle.interop;

/**
 * A server in another program, which accepts connections on 127.0.0.1.
 *
 * @param port the free port that it took
 */
public record RunningServer(RunningProgram program, int port) implements AutoCloseable {
    /** Ends the server. */
    @Override
    public void close() {
        program.close();
    }
}
