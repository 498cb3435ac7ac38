package io.heddle.engine;

import io.heddle.engine.crypto.RecordCipher;
import io.heddle.engine.handshake.Protocol;
import io.heddle.engine.record.PlaintextSource;
import io.heddle.engine.record.RecordCodec;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * What leaves a {@link RecordExchange}: what the protocol has to say, and records of application data. Guarded by the lock of the
 * exchange, but for the count of bytes.
 */
final class ExchangeOutput {
    private final Protocol protocol;
    private int fragment = RecordCipher.LARGEST_FRAGMENT;
    private int maxPacket;
    private volatile long bytesWritten;

    ExchangeOutput(Protocol protocol) {
        this.protocol = protocol;
    }

    /** Sets how long a record of application data may be, header included; 0 for as long as the protocol has them. */
    void maxPacket(int bytes) {
        maxPacket = bytes;
    }

    /** A negotiation is complete, and with it how long a fragment may be. */
    void negotiated() {
        fragment = Math.min(RecordCipher.LARGEST_FRAGMENT, protocol.getApplicationDataLimit());
    }

    /** Returns whether the protocol has something to say. */
    boolean pending() {
        return protocol.getAvailableOutputBytes() > 0;
    }

    /** Lets the protocol say all that goes before application data: answers, new keys, and close_notify when it is time. */
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

    /** Moves whole records of the protocol, as many as there is room for, and returns how many bytes they have. */
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

    /** Returns how much of this goes into the next call's records. */
    int nextFragment(PlaintextSource source) {
        return Math.min(source.remaining(), RecordWriter.fragment(fragment, protocol.sealer(), maxPacket));
    }

    /** Returns how many bytes the records of a fragment may have. */
    int roomFor(int length) {
        int overhead = protocol.sealer().overhead();
        return length + overhead + (firstByteAlone(length) ? overhead : 0);
    }

    private boolean firstByteAlone(int length) {
        return protocol.sealer().chainsRecords() && length > 1;
    }

    /** Seals a fragment, and returns how many bytes its records have. */
    int seal(PlaintextSource source, int length, ByteBuffer into) throws IOException {
        int sealed = RecordCodec.seal(protocol.sealer(), source, length, firstByteAlone(length), into);
        protocol.tracer().dataSent(length);
        // One writer, under the lock.
        long before = bytesWritten;
        bytesWritten = before + length;
        return sealed;
    }

    /** Returns how many bytes of application data were sent; to anyone. */
    long bytesWritten() {
        return bytesWritten;
    }
}
