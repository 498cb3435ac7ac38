package io.heddle.managers;

import io.heddle.certificate.path.StoreProperties;
import io.heddle.certificate.path.TrustStore;
import io.heddle.cipher.Suite;
import io.heddle.failure.InvalidOption;
import io.heddle.failure.TlsFailure;
import io.heddle.protocol.TlsVersion;
import java.security.GeneralSecurityException;
import java.security.KeyManagementException;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The system properties that the JDK documents for JSSE: the managers of the {@code SSLContext} named {@code Default},
 * and the versions and suites of all contexts.
 *
 * <p>{@code https.protocols} applies to the context {@code Default} only; {@code HttpsURLConnection} reads it and
 * {@code https.cipherSuites} itself and sets them on its sockets. Each method reads the properties again. Thread-safe.
 */
public final class DefaultProperties {
    /** Names that the JDK accepts, of protocols that Heddle does not implement. */
    private static final Set<String> BEFORE_TLS = Set.of("SSLv2Hello", "SSLv3");

    private final Function<String, @Nullable String> properties;
    private final InstantSource clock;

    /**
     * Creates a reader of properties.
     *
     * @param properties returns the value of a property, null if it is not set; normally {@code System::getProperty}
     * @param clock the time at which certificates must be valid
     */
    DefaultProperties(Function<String, @Nullable String> properties, InstantSource clock) {
        this.properties = properties;
        this.clock = clock;
    }

    /** Returns the properties of this process. */
    public static DefaultProperties ofSystem() {
        return new DefaultProperties(System::getProperty, InstantSource.system());
    }

    /**
     * Returns a key manager for the keys in {@code javax.net.ssl.keyStore}, none if that is not set.
     * {@code keyStorePassword} opens the store and its keys.
     *
     * @throws KeyManagementException if the store or a key cannot be read; its message has the property, the file and
     *     the reason, not the password
     */
    public KeyManager[] keyManagers() throws KeyManagementException {
        char @Nullable [] password = null;
        try {
            Optional<StoreProperties.Opened> opened = new StoreProperties(properties).keyStore();
            if (opened.isEmpty()) {
                return new KeyManager[0];
            }
            password = opened.get().password();
            var factory = new PkixKeyManagerFactory(clock);
            factory.engineInit(opened.get().store(), password);
            return factory.engineGetKeyManagers();
        } catch (InvalidOption e) {
            throw new KeyManagementException(e.getMessage(), e);
        } catch (GeneralSecurityException e) {
            throw new KeyManagementException(
                    "javax.net.ssl.keyStorePassword: %s, file \"%s\""
                            .formatted(e.getMessage(), properties.apply("javax.net.ssl.keyStore")),
                    e);
        } finally {
            if (password != null) {
                Arrays.fill(password, '\0');
            }
        }
    }

    /**
     * Returns a trust manager for the default anchors.
     *
     * @param anchors returns the anchors; throws {@link InvalidOption} if they cannot be read
     * @throws KeyManagementException if they cannot be read; its message has the property, the file and the reason, not
     *     the password
     */
    public TrustManager[] trustManagers(Supplier<TrustStore> anchors) throws KeyManagementException {
        try {
            var factory = new PkixTrustManagerFactory(anchors, clock);
            factory.engineInit((KeyStore) null);
            return factory.engineGetTrustManagers();
        } catch (KeyStoreException e) {
            throw new KeyManagementException(e.getMessage(), e);
        }
    }

    /**
     * Returns the versions that clients enable, in the order of {@code jdk.tls.client.protocols}; empty if that is not
     * set. SSL 3.0 and {@code SSLv2Hello} are ignored.
     *
     * @throws InvalidOption with {@code ERR_TLS_INVALID_PROTOCOL_VERSION} for an unknown name, with
     *     {@code ERR_SSL_NO_PROTOCOLS_AVAILABLE} if none is left
     */
    public Optional<List<String>> clientProtocols() {
        return protocols("jdk.tls.client.protocols");
    }

