package io.heddle;

import io.heddle.certificate.file.CertificateReader;
import io.heddle.certificate.file.TrustedCertificate;
import io.heddle.certificate.path.StoreProperties;
import io.heddle.certificate.path.TrustStore;
import io.heddle.failure.InvalidOption;
import io.heddle.failure.TlsFailure;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The roots for contexts without a {@code ca}, which the application can replace, and the sources that they come from.
 * Thread-safe.
 */
final class DefaultTrust {
    private static final String EXTRA = "heddle.extraCACerts";
    /** The name of the log; that of {@link Tls}, where applications set these roots. */
    private static final String LOG = "io.heddle.Tls";

    private static final String USE_SYSTEM = "heddle.useSystemCA";

    private static final ReentrantLock LOCK = new ReentrantLock();

    /** The roots that have been read. Written under the lock, read without it when a context is built. */
    private static final Map<CaSource, Roots> LOADED = new ConcurrentHashMap<>();

    /** The default roots before they were replaced, null until they are needed. Under the lock. */
    private static @Nullable Roots original;

    /**
     * Whether the application has replaced the default roots. Written under the lock, read without it when a context is
     * built.
     */
    private static volatile boolean replaced;

    private DefaultTrust() {}

    /** The roots of one source, and their text. */
    private static final class Roots {
        final TrustStore store;
        final List<String> pem;

        /** The reason why there are no certificates, or empty. */
        final String absence;

        Roots(TrustStore store, String absence) {
            this.store = store;
            // Without a final line end, as in Node.
            this.pem = store.trusted().stream()
                    .map(certificate -> certificate.toPem().stripTrailing())
                    .toList();
            this.absence = absence;
        }
    }

    static TrustStore store() {
        return roots(CaSource.DEFAULT).store;
    }

    static List<String> pem(CaSource source) {
        return roots(source).pem;
    }

    /**
     * Returns the certificates of a source that an option names.
     *
     * @throws InvalidOption if there are none; the default roots alone may be empty, since {@link #replace} may be
     *     called with none
     */
    static List<TrustedCertificate> named(String option, CaSource source) {
        Roots roots = roots(source);
        List<TrustedCertificate> certificates = roots.store.trusted();
        if (certificates.isEmpty() && source != CaSource.DEFAULT) {
            throw new InvalidOption(
                    "ERR_CRYPTO_OPERATION_FAILED",
                    "%s: CaSource.%s has no certificate: %s".formatted(option, source, roots.absence));
        }
        return certificates;
    }

    /**
     * Returns the roots of an {@code SSLContext} without trust managers: those that the application has set, else those
     * of the platform, whose store is checked again, with the additions of the system properties.
     *
     * @throws InvalidOption if the store that {@code javax.net.ssl.trustStore} names cannot be read
     */
    static TrustStore ofPlatform() {
        return replaced ? store() : withAdditions(StoreProperties.ofSystem().trustStore());
    }

    /** Replaces the default roots; if one cannot be read, nothing is changed. */
    static void replace(Collection<?> certs) {
        List<TrustedCertificate> certificates = new ArrayList<>();
        int index = 0;
        for (Object cert : certs) {
            certificates.addAll(read("certs[%d]".formatted(index++), cert));
        }
        var roots = new Roots(TrustStore.ofTrusted(certificates), "Tls.setDefaultCACertificates was called with none");
        LOCK.lock();
        try {
            Roots first = original;
            boolean back = first != null && first.store.trusted().equals(roots.store.trusted());
            LOADED.put(CaSource.DEFAULT, back ? first : roots);
            replaced = !back;
        } finally {
            LOCK.unlock();
        }
    }

