package io.heddle.provider;

import java.security.Provider;
import java.security.Security;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The provider of each family of algorithms. It is decided once for the JVM, when it is first needed: a native provider
 * that is present where it is faster, else the first of the JDK's installed providers that has the family.
 *
 * <p>The system property {@value #PROPERTY} is {@code auto} (the default), {@code native}, which fails without a native
 * provider for EC, RSA and X25519, or {@code jdk}, which leaves native providers alone.
 *
 * <p>Immutable, thread-safe.
 */
public final class ProviderTable {
    /** The system property that sets the {@link Mode}. */
    public static final String PROPERTY = "heddle.crypto";

    /** The families that need a native provider in mode {@link Mode#NATIVE}: those of a handshake's arithmetic. */
    private static final List<Algorithm> ARITHMETIC = List.of(Algorithm.EC, Algorithm.RSA, Algorithm.X25519);

    private static final ReentrantLock LOCK = new ReentrantLock();

    /** Written under {@link #LOCK}. */
    private static volatile @Nullable ProviderTable decided;

    /** A choice of providers. */
    public enum Mode {
        /** Native providers as far as they are present. */
        AUTO,
        /** Native providers, which must be present. */
        NATIVE,
        /** The JDK's installed providers. */
        JDK;

        /**
         * Returns the mode of a name.
         *
         * @throws IllegalArgumentException for a name other than {@code auto}, {@code native} and {@code jdk}
         */
        public static Mode of(String name) {
            return Arrays.stream(values())
                    .filter(mode -> mode.text().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException(
                            "crypto: there is no mode \"%s\"; auto, native and jdk are allowed".formatted(name)));
        }

        /** Returns the name. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final Map<Algorithm, Provider> providers;
    private final boolean hasNative;

    private ProviderTable(Map<Algorithm, Provider> providers, boolean hasNative) {
        this.providers = providers;
        this.hasNative = hasNative;
    }

    /**
     * Returns the table of this JVM. The first call decides it, which with native providers takes some hundred
     * milliseconds.
     *
     * @throws IllegalArgumentException if the system property names no mode
     * @throws IllegalStateException if the mode is {@code native} and a native provider is missing
     */
    public static ProviderTable get() {
        ProviderTable table = decided;
        return table == null ? decide() : table;
    }

    private static ProviderTable decide() {
        LOCK.lock();
        try {
            ProviderTable table = decided;
            if (table == null) {
                table = of(Mode.of(System.getProperty(PROPERTY, "auto")));
                decided = table;
            }
            return table;
        } finally {
            LOCK.unlock();
        }
    }

    /** Returns the table of a mode with the native providers that are present. */
    static ProviderTable of(Mode mode) {
        Map<NativeProvider, Provider> loaded = new EnumMap<>(NativeProvider.class);
        if (mode != Mode.JDK) {
            for (NativeProvider candidate : NativeProvider.values()) {
                candidate.load().ifPresent(provider -> loaded.put(candidate, provider));
            }
        }
        return of(mode, loaded);
    }

    /** Returns the table of a mode with these native providers. */
    static ProviderTable of(Mode mode, Map<NativeProvider, Provider> loaded) {
        Map<Algorithm, Provider> providers = new EnumMap<>(Algorithm.class);
        List<Algorithm> missing = new ArrayList<>();
        for (Algorithm algorithm : Algorithm.values()) {
            Optional<Provider> chosen = preferred(algorithm).stream()
                    .map(loaded::get)
                    .filter(provider -> provider != null && algorithm.isServiceOf(provider))
                    .findFirst();
            if (chosen.isEmpty() && ARITHMETIC.contains(algorithm)) {
                missing.add(algorithm);
            }
            providers.put(algorithm, chosen.orElseGet(() -> installed(algorithm)));
        }
        if (mode == Mode.NATIVE && !missing.isEmpty()) {
            throw new IllegalStateException(
                    "crypto: the mode native needs a native provider for %s, none could be loaded; %s and %s are supported"
                            .formatted(missing, NativeProvider.CORRETTO.artifact, NativeProvider.CONSCRYPT.artifact));
        }
        return new ProviderTable(Collections.unmodifiableMap(providers), !loaded.isEmpty());
    }

    /**
     * Returns the native providers that are to be preferred to the JDK's, fastest first. In microseconds on x86-64 with
     * AVX-512, Corretto's, Conscrypt's and the JDK's: ECDH 48, 53, 549; RSA-2048 signature 300, 566, 990; X25519 agreement
     * none, 31, 144. The JDK's are the fastest in all else: HMAC of 50 bytes 0.8, 1.2, 0.35; AES-GCM of 1 KiB under a new key
     * 0.88 with Corretto's and 0.61 with the JDK's. Conscrypt 2.9 names a KEM that its jar does not contain.
     */
    private static List<NativeProvider> preferred(Algorithm algorithm) {
        return switch (algorithm) {
            case EC, RSA -> List.of(NativeProvider.CORRETTO, NativeProvider.CONSCRYPT);
            case X25519 -> List.of(NativeProvider.CONSCRYPT);
            default -> List.of();
        };
    }

    private static Provider installed(Algorithm algorithm) {
        return Arrays.stream(Security.getProviders())
                .filter(algorithm::isServiceOf)
                .findFirst()
                .orElseGet(FallbackProvider::get);
    }

    /** Returns the provider of a family. */
    public Provider provider(Algorithm algorithm) {
        return Objects.requireNonNull(providers.get(algorithm));
    }

    /** Returns the provider of each family. */
    public Map<Algorithm, Provider> providers() {
        return providers;
    }

    /** Returns whether a native provider is in use. */
    public boolean hasNative() {
        return hasNative;
    }
}
