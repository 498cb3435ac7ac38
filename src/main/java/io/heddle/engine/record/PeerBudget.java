package io.heddle.engine.record;

import io.heddle.engine.Connection;
import io.heddle.engine.RecordExchange;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import java.util.EnumMap;
import java.util.Map;

/**
 * The work that a peer can cause without progress: for each kind of it, how often it may come in a row. Application data and the
 * end of a handshake begin the count anew.
 *
 * <p>Only the thread that reads spends from it, under the in lock of a {@link Connection} or the lock of a {@link RecordExchange}.
 */
public final class PeerBudget {
    /** What is counted, and how many of it are allowed in a row. */
    public enum Item {
        EMPTY_RECORD("empty records", 32),
        /** RFC 8446 5: they may come in the handshake of TLS 1.3, and mean nothing there. */
        CHANGE_CIPHER_SPEC("ChangeCipherSpec records", 32),
        WARNING_ALERT("warning alerts", 4),
        KEY_UPDATE("KeyUpdate messages", 32),
        HELLO_REQUEST("HelloRequest messages", 32),
        /** RFC 8446 4.6.1 sets no limit; OpenSSL sends at most 255. */
        TICKET("NewSessionTicket messages", 256);

        private final String name;
        private final int allowed;

        Item(String name, int allowed) {
            this.name = name;
            this.allowed = allowed;
        }
    }

    private final Map<Item, Integer> spent = new EnumMap<>(Item.class);

    /**
     * Counts one.
     *
     * @throws TlsFailure unexpected_message, if that is one too many
     */
    public void spend(Item item) throws TlsFailure {
        int count = spent.merge(item, 1, Integer::sum);
        if (count > item.allowed) {
            throw Code.ERR_SSL_UNEXPECTED_MESSAGE.failure(
                    "record: the peer sent %d %s in a row without data, %d are allowed",
                    count, item.name, item.allowed);
        }
    }

    /** The peer sent something of use. */
    public void progress() {
        if (!spent.isEmpty()) {
            spent.clear();
        }
    }
}
