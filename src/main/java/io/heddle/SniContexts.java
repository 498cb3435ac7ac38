package io.heddle;

import io.heddle.failure.InvalidOption;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A server's contexts by server name. Names compare without case; an exact name wins over a wildcard whatever came first, and
 * {@code *} stands for one label (RFC 6125 6.4.3). Thread-safe.
 */
final class SniContexts {
    private final @Nullable SniCallback callback;
    private final Map<String, SecureContext> exact = new ConcurrentHashMap<>();
    private final Map<String, SecureContext> wildcards = new ConcurrentHashMap<>();

    /** Replaced by {@link #fallback(SecureContext)}, read by every new connection. */
    private volatile SecureContext fallback;

    SniContexts(SecureContext fallback, Optional<SniCallback> callback) {
        this.fallback = fallback;
        this.callback = callback.orElse(null);
    }

    /** Returns the context for clients that ask for no name, or for one that nobody knows. */
    SecureContext fallback() {
        return fallback;
    }

    void fallback(SecureContext context) {
        fallback = context;
    }

    void add(String hostname, SecureContext context) {
        String name = hostname.toLowerCase(Locale.ROOT);
        boolean wildcard = name.startsWith("*.");
        if (name.isEmpty() || name.indexOf('*', wildcard ? 1 : 0) >= 0) {
            throw new InvalidOption(
                    "ERR_TLS_REQUIRED_SERVER_NAME",
                    "addContext: \"%s\" is not a host name, nor one that begins with \"*.\"".formatted(hostname));
        }
        if (wildcard) {
            wildcards.put(name.substring(1), context);
        } else {
            exact.put(name, context);
        }
    }

    /**
     * Returns the context for a name.
     *
     * @param otherwise the default context as it was when the connection began
     */
    SecureContext select(Optional<String> servername, SecureContext otherwise) throws Exception {
        if (servername.isEmpty()) {
            return otherwise;
        }
        String name = servername.get().toLowerCase(Locale.ROOT);
        SecureContext found = exact.get(name);
        int dot = name.indexOf('.');
        if (found == null && dot > 0) {
            found = wildcards.get(name.substring(dot));
        }
        if (found == null && callback != null) {
            Optional<SecureContext> answer = callback.select(servername.get());
            if (answer == null) {
                throw Code.ERR_TLS_CALLBACK.failure(
                        "servername: Invalid SNI context, the callback returned null for \"%s\"",
                        TlsFailure.printable(servername.get()));
            }
            found = answer.orElse(null);
        }
        return found == null ? otherwise : found;
    }

    /** Returns whether different names can get different answers. */
    boolean dependsOnName() {
        return callback != null || !exact.isEmpty() || !wildcards.isEmpty();
    }
}
