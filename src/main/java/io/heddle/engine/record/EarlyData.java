package io.heddle.engine.record;

import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.TlsFatalAlert;

/**
 * Early data at a server (RFC 8446 4.2.10). It is never accepted, and skipped where a client sends it: under keys that
 * the server does not have, between its first ClientHello and the next message of the handshake.
 *
 * <p>Confined to the thread that reads.
 */
public final class EarlyData {
    /** How many bytes are skipped of a client with a ticket that promises nothing or less: OpenSSL's default. */
    static final int LEAST = 16_384;

    private boolean expected;
    private long left;

    /**
     * Expects early data, after a first ClientHello with the extension early_data.
     *
     * @param promised max_early_data_size of the session that the client resumes, 0 if that is unknown
     */
    public void offered(long promised) {
        expected = true;
        left = Math.max(LEAST, promised);
    }

    /** Ends the expectation, after a record that early data cannot precede. */
    public void over() {
        expected = false;
    }

    /** Returns whether the next records may be early data. */
    public boolean isExpected() {
        return expected;
    }

    /**
     * Counts a record that is skipped.
     *
     * @param body the length of its body in bytes
     * @throws TlsFatalAlert bad_record_mac, if it is more than was to be expected
     */
    public void skip(int body) throws TlsFatalAlert {
        // The promise counts content; a record has a type byte and a tag more.
        left -= Math.max(1, body - 17);
        if (left < 0) {
            throw new TlsFatalAlert(
                    AlertDescription.bad_record_mac,
                    "the client sent more early data than is skipped, at least " + LEAST + " bytes are");
        }
    }
}
