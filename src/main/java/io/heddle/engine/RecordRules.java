package io.heddle.engine;

import io.heddle.engine.crypto.RecordCipher;
import io.heddle.engine.handshake.Protocol;
import io.heddle.engine.record.PeerBudget;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;

/**
 * The checks of received records: their length, and when application data may come.
 *
 * <p>Confined to the thread that reads, except for {@link #bytes}.
 */
final class RecordRules {
    /** How many bytes of answers are kept for a peer that does not read them. */
    private static final int PENDING_OUTPUT = 64 * 1024;

    private final CurrentProtocol protocol;

    /** Written by the thread that reads, read by any thread. */
    private volatile long bytes;

    RecordRules(CurrentProtocol protocol) {
        this.protocol = protocol;
    }

    /** Returns the longest body that the next record may have, in bytes. */
    int longestBody() {
        Protocol current = protocol.get();
        if (!current.hasOpener()) {
            return RecordCipher.LARGEST_FRAGMENT + (current.earlyData().isExpected() ? RecordCipher.EXPANSION_13 : 0);
        }
        return RecordCipher.LARGEST_FRAGMENT + current.opener().expansion();
    }

    /** Checks a record of {@code n} bytes of application data, counts them and returns {@code n}; 0 is legal. */
    int data(int n) throws TlsFailure {
        if (protocol.get().signals().areKeysUnproven()) {
            throw Code.ERR_SSL_UNEXPECTED_MESSAGE.failure(
                    "record: the peer sent application data under new keys before its Finished");
        }
        if (protocol.get().messages().midMessage()) {
            throw Code.ERR_SSL_UNEXPECTED_MESSAGE.failure(
                    "record: the peer sent application data inside a handshake message");
        }
        if (n > protocol.get().getApplicationDataLimit()) {
            // RFC 6066 4: max_fragment_length binds both sides.
            throw Code.ERR_SSL_DATA_LENGTH_TOO_LONG.failure(
                    "record: the peer sent %d bytes in a record, %d were negotiated",
                    n, protocol.get().getApplicationDataLimit());
        }
        protocol.get().tracer().dataReceived(n);
        if (n == 0) {
            protocol.get().budget().spend(PeerBudget.Item.EMPTY_RECORD);
            return 0;
        }
        protocol.get().budget().progress();
        // Written by one thread at a time.
        long before = bytes;
        bytes = before + n;
        return n;
    }

    /**
     * Checks the output that waits for the peer besides application data. A negotiation has its own limits.
     *
     * @param pending its length in bytes
     */
    void pendingOutput(int pending) throws TlsFailure {
        if (pending > PENDING_OUTPUT && !protocol.get().negotiating()) {
            throw Code.ERR_TLS_SESSION_ATTACK.failure(
                    "record: the peer does not read the answers to its messages, %d bytes wait, %d are allowed",
                    pending, PENDING_OUTPUT);
        }
    }

    /** Resets the budget of the peer, which has completed a handshake. */
    void progress() {
        protocol.get().budget().progress();
    }

    /** Returns how many bytes of application data were received. */
    long bytes() {
        return bytes;
    }
}
