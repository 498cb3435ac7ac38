package io.heddle.engine.handshake;

import java.time.Duration;

/**
 * How often a peer may begin to negotiate anew.
 *
 * @param allowed whether there is renegotiation at all
 * @param limit how many negotiations in a row, each begun within {@code window} of the one before, the peer may begin
 * @param window the time after which counting starts again
 */
public record RenegotiationLimit(boolean allowed, int limit, Duration window) {
    /** There is none: the peer hears {@code no_renegotiation}. */
    public static final RenegotiationLimit NONE = new RenegotiationLimit(false, 0, Duration.ZERO);

    /** As often as the peer likes: a client pays as much for it as its server. */
    public static final RenegotiationLimit UNLIMITED = new RenegotiationLimit(true, Integer.MAX_VALUE, Duration.ZERO);
}
