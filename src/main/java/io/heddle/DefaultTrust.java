package io.heddle;

import io.heddle.certificate.CertificateReader;
import io.heddle.certificate.Pem;
import io.heddle.certificate.TrustStore;
import io.heddle.certificate.TrustedCertificate;
import io.heddle.failure.InvalidOption;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The roots for contexts without a {@code ca}, which the application can replace. Thread-safe. */
final class DefaultTrust {
    private static final String EXTRA = "heddle.extraCACerts";

    private static final ReentrantLock LOCK = new ReentrantLock();

    /** Written under the lock, read without it, by whoever makes a context. */
    private static final Map<CaSource, Roots> KNOWN = new ConcurrentHashMap<>();

    private DefaultTrust() {}

    /** Roots with what is made of them once and then always the same object. */
    private static final class Roots {
        final TrustStore store;
        final List<String> pem;

        /** Made on first use; racing threads may make it twice, which does no harm. */
        private volatile @Nullable SecureContext context;

        Roots(TrustStore store) {
            this.store = store;
            // Without a line end at the end, as in Node.
            this.pem = store.trusted().stream()
                    .map(each -> each.toPem().stripTrailing())
                    .toList();
        }

        SecureContext context() {
            SecureContext made = context;
            if (made == null) {
                made = SecureContext.builder().build();
                context = made;
            }
            return made;
        }
    }

    static TrustStore store() {
        return roots(CaSource.DEFAULT).store;
    }

    /** Returns the context of clients that set no option. */
    static SecureContext context() {
        return roots(CaSource.DEFAULT).context();
    }

    static List<String> pem(CaSource source) {
        return roots(source).pem;
    }

    /** Replaces the default roots; where one cannot be read, nothing changes. */
    static void replace(Collection<String> texts) {
        List<TrustedCertificate> certificates = new ArrayList<>();
        int index = 0;
        for (String text : texts) {
            certificates.addAll(read("certs[%d]".formatted(index++), text));
        }
        var made = new Roots(TrustStore.ofTrusted(certificates));
        LOCK.lock();
        try {
            KNOWN.put(CaSource.DEFAULT, made);
        } finally {
            LOCK.unlock();
        }
    }

    private static List<TrustedCertificate> read(String name, String text) {
        byte[] content = text.getBytes(StandardCharsets.UTF_8);
        try {
            return CertificateReader.readTrusted(name, content);
        } catch (InvalidOption e) {
            if (e.code().equals("ERR_OSSL_PEM_NO_START_LINE") && !Pem.isPem(content)) {
                throw new InvalidOption(
                        "ERR_CRYPTO_OPERATION_FAILED", "%s: No valid certificates found".formatted(name), e);
            }
            throw e;
        }
    }

    private static Roots roots(CaSource source) {
        Roots known = KNOWN.get(source);
        return known == null ? loadOnce(source) : known;
    }

    private static Roots loadOnce(CaSource source) {
        LOCK.lock();
        try {
            Roots known = KNOWN.get(source);
            if (known != null) {
                return known;
            }
            Roots made = load(source);
            KNOWN.put(source, made);
            return made;
        } finally {
            LOCK.unlock();
        }
    }

    private static Roots load(CaSource source) {
        return switch (source) {
            case DEFAULT -> initial();
            case BUNDLED -> new Roots(TrustStore.system());
            case EXTRA -> new Roots(TrustStore.ofTrusted(readExtra()));
        };
    }

    private static Roots initial() {
        Roots first = roots(CaSource.BUNDLED);
        List<TrustedCertificate> more = roots(CaSource.EXTRA).store.trusted();
        return more.isEmpty() ? first : new Roots(first.store.plusTrusted(more));
    }

    /** As in Node a file that cannot be read costs a warning: what is missing is trust, so nothing becomes unsafe. */
    private static List<TrustedCertificate> readExtra() {
        String file = System.getProperty(EXTRA, "");
        if (file.isEmpty()) {
            return List.of();
        }
        try {
            Source source = Source.file(EXTRA, Path.of(file), null);
            return CertificateReader.readTrusted(source.name(), source.read());
        } catch (IllegalArgumentException e) {
            System.getLogger(Tls.class.getName())
                    .log(Level.WARNING, "Ignoring extra certs from {0}, load failed: {1}", file, e.getMessage());
            return List.of();
        }
    }
}
