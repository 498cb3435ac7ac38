package io.heddle.interop;

/**
 * A server in another program, which accepts connections on 127.0.0.1.
 *
 * @param port the free port that it chose
 */
public record RunningServer(RunningProgram program, int port) implements AutoCloseable {
    /**
     * Waits until {@code program} prints the line that matches {@code regex}, whose first group is the port, and
     * returns it as a server. Ends the program if the line does not come.
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
