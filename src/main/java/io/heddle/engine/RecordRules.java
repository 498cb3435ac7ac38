package io.heddle.engine;

import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;

/**
 * What the records of a secure connection may be, in their order: data in its time, and not too many without any.
 *
 * <p>Confined to who reads; {@link #bytes} may be asked by anyone.
 */
final class RecordRules {
    /** How many records without application data in a row are taken; a peer that sends more only wants to keep us busy. */
    private static final int IDLE_RECORDS = 32;

    private final Protocol protocol;

    private int idleRecords;

    /** Written by who reads; read by anyone. */
    private volatile long bytes;

    RecordRules(Protocol protocol) {
        this.protocol = protocol;
    }

    /** A record of application data came, with so many bytes, which is returned; there may be none. */
    int data(int n) throws TlsFailure {
        if (protocol.signals().areKeysUnproven()) {
            throw Code.ERR_SSL_UNEXPECTED_MESSAGE.failure(
                    "record: the peer sent application data under new keys before its Finished");
        }
        if (protocol.messages().midMessage()) {
            throw Code.ERR_SSL_UNEXPECTED_MESSAGE.failure(
                    "record: the peer sent application data inside a handshake message");
        }
        protocol.witness().dataReceived(n);
        if (n == 0) {
            return idle();
        }
        idleRecords = 0;
        // One writer.
        long before = bytes;
        bytes = before + n;
        return n;
    }

    /** A record without application data came; returns 0. */
    int idle() throws TlsFailure {
        if (++idleRecords > IDLE_RECORDS) {
            throw Code.ERR_SSL_UNEXPECTED_MESSAGE.failure(
                    "record: the peer sent %d records in a row without data, %d are allowed",
                    idleRecords, IDLE_RECORDS);
        }
        return 0;
    }

    /** The records that came were of use. */
    void progress() {
        idleRecords = 0;
    }

    /** Returns how many bytes of application data came. */
    long bytes() {
        return bytes;
    }
}
