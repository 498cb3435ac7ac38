package io.heddle.interop;

/**
 * The result of a program that has exited.
 *
 * @param out the whole standard output, as UTF-8
 * @param err the whole standard error
 */
public record ProgramResult(int exitCode, String out, String err) {
    /** Returns both outputs, standard output first. */
    public String output() {
        return out + err;
    }

    /** Returns this result, or fails with the output if the exit code is not 0. */
    public ProgramResult succeeded() {
        if (exitCode != 0) {
            throw new AssertionError("ended with exit code " + exitCode + ", not 0; its output:\n" + output());
        }
        return this;
    }
}
