package io.heddle.managers;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;

/**
 * A cache of the peers that a trust manager accepted lately, so that resuming a session does not cost a verification.
 *
 * <p>An entry counts for five minutes and for resumptions only, since a manager may change its trust, for example by
 * reading its files again. Thread-safe.
 */
public final class AcceptedPeers {
    private static final int CAPACITY = 1_000;
    private static final Duration LIFETIME = Duration.ofMinutes(5);

    private record Peer(List<X509Certificate> chain, String name) {}

    private final Cache<Peer, Boolean> peers = Caffeine.newBuilder()
            .maximumSize(CAPACITY)
            .expireAfterWrite(LIFETIME)
            .build();

    /** Creates an empty cache. */
    public AcceptedPeers() {}

    /** Returns whether the manager accepted the chain for the name, which is empty if none was checked. */
    public boolean contains(List<X509Certificate> chain, String name) {
        return peers.getIfPresent(new Peer(chain, name)) != null;
    }

    /** Records that the manager accepted the chain for the name. */
    public void add(List<X509Certificate> chain, String name) {
        peers.put(new Peer(chain, name), Boolean.TRUE);
    }
}
