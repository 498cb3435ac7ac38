package io.heddle.engine;

import io.heddle.engine.crypto.RecordCipher;
import io.heddle.engine.handshake.Protocol;
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
    private final Protocol protocol;
    private int fragment = RecordCipher.LARGEST_FRAGMENT;
    private int maxPacket;

    ExchangeOutput(Protocol protocol) {
        this.protocol = protocol;
    }

    /** Sets the longest record of application data, header included; 0 for the protocol's own limit. */
    void maxPacket(int bytes) {
        maxPacket = bytes;
    }

    /** Adopts the longest fragment that the completed handshake allows (RFC 6066 4). */
    void negotiated() {
        fragment = Math.min(RecordCipher.LARGEST_FRAGMENT, protocol.getApplicationDataLimit());
    }

    /** Returns whether the protocol has records to send. */
    boolean pending() {
        return protocol.getAvailableOutputBytes() > 0;
    }

    /**
     * Makes the protocol produce all that precedes application data: answers, new keys, and close_notify on closing.
     */
    void prepare(boolean closing, boolean secure) throws IOException {
        if (protocol.signals().keyUpdateOwed()) {
            protocol.sendKeyUpdate(false);
        }
        if (closing && !protocol.signals().isCloseNotifySent()) {
            protocol.sendCloseNotify();
        } else if (secure
                && protocol.sealer().hidesType()
                && protocol.sealer().sealedRecords() >= RecordWriter.RECORDS_PER_KEY) {
            protocol.sendKeyUpdate(false);
        }
    }

    /** Moves whole records of the protocol, as many as fit, and returns their length in bytes. */
    int drain(ByteBuffer into) {
        int produced = 0;
        while (pending()) {
            int record = protocol.previewOutputRecord();
            if (record > into.remaining()) {
                break;
            }
            byte[] bytes = new byte[record];
            into.put(bytes, 0, protocol.readOutput(bytes, 0, record));
            produced += record;
        }
        return produced;
    }

    /** Returns how many bytes of the source the next call of {@link #seal} takes. */
    int nextFragment(PlaintextSource source) {
        return Math.min(source.remaining(), RecordWriter.fragment(fragment, protocol.sealer(), maxPacket));
    }

    /** Returns the largest length of the records of a fragment, in bytes. */
    int roomFor(int length) {
        int overhead = protocol.sealer().overhead();
        return length + overhead + (firstByteAlone(length) ? overhead : 0);
    }

    private boolean firstByteAlone(int length) {
        return protocol.sealer().chainsRecords() && length > 1;
    }

    /** Seals a fragment, and returns the length of its records in bytes. */
    int seal(PlaintextSource source, int length, ByteBuffer into) throws IOException {
        int sealed = RecordCodec.seal(protocol.sealer(), source, length, firstByteAlone(length), into);
        protocol.tracer().dataSent(length);
        return sealed;
    }
}
