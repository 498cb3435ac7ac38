package io.heddle.load;

/**
 * A connection that is used for several requests or a stream. Its handshake counts when it is settled: a server of TLS 1.3 may
 * refuse our certificate when we think that all is done. Used by one thread.
 */
final class KeptConnection {
    private final LoadConnection connection;
    private final Tally tally;
    private final long handshakeNanos;
    private boolean settled;
    private int requests;

    /**
     * Keeps a connection.
     *
     * @param tally where its handshake counts
     */
    KeptConnection(LoadConnection connection, Tally tally, long handshakeNanos) {
        this.connection = connection;
        this.tally = tally;
        this.handshakeNanos = handshakeNanos;
    }

    LoadConnection connection() {
        return connection;
    }

    Tally tally() {
        return tally;
    }

    boolean settled() {
        return settled;
    }

    /** Returns how many requests it has been used for, this one included. */
    int nextRequest() {
        return ++requests;
    }

    /** The server has shown that the handshake succeeded. */
    void settle(int user) {
        if (!settled) {
            settled = true;
            tally.handshake(user, connection, handshakeNanos);
        }
    }

    /** The server has refused it after all, which is counted by who says so. */
    void refused() {
        settled = true;
    }
}
