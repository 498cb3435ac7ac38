package io.heddle.certificate.path;

import io.heddle.certificate.file.TrustedCertificate;
import io.heddle.certificate.x509.ParsedCertificate;
import io.heddle.certificate.x509.Purpose;
import io.heddle.failure.InvalidOption;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/**
 * A set of trusted certificates, indexed by subject, and of CRLs, indexed by issuer; Node
 * {@code tls.createSecureContext} {@code options.ca}, {@code options.crl} and {@code options.allowPartialTrustChain}.
 *
 * <p>Immutable and thread-safe. A self-signed certificate ends a chain; any other does so only with
 * {@link #allowPartialTrustChain(boolean)} and is otherwise an intermediate on the path to a self-signed one. If there
 * is at least one CRL, every certificate of a chain needs one.
 */
public final class TrustStore {
    private static final AtomicLong GENERATIONS = new AtomicLong();

    private final List<X509Certificate> certificates;
    private final List<X509CRL> crls;
    private final boolean allowPartialTrustChain;
    private final long generation = GENERATIONS.incrementAndGet();
    private final Map<X500Principal, List<ParsedCertificate>> bySubject;

    /** The purposes of those certificates that are not trusted for all. */
    private final Map<X509Certificate, Set<Purpose>> purposes;

    private final Map<X500Principal, List<RevocationList>> crlsByIssuer = new HashMap<>();

    private TrustStore(
            List<X509Certificate> certificates,
            Map<X500Principal, List<ParsedCertificate>> bySubject,
            Map<X509Certificate, Set<Purpose>> purposes,
            List<X509CRL> crls,
            boolean allowPartialTrustChain) {
        this.certificates = certificates;
        this.purposes = purposes;
        this.bySubject = bySubject;
        this.crls = List.copyOf(crls);
        this.allowPartialTrustChain = allowPartialTrustChain;
        for (X509CRL crl : crls) {
            crlsByIssuer
                    .computeIfAbsent(crl.getIssuerX500Principal(), name -> new ArrayList<>(1))
                    .add(new RevocationList(crl));
        }
    }

    /** Returns a store of these certificates; duplicates are dropped. An empty list trusts no certificate. */
    public static TrustStore of(List<X509Certificate> certificates) {
        var seen = new HashSet<X509Certificate>();
        var distinct = new ArrayList<X509Certificate>(certificates.size());
        var bySubject = new HashMap<X500Principal, List<ParsedCertificate>>();
        for (X509Certificate certificate : certificates) {
            if (seen.add(certificate)) {
                distinct.add(certificate);
                var link = new ParsedCertificate(certificate);
                bySubject
                        .computeIfAbsent(link.subject, name -> new ArrayList<>(1))
                        .add(link);
            }
        }
        return new TrustStore(List.copyOf(distinct), bySubject, Map.of(), List.of(), false);
    }

    /** Returns a store of these certificates, each for its purposes only; see {@link #plusTrusted}. */
    public static TrustStore ofTrusted(List<TrustedCertificate> trusted) {
        return of(List.of()).plusTrusted(trusted);
    }

    /**
     * Returns a store of the trusted entries of a JDK key store: its certificates, and the first certificate of each of
     * its keys. Other kinds of certificate are left out.
     *
     * @throws KeyStoreException if {@code store} was not loaded
     */
    public static TrustStore of(KeyStore store) throws KeyStoreException {
        var trusted = new ArrayList<X509Certificate>();
        for (String alias : Collections.list(store.aliases())) {
            // For a key entry this is the first certificate of its chain.
            if (store.getCertificate(alias) instanceof X509Certificate certificate) {
                trusted.add(certificate);
            }
        }
        return of(trusted);
    }

    /**
     * Returns the roots of the Java platform: its {@code cacerts}, or the store that {@code javax.net.ssl.trustStore}
     * names, as {@link StoreProperties} reads it. Loaded at the first use, then always the same object.
     *
     * @throws InvalidOption with {@code ERR_CRYPTO_OPERATION_FAILED} if the store cannot be read
     */
    public static TrustStore system() {
        return SystemRoots.get();
    }

    /** Returns this store with these certificates added. */
    public TrustStore plus(List<X509Certificate> more) {
        return plusTrusted(more.stream().map(TrustedCertificate::of).toList());
    }

    /**
     * Returns this store with these certificates added, each for its purposes only. A certificate that is given several
     * times is trusted for the purposes that all have in common.
     */
    public TrustStore plusTrusted(List<TrustedCertificate> more) {
        if (more.isEmpty()) {
            return this;
        }
        var all = new ArrayList<>(certificates);
        var limited = new HashMap<>(purposes);
        for (TrustedCertificate certificate : more) {
            all.add(certificate.certificate());
            if (!certificate.forAll()) {
                limited.merge(certificate.certificate(), certificate.purposes(), TrustStore::common);
            }
        }
        TrustStore united = of(all);
        return new TrustStore(united.certificates, united.bySubject, Map.copyOf(limited), crls, allowPartialTrustChain);
    }

    private static Set<Purpose> common(Set<Purpose> one, Set<Purpose> other) {
        return one.stream().filter(other::contains).collect(Collectors.toUnmodifiableSet());
    }

