package io.heddle.endpoint;

import io.heddle.failure.InvalidOption;
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
 * The contexts of a server by server name. Names compare without case and without a final dot. An exact name wins
 * over a pattern, and of two patterns the one with more characters that are not {@code *}, whatever the order of
 * adding. Thread-safe.
 */
public final class SniContexts {
    private final @Nullable Source callback;
    private final Map<String, ContextSettings> exact = new ConcurrentHashMap<>();

    /**
     * The patterns of the form {@code *.example.com}, of which there may be thousands, by the text after the {@code *}.
     */
    private final Map<String, ContextSettings> wildcards = new ConcurrentHashMap<>();

    /** All other patterns, the most specific first; of equally specific ones the last added first. */
    private final AtomicReference<List<Named>> patterns = new AtomicReference<>(List.of());

    private record Named(NamePattern pattern, ContextSettings context) {}

    /** Replaced by {@link #fallback(ContextSettings)}, read by every new connection. */
    private volatile ContextSettings fallback;

    public SniContexts(ContextSettings fallback, Optional<Source> callback) {
        this.fallback = fallback;
        this.callback = callback.orElse(null);
    }

    /** A source of contexts for the names that have none: the application's callback. */
    public interface Source {
        /** Returns the context of a name, empty for the default one. */
        Optional<ContextSettings> select(String servername) throws Exception;
    }

    /** Returns the contexts of a server's options. */
    public static SniContexts of(ServerConfig config) {
        return new SniContexts(config.context(), config.handshake().contexts());
    }

    /** Returns the context for clients without a server name, or with an unknown one. */
    public ContextSettings fallback() {
        return fallback;
    }

    public void fallback(ContextSettings context) {
        fallback = context;
    }

    public void add(String hostname, ContextSettings context) {
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
    public ContextSettings select(Optional<String> servername, ContextSettings otherwise) throws Exception {
        if (servername.isEmpty()) {
            return otherwise;
        }
        String name = HostName.lowerCase(servername.get());
        ContextSettings found = exact.get(name);
        if (found == null) {
            found = byPattern(name);
        }
        if (found == null && callback != null) {
            found = callback.select(servername.get()).orElse(null);
        }
        return found == null ? otherwise : found;
    }

    private @Nullable ContextSettings byPattern(String name) {
        int dot = name.indexOf('.');
        String domain = dot < 0 ? "" : name.substring(dot);
        ContextSettings below = wildcards.get(domain);
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
    public boolean dependsOnName() {
        return callback != null
                || !exact.isEmpty()
                || !wildcards.isEmpty()
                || !patterns.get().isEmpty();
    }
}
