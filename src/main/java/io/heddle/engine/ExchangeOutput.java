package io.heddle.engine;

import io.heddle.engine.crypto.RecordCipher;
import io.heddle.engine.record.RecordCodec;
import io.heddle.engine.record.RecordCodec.PlaintextSource;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The output of a {@link RecordExchange}: the protocol's own records, and records of application data.
 *
 * <p>Guarded by the lock of the exchange.
 */
final class ExchangeOutput {
    private final CurrentProtocol protocol;
    private int fragment = RecordCipher.LARGEST_FRAGMENT;
    private int maxPacket;

    ExchangeOutput(CurrentProtocol protocol) {
        this.protocol = protocol;
    }

    /** Sets the longest record of application data, header included; 0 for the protocol's own limit. */
    void maxPacket(int bytes) {
        maxPacket = bytes;
    }

    /** Adopts the longest fragment that the completed handshake allows (RFC 6066 4). */
    void negotiated() {
        fragment = Math.min(RecordCipher.LARGEST_FRAGMENT, protocol.get().getApplicationDataLimit());
    }

    /** Returns whether the protocol has records to send. */
    boolean pending() {
        return protocol.get().getAvailableOutputBytes() > 0;
    }

    /**
     * Makes the protocol produce all that precedes application data: answers, new keys, and close_notify on closing.
     */
    void prepare(boolean closing, boolean secure) throws IOException {
        if (protocol.get().signals().keyUpdateOwed()) {
            protocol.get().sendKeyUpdate(false);
        }
        if (closing && !protocol.get().signals().isCloseNotifySent()) {
            protocol.get().sendCloseNotify();
        } else if (secure
                && protocol.get().sealer().hidesType()
                && protocol.get().sealer().sealedRecords() >= RecordWriter.RECORDS_PER_KEY) {
            protocol.get().sendKeyUpdate(false);
        }
    }

    /** Moves whole records of the protocol, as many as fit, and returns their length in bytes. */
    int drain(ByteBuffer into) {
        int produced = 0;
        while (pending()) {
            int record = protocol.get().previewOutputRecord();
            if (record > into.remaining()) {
                break;
            }
            byte[] bytes = new byte[record];
            into.put(bytes, 0, protocol.get().readOutput(bytes, 0, record));
            produced += record;
        }
        return produced;
    }

    /** Returns how many bytes of the source the next call of {@link #seal} takes. */
    int nextFragment(PlaintextSource source) {
        return Math.min(
                source.remaining(),
                RecordWriter.fragment(fragment, protocol.get().sealer(), maxPacket));
    }

    /** Returns the largest length of the records of a fragment, in bytes. */
    int roomFor(int length) {
        int overhead = protocol.get().sealer().overhead();
        return length + overhead + (firstByteAlone(length) ? overhead : 0);
    }

    private boolean firstByteAlone(int length) {
        return protocol.get().sealer().chainsRecords() && length > 1;
    }

    /** Seals a fragment, and returns the length of its records in bytes. */
    int seal(PlaintextSource source, int length, ByteBuffer into) throws IOException {
        int sealed = RecordCodec.seal(protocol.get().sealer(), source, length, firstByteAlone(length), into);
        protocol.get().tracer().dataSent(length);
        return sealed;
    }
}
