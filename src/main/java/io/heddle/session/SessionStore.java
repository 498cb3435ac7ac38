package io.heddle.session;

import java.time.Duration;
import java.util.Optional;

/**
 * A store of the sessions that a server does not send to the client as tickets: bytes by session id, each with
 * an expiry.
 *
 * <p>Implementations are called concurrently on the threads of connections, which hold no lock, and may block. They may
 * be remote, and so may fail. There is no checked exception, because the caller cannot handle it: any exception counts
 * as "not found" or "not kept", and a full handshake follows. A slow store delays handshakes, so implementations must
 * bound their waiting.
 *
 * <p>The bytes are the DER of a {@link SessionState}, as secret as a key. Ids have 1 to 32 bytes.
 *
 * @see <a href="https://nodejs.org/api/tls.html#event-newsession">Node events newSession and resumeSession</a>
 */
public interface SessionStore {
    /**
     * Stores a session under its id, replacing an earlier one.
     *
     * @param timeToLive the time after which it must no longer be found; zero or less stores nothing
     */
    void put(byte[] id, byte[] session, Duration timeToLive);

    /**
     * Returns the session with this id, as bytes that the caller may modify; empty if there is none or it has expired.
     */
    Optional<byte[]> get(byte[] id);

    /**
     * Removes the session with this id, if there is one. Called when a fatal alert, sent or received, has ended a
     * connection that established or resumed the session, which must then not be resumed (RFC 5246 7.2.2). Stores other
     * than {@link CaffeineSessionStore} are called on a separate virtual thread, so that closing the connection does
     * not wait for them.
     */
    void remove(byte[] id);
}
