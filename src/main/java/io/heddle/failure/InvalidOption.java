package io.heddle.failure;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * An option that cannot work: thrown when the options or the context are built, never at a handshake.
 *
 * <p>The message is one sentence that names the option, the file where there is one, and the reason.
 */
public final class InvalidOption extends IllegalArgumentException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final String code;

    /**
     * Makes the failure of an option.
     *
     * @param code the string that Node has in {@code error.code}, such as {@code ERR_OSSL_X509_KEY_VALUES_MISMATCH}
     */
    public InvalidOption(String code, String message) {
        this(code, message, null);
    }

    /** Makes the failure of an option that something else caused. */
    public InvalidOption(String code, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    /** Returns the code that Node users know. */
    public String code() {
        return code;
    }
}
