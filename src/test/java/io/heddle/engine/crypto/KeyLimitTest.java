package io.heddle.engine.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.heddle.RawRecord;
import io.heddle.engine.EnginePair;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** The limit of records that one key may seal (RFC 8446 5.5). */
class KeyLimitTest {
    private static final int MOST = 100;

    /** Seals by copying, and may seal little. */
    private static final class Plain extends RecordCipher {
        Plain() {
            super(0x0303, false);
        }

        @Override
        public long mostData() {
            return MOST;
        }

        @Override
        public int overhead() {
            return HEADER;
        }

        @Override
        public int openRoom(int bodyLength) {
            return bodyLength;
        }

        @Override
        int sealBody(long sequence, short type, byte[] content, int offset, int length, byte[] out, int at) {
            System.arraycopy(content, offset, out, at, length);
            return length;
        }

        @Override
        int openBody(long sequence, short type, byte[] body, int offset, int length, byte[] out, int at) {
            System.arraycopy(body, offset, out, at, length);
            return length;
        }

        @Override
        void rekeySealing() {}

        @Override
        void rekeyOpening() {}
    }

    @Test
    void data_beyond_the_limit_of_a_key_is_not_sealed_and_alerts_are() throws IOException {
        var cipher = new Plain();
        byte[] out = new byte[MOST + RecordCipher.HEADER];
        cipher.seal((short) RawRecord.APPLICATION_DATA, new byte[MOST], 0, MOST, out, 0);
        assertThatExceptionOfType(TlsFailure.class)
                .isThrownBy(() -> cipher.seal((short) RawRecord.APPLICATION_DATA, new byte[1], 0, 1, out, 0))
                .returns(Code.ERR_TLS_INVALID_STATE, TlsFailure::code)
                .withMessageStartingWith("record: 101 bytes were sent under one key, 100 are safe");
        assertThat(cipher.seal((short) RawRecord.ALERT, new byte[] {1, 0}, 0, 2, out, 0))
                .isEqualTo(7);
    }

    @Test
    void a_new_key_begins_anew() throws IOException {
        var cipher = new Plain();
        byte[] out = new byte[MOST + RecordCipher.HEADER];
        for (int i = 0; i < 3; i++) {
            cipher.seal((short) RawRecord.APPLICATION_DATA, new byte[MOST], 0, MOST, out, 0);
            cipher.rekeyEncoder();
        }
    }

    @Test
    void gcm_has_the_limit_where_keys_do_not_change_by_themselves() throws Exception {
        try (EnginePair old = EnginePair.server(TlsVersion.TLS_1_2);
                EnginePair recent = EnginePair.server(TlsVersion.TLS_1_3)) {
            assertThat(old.sealer().mostData()).isEqualTo(AeadRecordCipher.MOST_DATA_OF_GCM);
            assertThat(recent.sealer().mostData()).isEqualTo(Long.MAX_VALUE);
        }
    }
}
