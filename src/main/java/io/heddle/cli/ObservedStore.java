package io.heddle.cli;

import io.heddle.session.SessionStore;
import java.time.Duration;
import java.util.Optional;

/** A session store that tells of what goes in and of what is asked for. As thread-safe as the store behind it. */
record ObservedStore(SessionStore store, EventLog events) implements SessionStore {
    @Override
    public void put(byte[] id, byte[] session, Duration timeToLive) {
        store.put(id, session, timeToLive);
        events.newSession(id);
    }

    @Override
    public Optional<byte[]> get(byte[] id) {
        Optional<byte[]> found = store.get(id);
        events.resumeSession(id, found.isPresent());
        return found;
    }

    @Override
    public void remove(byte[] id) {
        store.remove(id);
    }
}
