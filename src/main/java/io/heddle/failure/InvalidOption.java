package io.heddle.failure;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * The failure of an invalid option, thrown when options or a context are built, never during a handshake.
 *
 * <p>The message is one sentence with the option, the file if there is one, and the reason.
 */
public final class InvalidOption extends IllegalArgumentException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final String code;

    /**
     * Creates the failure of an option.
     *
     * @param code the string in Node's {@code error.code}, such as {@code ERR_OSSL_X509_KEY_VALUES_MISMATCH}
     */
    public InvalidOption(String code, String message) {
        this(code, message, null);
    }

    /** Creates the failure of an option with a cause. */
    public InvalidOption(String code, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    /** Returns the code, as in Node. */
    public String code() {
        return code;
    }
}
