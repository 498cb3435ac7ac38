package io.heddle.certificate.path;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.heddle.certificate.x509.Purpose;
import io.heddle.failure.TlsFailure;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A cache of chains that were good and of the hosts that they match, so that a repeated verification, in a handshake or
 * at a resumption, costs little.
 *
 * <p>The key of a verdict is a chain, a purpose and a generation of trust; it is kept for at most one minute, since
 * certificates and revocation lists expire. Whether a certificate matches a host never changes. Only good results are
 * cached, so that a peer cannot fill the cache with untrusted chains. Thread-safe.
 */
public final class VerdictCache {
    private static final int MOST = 1_000;
    private static final Duration LIFETIME = Duration.ofMinutes(1);

    private record Key(List<X509Certificate> chain, Purpose purpose, long generation, long minute) {}

    private record Name(String host, X509Certificate certificate) {}

    private final Cache<Name, Boolean> names =
            Caffeine.newBuilder().maximumSize(MOST).build();

    private final Cache<Key, Verdict> verdicts =
            Caffeine.newBuilder().maximumSize(MOST).expireAfterWrite(LIFETIME).build();

    /** Creates an empty cache. */
    public VerdictCache() {}

    /** Returns the result of {@link ChainVerifier#verify(List, TrustStore, Purpose, Instant, ChainVerifier.Limits)}. */
    public Verdict ofChain(
            List<X509Certificate> chain, TrustStore trust, Purpose purpose, Instant at, ChainVerifier.Limits limits) {
        var key = new Key(chain, purpose, trust.generation(), at.getEpochSecond() / LIFETIME.toSeconds());
        Verdict verdict = verdicts.getIfPresent(key);
        if (verdict == null) {
            verdict = ChainVerifier.verify(chain, trust, purpose, at, limits);
            if (verdict.ok()) {
                verdicts.put(key, verdict);
            }
        }
        return verdict;
    }

    /** Returns the result of {@link ServerIdentity#check(String, X509Certificate)}. */
    public Optional<TlsFailure> ofName(String hostname, X509Certificate certificate) {
        var name = new Name(hostname, certificate);
        if (names.getIfPresent(name) != null) {
            return Optional.empty();
        }
        Optional<TlsFailure> wrong = ServerIdentity.check(hostname, certificate);
        if (wrong.isEmpty()) {
            names.put(name, true);
        }
        return wrong;
    }
}
