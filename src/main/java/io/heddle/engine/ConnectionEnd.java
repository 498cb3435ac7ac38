package io.heddle.engine;

/** How a connection ended, as far as it has. */
public enum ConnectionEnd {
    /** Nobody but this side has ended it. */
    CLOSED,
    /** The peer said that it ends (close_notify). */
    CLOSE_NOTIFY,
    /** The peer's data just ended. */
    EOF,
    /** The transport broke. */
    RESET,
    /** TLS failed, or the peer sent a fatal alert. */
    FAILED
}