    /**
     * Returns the versions that servers enable, from {@code jdk.tls.server.protocols}; see {@link #clientProtocols()}.
     */
    public Optional<List<String>> serverProtocols() {
        return protocols("jdk.tls.server.protocols");
    }

    /**
     * Returns the suites that clients enable, in the order of {@code jdk.tls.client.cipherSuites}; empty if that is not
     * set. The list includes suites that JSSE defines and no implementation supports any more.
     *
     * @throws InvalidOption with {@code ERR_SSL_NO_CIPHER_MATCH} for an unknown name, which the JDK would ignore
     */
    public Optional<List<String>> clientCipherSuites() {
        return suites("jdk.tls.client.cipherSuites");
    }

    /**
     * Returns the suites that servers enable, from {@code jdk.tls.server.cipherSuites}; see
     * {@link #clientCipherSuites()}.
     */
    public Optional<List<String>> serverCipherSuites() {
        return suites("jdk.tls.server.cipherSuites");
    }

    /**
     * Returns the versions of {@code https.protocols}, empty if it is not set.
     *
     * @throws InvalidOption as {@link #clientProtocols}
     */
    public Optional<List<String>> httpsProtocols() {
        return protocols("https.protocols");
    }

    /**
     * Returns {@code javax.net.ssl.sessionCacheSize}: how many sessions a context keeps, 0 to limit only their bytes;
     * empty if it is not set.
     *
     * @throws InvalidOption if it is not a number of at least 0
     */
    public OptionalInt sessionCacheSize() {
        String value = properties.apply("javax.net.ssl.sessionCacheSize");
        if (value == null || value.isBlank()) {
            return OptionalInt.empty();
        }
        try {
            int size = Integer.parseInt(value.strip());
            if (size >= 0) {
                return OptionalInt.of(size);
            }
        } catch (NumberFormatException e) {
            // Refused below.
        }
        throw new InvalidOption(
                "ERR_OUT_OF_RANGE",
                "javax.net.ssl.sessionCacheSize: \"%s\" was given, 0 to %d are allowed"
                        .formatted(TlsFailure.printable(value), Integer.MAX_VALUE));
    }

    private Optional<List<String>> protocols(String property) {
        List<String> named = list(property);
        if (named.isEmpty()) {
            return Optional.empty();
        }
        Set<String> supported = new LinkedHashSet<>();
        for (String name : named) {
            if (TlsVersion.ofProtocol(name).isPresent()) {
                supported.add(name);
            } else if (!BEFORE_TLS.contains(name)) {
                throw new InvalidOption(
                        "ERR_TLS_INVALID_PROTOCOL_VERSION",
                        "%s: \"%s\" is not a TLS version, allowed are TLSv1, TLSv1.1, TLSv1.2 and TLSv1.3"
                                .formatted(property, TlsFailure.printable(name)));
            }
        }
        if (supported.isEmpty()) {
            throw new InvalidOption(
                    "ERR_SSL_NO_PROTOCOLS_AVAILABLE",
                    "%s: %s are not supported any more, which leaves no version".formatted(property, named));
        }
        return Optional.of(List.copyOf(supported));
    }

    private Optional<List<String>> suites(String property) {
        List<String> named = list(property);
        for (String name : named) {
            if (!Suite.isKnownName(name)) {
                throw new InvalidOption(
                        "ERR_SSL_NO_CIPHER_MATCH",
                        "%s: \"%s\" is not a cipher suite".formatted(property, TlsFailure.printable(name)));
            }
        }
        return named.isEmpty() ? Optional.empty() : Optional.of(List.copyOf(new LinkedHashSet<>(named)));
    }

    /** Splits the value of a property at commas; as in the JDK it may be in double quotes. */
    private List<String> list(String property) {
        String value = properties.apply(property);
        if (value == null) {
            return List.of();
        }
        boolean quoted = value.length() > 1 && value.startsWith("\"") && value.endsWith("\"");
        List<String> elements = new ArrayList<>();
        for (String element : (quoted ? value.substring(1, value.length() - 1) : value).split(",", -1)) {
            if (!element.isBlank()) {
                elements.add(element.strip());
            }
        }
        return elements;
    }
}
