package io.heddle.engine.handshake;

import java.time.Duration;

/**
 * The limit on renegotiations that a peer begins.
 *
 * @param allowed whether there is renegotiation at all
 * @param limit how many negotiations in a row, each begun within {@code window} of the one before, the peer may begin
 * @param window the time after which counting starts again
 */
public record RenegotiationLimit(boolean allowed, int limit, Duration window) {
    /** No renegotiation: the peer gets {@code no_renegotiation}. */
    public static final RenegotiationLimit NONE = new RenegotiationLimit(false, 0, Duration.ZERO);

    /** No limit: a client pays as much for a renegotiation as its server. */
    public static final RenegotiationLimit UNLIMITED = new RenegotiationLimit(true, Integer.MAX_VALUE, Duration.ZERO);
}
