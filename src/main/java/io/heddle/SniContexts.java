package io.heddle;

import io.heddle.failure.InvalidOption;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.rules.HostName;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The contexts of a server by server name. Names compare without case and without a final dot. An exact name wins over
 * a pattern, and of two patterns the one with more characters that are not {@code *}, whatever the order of adding.
 * Thread-safe.
 */
final class SniContexts {
    private final @Nullable SniCallback callback;
    private final Map<String, SecureContext> exact = new ConcurrentHashMap<>();

    /**
     * The patterns of the form {@code *.example.com}, of which there may be thousands, by the text after the {@code *}.
     */
    private final Map<String, SecureContext> wildcards = new ConcurrentHashMap<>();

    /** All other patterns, the most specific first; of equally specific ones the last added first. */
    private final AtomicReference<List<Named>> patterns = new AtomicReference<>(List.of());

    private record Named(NamePattern pattern, SecureContext context) {}

    /** Replaced by {@link #fallback(SecureContext)}, read by every new connection. */
    private volatile SecureContext fallback;

    SniContexts(SecureContext fallback, Optional<SniCallback> callback) {
        this.fallback = fallback;
        this.callback = callback.orElse(null);
    }

    /** Returns the context for clients without a server name, or with an unknown one. */
    SecureContext fallback() {
        return fallback;
    }

    void fallback(SecureContext context) {
        fallback = context;
    }

    void add(String hostname, SecureContext context) {
        // The dot of a fully qualified name is not part of a server name (RFC 6066 3).
        String name = HostName.canonical(hostname);
        if (name.isEmpty()) {
            throw new InvalidOption("ERR_TLS_REQUIRED_SERVER_NAME", "addContext: the host name is empty");
        }
        if (!NamePattern.isPattern(name)) {
            exact.put(name, context);
        } else if (name.startsWith("*.") && !NamePattern.isPattern(name.substring(1))) {
            wildcards.put(name.substring(1), context);
        } else {
            patterns.updateAndGet(before -> with(before, new Named(new NamePattern(name), context)));
        }
    }

    private static List<Named> with(List<Named> before, Named added) {
        List<Named> after = new ArrayList<>(before);
        after.removeIf(named -> named.pattern().equals(added.pattern()));
        after.addFirst(added);
        // The sort is stable, so the newest of equally specific ones stays in front.
        after.sort(Comparator.comparingInt((Named named) -> named.pattern().literals())
                .reversed());
        return List.copyOf(after);
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
        String name = HostName.lowerCase(servername.get());
        SecureContext found = exact.get(name);
        if (found == null) {
            found = byPattern(name);
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

    private @Nullable SecureContext byPattern(String name) {
        int dot = name.indexOf('.');
        String domain = dot < 0 ? "" : name.substring(dot);
        SecureContext below = wildcards.get(domain);
        for (Named named : patterns.get()) {
            if (below != null && named.pattern().literals() <= domain.length()) {
                return below;
            }
            if (named.pattern().matches(name)) {
                return named.context();
            }
        }
        return below;
    }

    /** Returns whether different names can get different answers. */
    boolean dependsOnName() {
        return callback != null
                || !exact.isEmpty()
                || !wildcards.isEmpty()
                || !patterns.get().isEmpty();
    }
}
