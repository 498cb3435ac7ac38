package io.heddle.engine;

import io.heddle.engine.crypto.RecordCipher;
import io.heddle.engine.record.EarlyData;
import io.heddle.engine.record.PeerBudget;
import io.heddle.engine.record.RecordHeader;
import io.heddle.failure.TlsFailure.Code;
import java.io.IOException;
import java.util.Arrays;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.ContentType;
import org.bouncycastle.tls.TlsFatalAlert;

/**
 * The path of unopened records into the protocol: the records of a first handshake, and later ChangeCipherSpec and
 * records whose type is in the clear where no such record may be. Checks records that bctls would drop unseen.
 *
 * <p>Confined to the thread that reads, under the connection's engine lock.
 */
final class RecordIntake {
    private final CurrentProtocol protocol;

    RecordIntake(CurrentProtocol protocol) {
        this.protocol = protocol;
    }

    /** Processes exactly one record, header included. */
    void offer(byte[] record, int start, int length) throws IOException {
        int type = record[start] & 0xff;
        int body = length - RecordHeader.LENGTH;
        if (type == ContentType.change_cipher_spec) {
            changeCipherSpec(body);
            if (body == 1
                    && record[start + RecordHeader.LENGTH] == 1
                    && protocol.get().dropsChangeCipherSpec()) {
                return;
            }
        }
        if (type == ContentType.handshake && isProtected()) {
            // bctls accepts it from a client until the first protected record.
            throw Code.ERR_SSL_UNEXPECTED_MESSAGE.failure(
                    "record: the peer sent a handshake message in the clear, its keys are known");
        }
        if (type == ContentType.application_data && protocol.get().earlyData().isExpected()) {
            skipOrOffer(record, start, body);
            return;
        }
        protocol.get().offerInput(record, start, length);
    }

    private boolean isProtected() {
        return protocol.get().hasOpener() && protocol.get().opener().hidesType();
    }

    /** Checks ChangeCipherSpec, which in TLS 1.3 bctls drops before it calls any method of ours. */
    private void changeCipherSpec(int body) throws IOException {
        protocol.get().tracer().changeCipherSpecReceived(body);
        protocol.get().budget().spend(PeerBudget.Item.CHANGE_CIPHER_SPEC);
        if (protocol.get().messages().midMessage()) {
            throw Code.ERR_SSL_UNEXPECTED_MESSAGE.failure(
                    "record: the peer sent ChangeCipherSpec inside a handshake message");
        }
    }

    private void skipOrOffer(byte[] record, int start, int body) throws IOException {
        EarlyData early = protocol.get().earlyData();
        if (protocol.get().messages().midMessage()) {
            throw Code.ERR_SSL_UNEXPECTED_MESSAGE.failure(
                    "record: the client sent early data inside a handshake message");
        }
        if (!protocol.get().hasOpener()) {
            // RFC 8446 4.2.10: after a HelloRetryRequest it is all early data, up to the second ClientHello.
            skip(early, body);
            return;
        }
        RecordCipher opener = protocol.get().opener();
        byte[] opened = new byte[Math.max(0, opener.openRoom(body))];
        int n;
        try {
            n = opener.open(ContentType.application_data, record, start + RecordHeader.LENGTH, body, opened, 0);
        } catch (TlsFatalAlert e) {
            if (e.getAlertDescription() != AlertDescription.bad_record_mac) {
                throw e;
            }
            skip(early, body);
            return;
        }
        early.over();
        protocol.get().offerOpened(Arrays.copyOf(opened, n));
        Arrays.fill(opened, (byte) 0);
    }

    private void skip(EarlyData early, int body) throws IOException {
        early.skip(body);
        protocol.get().tracer().earlyDataSkipped(body);
    }
}
