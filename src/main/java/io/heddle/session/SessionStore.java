package io.heddle.session;

import java.time.Duration;
import java.util.Optional;

/**
 * Where a server keeps sessions that it does not send to the client as tickets: bytes by session id, each with an expiry.
 *
 * <p>Implementations are called from the thread of the connection, many at a time, and may block: it holds no lock meanwhile.
 * They may be remote, and so may fail. There is no checked exception, because the caller has nothing to mend: whatever an
 * implementation throws counts as "not found" or "not kept", and a full handshake follows. A store
 * that is slow delays handshakes, so implementations bound their own waiting.
 *
 * <p>The bytes are the DER of a {@link SessionState}, as secret as a key. Ids have 1 to 32 bytes.
 *
 * @see <a href="https://nodejs.org/api/tls.html#event-newsession">Node events newSession and resumeSession</a>
 */
public interface SessionStore {
    /**
     * Keeps a session under its id, in place of one that was there.
     *
     * @param timeToLive after this it must not be found any more; zero or less keeps nothing
     */
    void put(byte[] id, byte[] session, Duration timeToLive);

    /** Returns the session with this id, whose bytes the caller may change; empty if there is none, or none any more. */
    Optional<byte[]> get(byte[] id);

    /**
     * Removes the session with this id, if there is one. Called when a fatal alert, sent or received, has ended a connection that made
     * or resumed the session, which must not be resumed any more then (RFC 5246 7.2.2). Where the store is not {@link
     * CaffeineSessionStore}, from a virtual thread of its own, so that closing the connection does not wait for it.
     */
    void remove(byte[] id);
}
