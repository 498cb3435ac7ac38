package io.heddle.certificate.path;

import io.heddle.failure.InvalidOption;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.NoSuchProviderException;
import java.security.UnrecoverableKeyException;
import java.security.cert.CertificateException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The key store and trust store of JSSE's system properties {@code javax.net.ssl.keyStore} and
 * {@code javax.net.ssl.trustStore}, each with the suffixes {@code Type}, {@code Provider} and {@code Password}.
 *
 * <p>As in the JDK the value {@code NONE} stands for a store without a file, such as a PKCS#11 token, and without a
 * trust store the files {@code jssecacerts} and {@code cacerts} of the platform are tried in this order. Unlike in the
 * JDK, which falls back to {@code cacerts}, a configured trust store that cannot be read is refused. A trust store is
 * read again when its file has changed. Thread-safe.
 */
public final class StoreProperties {
    private static final String NO_FILE = "NONE";
    private static final String TOKEN = "PKCS11";
    private static final String UNUSABLE = "ERR_CRYPTO_OPERATION_FAILED";

    /**
     * The trust store that was read last, so that many contexts do not each read it. Written and read by any thread.
     */
    private static volatile @Nullable Known last;

    private final Function<String, @Nullable String> properties;

    /**
     * Creates a reader of properties.
     *
     * @param properties returns the value of a property or null; normally {@code System::getProperty}
     */
    public StoreProperties(Function<String, @Nullable String> properties) {
        this.properties = properties;
    }

    /** Returns the properties of this process. */
    public static StoreProperties ofSystem() {
        return new StoreProperties(System::getProperty);
    }

    /**
     * An opened key store.
     *
     * @param password the password of its keys; null for a token, which prompts for it
     */
    public record Opened(KeyStore store, char @Nullable [] password) {
        /** Returns the type of the store without the password. */
        @Override
        public String toString() {
            return "Opened[" + store.getType() + "]";
        }
    }

    /**
     * Reads the key store, empty if {@code javax.net.ssl.keyStore} is not set.
     *
     * @throws InvalidOption if it cannot be read, with the property, the file and the reason
     */
    public Optional<Opened> keyStore() {
        var named = new Named("javax.net.ssl.keyStore");
        if (named.location.isEmpty()) {
            return Optional.empty();
        }
        boolean token = TOKEN.equalsIgnoreCase(named.type);
        if (token && !named.location.equals(NO_FILE)) {
            throw new InvalidOption(
                    "ERR_INVALID_ARG_VALUE",
                    "javax.net.ssl.keyStore: it is \"%s\", for a store of type PKCS11 only NONE is allowed"
                            .formatted(named.location));
        }
        KeyStore store = named.load();
        return Optional.of(new Opened(store, token ? null : named.password()));
    }

    /**
     * Reads the trust store; it is empty if none is configured and the platform has none.
     *
     * @throws InvalidOption if a store cannot be read, with the property, the file and the reason
     */
    public TrustStore trustStore() {
        var named = new Named("javax.net.ssl.trustStore");
        boolean platform = named.location.isEmpty();
        if (platform) {
            Optional<Path> roots = platformRoots();
            if (roots.isEmpty()) {
                return TrustStore.of(List.of());
            }
            named.location = roots.get().toString();
        }
        try {
            TrustStore trust = readOnce(named);
            if (trust.certificates().isEmpty() && named.secret.isEmpty() && !platform) {
                // Without a password the JDK silently skips encrypted entries.
                throw named.refused(
                        "", "has no certificate that can be read without javax.net.ssl.trustStorePassword", null);
            }
            return trust;
        } catch (KeyStoreException unusable) {
            throw named.refused("", "cannot be looked through", unusable);
        }
    }

    private Optional<Path> platformRoots() {
        String home = value("java.home");
        if (home.isEmpty()) {
            return Optional.empty();
        }
        Path security = Path.of(home, "lib", "security");
        return List.of(security.resolve("jssecacerts"), security.resolve("cacerts")).stream()
                .filter(file -> Files.isRegularFile(file) && Files.isReadable(file))
                .findFirst();
    }

