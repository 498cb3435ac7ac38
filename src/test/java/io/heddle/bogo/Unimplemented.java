package io.heddle.bogo;

import java.io.Serial;

/** A test needs something that Heddle, or the shim, does not have; the shim then ends with code 89. */
final class Unimplemented extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    Unimplemented(String what) {
        super(what);
    }
}
