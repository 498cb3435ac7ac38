package io.heddle.endpoint;

import io.heddle.cipher.GroupList;
import io.heddle.cipher.Sigalg;
import io.heddle.engine.handshake.HandshakeSettings;
import io.heddle.failure.TlsFailure;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The handshake settings of a context's last connection, which the next one most often needs too. Thread-safe: any
 * value it holds is a right one.
 */
final class SettingsCache {
    private volatile @Nullable Entry last;

    /**
     * The values the settings are made of. Lists that a connection has not changed are the context's own, so they
     * compare fast.
     */
    record Key(
            List<String> protocols,
            List<String> suites,
            GroupList groups,
            List<Sigalg> sigalgs,
            List<String> alpnProtocols,
            boolean newSessions,
            boolean sharedKeys) {}

    private record Entry(Key key, HandshakeSettings settings) {}

    interface Factory {
        HandshakeSettings create(Key key) throws TlsFailure;
    }

    HandshakeSettings get(Key key, Factory factory) throws TlsFailure {
        Entry entry = last;
        if (entry == null || !entry.key().equals(key)) {
            entry = new Entry(key, factory.create(key));
            last = entry;
        }
        return entry.settings();
    }
}
