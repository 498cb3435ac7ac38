package io.heddle.bogo;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** A difference between a connection and the options of the test. */
final class Unexpected extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    @FormatMethod
    Unexpected(@FormatString String format, @Nullable Object... values) {
        super(format.formatted(values));
    }
}
