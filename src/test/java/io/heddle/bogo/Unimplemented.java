package io.heddle.bogo;

import java.io.Serial;

/** A feature that a test needs and Heddle, or the shim, lacks; the shim then exits with code 89. */
final class Unimplemented extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    Unimplemented(String what) {
        super(what);
    }
}
