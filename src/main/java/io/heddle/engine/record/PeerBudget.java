package io.heddle.engine.record;

import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The limits on work that a peer can cause without progress: how often each kind of it may come in a row. Application
 * data and the end of a handshake reset the counts.
 *
 * <p>Confined to the thread that reads, under the in lock of a connection or the lock of a record exchange.
 */
public final class PeerBudget {
    /** The kinds of work, and how many of each are allowed in a row. */
    public enum Item {
        EMPTY_RECORD("empty records", 32),
        /** RFC 8446 5: they are legal, without meaning, in the handshake of TLS 1.3. */
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

    /** How many of each item came; null while none did, as on almost all connections. */
    private @Nullable Map<Item, Integer> spent;

    /**
     * Counts an item.
     *
     * @throws TlsFailure with the alert unexpected_message, if it exceeds the limit
     */
    public void spend(Item item) throws TlsFailure {
        Map<Item, Integer> counts = spent;
        if (counts == null) {
            counts = new EnumMap<>(Item.class);
            spent = counts;
        }
        int count = counts.merge(item, 1, Integer::sum);
        if (count > item.allowed) {
            throw Code.ERR_SSL_UNEXPECTED_MESSAGE.failure(
                    "record: the peer sent %d %s in a row without data, %d are allowed",
                    count, item.name, item.allowed);
        }
    }

    /** Resets the counts, after the peer sent application data or completed a handshake. */
    public void progress() {
        if (spent != null) {
            spent = null;
        }
    }
}