    private String value(String property) {
        String value = properties.apply(property);
        return value == null ? "" : value;
    }

    private static TrustStore readOnce(Named named) throws KeyStoreException {
        Optional<FileTime> modified = named.modified();
        Known known = last;
        if (modified.isPresent() && known != null && known.isOf(named, modified.get())) {
            return known.store;
        }
        TrustStore read = TrustStore.of(named.load());
        if (modified.isPresent()) {
            last = new Known(named.location, named.type, named.provider, modified.get(), read);
        }
        return read;
    }

    private record Known(String location, String type, String provider, FileTime modified, TrustStore store) {
        boolean isOf(Named named, FileTime changed) {
            return named.location.equals(location)
                    && named.type.equals(type)
                    && named.provider.equals(provider)
                    && changed.equals(modified);
        }
    }

    /** The values of the four properties of one store. */
    private final class Named {
        private final String property;
        private final String type;
        private final String provider;
        private final String secret;
        private String location;

        Named(String property) {
            this.property = property;
            this.location = value(property);
            String given = value(property + "Type");
            this.type = given.isEmpty() ? KeyStore.getDefaultType() : given;
            this.provider = value(property + "Provider");
            this.secret = value(property + "Password");
        }

        char @Nullable [] password() {
            return secret.isEmpty() ? null : secret.toCharArray();
        }

        /** Returns the modification time of the file, empty if there is no file or no such time. */
        Optional<FileTime> modified() {
            try {
                return location.equals(NO_FILE)
                        ? Optional.empty()
                        : Optional.of(Files.getLastModifiedTime(Path.of(location)));
            } catch (IOException | RuntimeException unreadable) {
                return Optional.empty(); // reading the file then reports the cause
            }
        }

        KeyStore load() {
            KeyStore store = instance();
            try {
                if (location.equals(NO_FILE)) {
                    store.load(null, password());
                } else {
                    try (InputStream file = new BufferedInputStream(Files.newInputStream(Path.of(location)))) {
                        store.load(file, password());
                    }
                }
                return store;
            } catch (NoSuchFileException missing) {
                throw refused("", "does not exist", missing);
            } catch (AccessDeniedException denied) {
                throw refused("", "may not be read by this process", denied);
            } catch (IOException unreadable) {
                if (unreadable.getCause() instanceof UnrecoverableKeyException) {
                    throw refused("Password", "is not opened by the password", unreadable);
                }
                throw refused("", "cannot be read as a store of type " + type + reason(unreadable), unreadable);
            } catch (CertificateException | RuntimeException broken) {
                throw refused("", "cannot be read" + reason(broken), broken);
            } catch (GeneralSecurityException unusable) {
                throw refused("", "cannot be checked" + reason(unusable), unusable);
            }
        }

        private KeyStore instance() {
            try {
                return provider.isEmpty() ? KeyStore.getInstance(type) : KeyStore.getInstance(type, provider);
            } catch (KeyStoreException unknown) {
                throw new InvalidOption(
                        "ERR_INVALID_ARG_VALUE",
                        "%sType: no provider has a store of type \"%s\"".formatted(property, type),
                        unknown);
            } catch (NoSuchProviderException unknown) {
                throw new InvalidOption(
                        "ERR_INVALID_ARG_VALUE",
                        "%sProvider: there is no provider \"%s\"".formatted(property, provider),
                        unknown);
            }
        }

        InvalidOption refused(String which, String reason, @Nullable Exception cause) {
            return new InvalidOption(UNUSABLE, "%s%s: \"%s\" %s".formatted(property, which, location, reason), cause);
        }

        private String reason(Exception thrown) {
            return " (%s)"
                    .formatted(thrown.getMessage() == null ? thrown.getClass().getSimpleName() : thrown.getMessage());
        }
    }
}