    /** Returns this store with these CRLs instead of its own; an empty list switches the checking of revocation off. */
    public TrustStore withCrls(List<X509CRL> others) {
        return new TrustStore(certificates, bySubject, purposes, others, allowPartialTrustChain);
    }

    /**
     * Returns this store with or without permission for a certificate that is not self-signed to end a chain;
     * initially without.
     */
    public TrustStore allowPartialTrustChain(boolean allow) {
        return allow == allowPartialTrustChain ? this : new TrustStore(certificates, bySubject, purposes, crls, allow);
    }

    /** Returns all certificates, in the order given, each once; immutable. */
    public List<X509Certificate> certificates() {
        return certificates;
    }

    /**
     * Returns all certificates with the purposes that they are trusted for, in the order given, each once; immutable.
     */
    public List<TrustedCertificate> trusted() {
        return certificates.stream()
                .map(certificate -> purposes.containsKey(certificate)
                        ? new TrustedCertificate(certificate, purposes.getOrDefault(certificate, Set.of()))
                        : TrustedCertificate.of(certificate))
                .toList();
    }

    /** Returns all CRLs, in the order given; immutable. */
    public List<X509CRL> crls() {
        return crls;
    }

    /** Returns whether a certificate that is not self-signed may end a chain. */
    public boolean allowPartialTrustChain() {
        return allowPartialTrustChain;
    }

    /** Returns a number that is unique among the stores of this process, for use as a cache key. */
    public long generation() {
        return generation;
    }

    /** Returns the subjects of all certificates, for the CertificateRequest of a server (RFC 8446 4.2.4). */
    public List<X500Principal> subjects() {
        return certificates.stream()
                .map(X509Certificate::getSubjectX500Principal)
                .distinct()
                .toList();
    }

    /**
     * Returns the issuer of a certificate, preferably one that is valid at {@code at}; for a self-signed certificate
     * itself, if it is in this store.
     */
    public Optional<X509Certificate> issuerOf(X509Certificate certificate, Instant at) {
        return Optional.ofNullable(issuerOf(new ParsedCertificate(certificate), at, any -> true))
                .map(link -> link.certificate);
    }

    /**
     * Returns {@code chain} followed by the issuers of its last certificate from this store, up to and including the
     * root, as OpenSSL completes a server's chain.
     */
    public List<X509Certificate> complete(List<X509Certificate> chain, Instant at) {
        var whole = new ArrayList<>(chain);
        var last = new ParsedCertificate(chain.getLast());
        while (!last.selfSigned) {
            ParsedCertificate issuer = issuerOf(last, at, link -> !whole.contains(link.certificate));
            if (issuer == null) {
                break;
            }
            whole.add(issuer.certificate);
            last = issuer;
        }
        return List.copyOf(whole);
    }

    /** Returns the likely issuer: the first that is valid at that time, else the one that was valid longest. */
    @Nullable
    ParsedCertificate issuerOf(ParsedCertificate certificate, Instant at, Predicate<ParsedCertificate> allowed) {
        return bestIssuer(named(certificate.issuer), certificate, at, allowed);
    }

    /** Returns the entries with this subject, in the order given. */
    List<ParsedCertificate> named(X500Principal subject) {
        return bySubject.getOrDefault(subject, List.of());
    }

    /** Returns whether a certificate of this store is trusted in chains for this purpose. */
    public boolean trusts(ParsedCertificate certificate, Purpose purpose) {
        if (purposes.isEmpty()) {
            return true; // hashing a certificate covers all its bytes
        }
        Set<Purpose> limited = purposes.get(certificate.certificate);
        return limited == null || limited.contains(purpose);
    }

    /** Returns the entry with the same bytes. */
    @Nullable
    ParsedCertificate same(ParsedCertificate certificate) {
        for (ParsedCertificate link : named(certificate.subject)) {
            if (link.isSameAs(certificate)) {
                return link;
            }
        }
        return null;
    }

    /** Returns the CRLs of an issuer. */
    List<RevocationList> crlsOf(X500Principal issuer) {
        return crlsByIssuer.getOrDefault(issuer, List.of());
    }

    /** Selects an issuer from candidates as OpenSSL does, so that both build the same chain. */
    static @Nullable ParsedCertificate bestIssuer(
            List<ParsedCertificate> candidates,
            ParsedCertificate certificate,
            Instant at,
            Predicate<ParsedCertificate> allowed) {
        ParsedCertificate latest = null;
        for (ParsedCertificate candidate : candidates) {
            if (!candidate.mayHaveIssued(certificate) || !allowed.test(candidate)) {
                continue;
            }
            if (!candidate.isNotYetValid(at) && !candidate.isExpired(at)) {
                return candidate;
            }
            if (latest == null || candidate.notAfter.isAfter(latest.notAfter)) {
                latest = candidate;
            }
        }
        return latest;
    }

    /**
     * A holder of the store that is loaded at the first use; {@code store} is written once under the lock and read
     * without it.
     */
    private static final class SystemRoots {
        private static final ReentrantLock LOCK = new ReentrantLock();
        private static volatile @Nullable TrustStore store;

        static TrustStore get() {
            TrustStore loaded = store;
            if (loaded == null) {
                LOCK.lock();
                try {
                    loaded = store == null ? StoreProperties.ofSystem().trustStore() : store;
                    store = loaded;
                } finally {
                    LOCK.unlock();
                }
            }
            return loaded;
        }
    }
}
