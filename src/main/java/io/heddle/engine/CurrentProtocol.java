package io.heddle.engine;

import io.heddle.engine.handshake.Protocol;

/**
 * The protocol object of a connection, which changes once: after the last handshake, where no renegotiation can begin, a
 * small one takes the place of that with the state of the handshake, so that an idle connection holds none of it.
 *
 * <p>The change happens under the same locks as every use of the protocol object.
 */
final class CurrentProtocol {
    /** Written under the engine lock of a connection or the lock of an exchange; read by any thread. */
    private volatile Protocol current;

    CurrentProtocol(Protocol handshake) {
        this.current = handshake;
    }

    /** Returns the protocol object. It is used within one operation and not kept, since another may replace it. */
    Protocol get() {
        return current;
    }

    /**
     * Drops the state of a handshake that is complete, as far as nothing can need it again. Called outside of calls
     * into the protocol object, which may still be under way in the old one otherwise.
     */
    void dropHandshake() {
        current = current.afterHandshake();
    }
}
