package io.heddle.interop;

/**
 * A program that has ended.
 *
 * @param out all that it wrote to its standard output, as UTF-8
 * @param err all that it wrote to its standard error
 */
public record Finished(int exitCode, String out, String err) {
    /** Returns both outputs, the standard output first. */
    public String output() {
        return out + err;
    }

    /** Returns this, or fails with the output if the exit code is not 0. */
    public Finished succeeded() {
        if (exitCode != 0) {
            throw new AssertionError("ended with exit code " + exitCode + ", not 0; its output:\n" + output());
        }
        return this;
    }
}