    private static List<TrustedCertificate> read(String name, @Nullable Object given) {
        try {
            return switch (given) {
                case X509Certificate certificate -> List.of(TrustedCertificate.of(certificate));
                case String pem -> Source.text(name, pem, null).read(CertificateReader::readTrusted);
                case byte[] content -> Source.bytes(name, content, null).read(CertificateReader::readTrusted);
                case Path file -> Source.file(name, file, null).read(CertificateReader::readTrusted);
                case null -> throw refused(name, "null");
                default -> throw refused(name, "a " + given.getClass().getName());
            };
        } catch (InvalidOption e) {
            if (e.code().equals("ERR_OSSL_PEM_NO_START_LINE")) {
                throw new InvalidOption(
                        "ERR_CRYPTO_OPERATION_FAILED", "%s (No valid certificates found)".formatted(e.getMessage()), e);
            }
            throw e;
        }
    }

    private static InvalidOption refused(String name, String given) {
        return new InvalidOption(
                "ERR_INVALID_ARG_TYPE",
                "%s: %s was given, allowed are String, byte[], Path and X509Certificate".formatted(name, given));
    }

    private static Roots roots(CaSource source) {
        Roots loaded = LOADED.get(source);
        return loaded == null ? loadOnce(source) : loaded;
    }

    private static Roots loadOnce(CaSource source) {
        LOCK.lock();
        try {
            Roots loaded = LOADED.get(source);
            if (loaded != null) {
                return loaded;
            }
            loaded = load(source);
            LOADED.put(source, loaded);
            if (source == CaSource.DEFAULT) {
                original = loaded;
            }
            return loaded;
        } finally {
            LOCK.unlock();
        }
    }

    private static Roots load(CaSource source) {
        return switch (source) {
            case DEFAULT -> {
                Roots platform = roots(CaSource.BUNDLED);
                TrustStore all = withAdditions(platform.store);
                yield all == platform.store ? platform : new Roots(all, platform.absence);
            }
            case BUNDLED -> new Roots(TrustStore.system(), "the Java platform has neither jssecacerts nor cacerts");
            case SYSTEM -> readSystem();
            case EXTRA -> readExtra();
        };
    }

    private static TrustStore withAdditions(TrustStore first) {
        List<TrustedCertificate> more =
                new ArrayList<>(roots(CaSource.EXTRA).store.trusted());
        if (usesSystem()) {
            more.addAll(roots(CaSource.SYSTEM).store.trusted());
        }
        return first.plusTrusted(more);
    }

    private static boolean usesSystem() {
        String value = System.getProperty(USE_SYSTEM, "");
        return switch (value) {
            case "true" -> true;
            case "", "false" -> false;
            default ->
                throw new InvalidOption(
                        "ERR_INVALID_ARG_VALUE",
                        "%s: \"%s\" was given, true and false are allowed"
                                .formatted(USE_SYSTEM, TlsFailure.printable(value)));
        };
    }

    private static Roots readSystem() {
        OperatingSystemRoots read = OperatingSystemRoots.read();
        for (String problem : read.problems()) {
            warn("Ignoring system certs: {0}", problem);
        }
        return new Roots(TrustStore.ofTrusted(read.certificates()), String.join("; ", read.problems()));
    }

    /** As in Node a file that cannot be read causes a warning: less is trusted, so nothing becomes unsafe. */
    private static Roots readExtra() {
        String file = System.getProperty(EXTRA, "");
        if (file.isEmpty()) {
            return new Roots(TrustStore.of(List.of()), "the system property %s is not set".formatted(EXTRA));
        }
        try {
            List<TrustedCertificate> read =
                    Source.file(EXTRA, Path.of(file), null).read(CertificateReader::readTrusted);
            return new Roots(TrustStore.ofTrusted(read), "");
        } catch (IllegalArgumentException e) {
            String reason = String.valueOf(e.getMessage());
            warn("Ignoring extra certs from {0}, load failed: {1}", file, reason);
            return new Roots(TrustStore.of(List.of()), reason);
        }
    }

    private static void warn(String format, Object... values) {
        System.getLogger(LOG).log(Level.WARNING, format, values);
    }
}
