package io.heddle.interop;

/**
 * A server in another program, which accepts connections on 127.0.0.1.
 *
 * @param port the free port that it took
 */
public record RunningServer(RunningProgram program, int port) implements AutoCloseable {
    /**
     * Returns the server that {@code program} is, when it has printed the line that {@code regex} finds, whose first group is the
     * port. Ends the program if it does not.
     */
    static RunningServer awaitPort(RunningProgram program, String regex) {
        try {
            return new RunningServer(
                    program, Integer.parseInt(program.awaitNextLine(regex).group(1)));
        } catch (AssertionError e) {
            program.close();
            throw e;
        }
    }

    /** Ends the server. */
    @Override
    public void close() {
        program.close();
    }
}
