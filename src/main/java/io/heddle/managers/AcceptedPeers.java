package io.heddle.managers;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;

/**
 * Peers that a trust manager has agreed to a short while ago, so that resuming a session does not cost a verification each time.
 *
 * <p>The manager's trust may change under us, as that of one that reads its files anew does: what it said counts for five minutes,
 * and for resumptions only. Thread-safe.
 */
public final class AgreedPeers {
    private static final int MOST = 1_000;
    private static final Duration LIFETIME = Duration.ofMinutes(5);

    private record Peer(List<X509Certificate> chain, String name) {}

    private final Cache<Peer, Boolean> peers =
            Caffeine.newBuilder().maximumSize(MOST).expireAfterWrite(LIFETIME).build();

    /** Makes an empty one. */
    public AgreedPeers() {}

    /** Returns whether the manager agreed to this chain under this name, which is empty where none was checked. */
    public boolean contains(List<X509Certificate> chain, String name) {
        return peers.getIfPresent(new Peer(chain, name)) != null;
    }

    /** The manager has agreed. */
    public void add(List<X509Certificate> chain, String name) {
        peers.put(new Peer(chain, name), Boolean.TRUE);
    }
}
