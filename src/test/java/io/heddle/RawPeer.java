package io.heddle;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.failure.Alert;
import io.heddle.failure.TlsFailure;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A peer of Heddle that sends bytes built by a test. Created by {@link TlsPair#rawClient} and {@link
 * TlsPair#rawServer}.
 */
public final class RawPeer implements AutoCloseable {
    private final TlsSocket heddle;
    private final InputStream in;
    private final OutputStream out;
    private final TlsPair.Running handshake;

    RawPeer(TlsSocket heddle, InputStream in, OutputStream out) {
        this.heddle = heddle;
        this.in = in;
        this.out = out;
        this.handshake = TlsPair.Running.of(heddle::startHandshake);
    }

    /** Returns the side that is tested; its handshake runs. */
    public TlsSocket heddle() {
        return heddle;
    }

    /** Returns the input from Heddle, for a peer with a protocol implementation. */
    public InputStream in() {
        return in;
    }

    /** Returns the output that Heddle reads. */
    public OutputStream out() {
        return out;
    }

    /** Sends bytes as they are. A connection that Heddle has closed already is not an error. */
    public void send(byte... bytes) {
        try {
            out.write(bytes);
        } catch (IOException e) {
            // Heddle closed the connection; its earlier output is still to be read.
        }
    }

    /** Sends a record in the clear. */
    public void sendRecord(int type, byte... body) {
        send(RawRecord.of(type, body).toBytes());
    }

    /** Ends the direction to Heddle. */
    public void end() throws IOException {
        out.close();
    }

    /** Returns the next record from Heddle, empty after it has ended its direction. */
    public Optional<RawRecord> readRecord() throws IOException {
        return RawRecord.read(in);
    }

    /** Waits for output of Heddle, and returns all available bytes: a flight, since Heddle sends each in one write. */
    public byte[] readFlight() throws IOException {
        byte[] into = new byte[1 << 17];
        int n = in.read(into);
        return Arrays.copyOf(into, Math.max(0, n));
    }

    /** Returns everything that Heddle sends until it ends its direction. */
    public List<RawRecord> readToEnd() throws IOException {
        List<RawRecord> records = new ArrayList<>();
        for (Optional<RawRecord> next = readRecord(); next.isPresent(); next = readRecord()) {
            records.add(next.get());
        }
        return records;
    }

    /** Returns the fatal alert, in the clear, with which Heddle ends the connection. */
    public Alert readFatalAlert() throws IOException {
        List<RawRecord> records = readToEnd();
        assertThat(records).as("what Heddle sent").isNotEmpty();
        RawRecord last = records.getLast();
        assertThat(last.type()).as("type of %s", last).isEqualTo(RawRecord.ALERT);
        assertThat(last.body()).as("an alert in the clear").hasSize(2);
        assertThat(last.body()[0]).as("level: fatal").isEqualTo((byte) 2);
        return Alert.of(last.body()[1] & 0xff);
    }

    /** Waits until Heddle's handshake fails, and returns the failure. */
    public TlsFailure failure() {
        return TlsPair.tlsFailure("Heddle", handshake.problem());
    }

    /** Waits until Heddle's handshake ends, and returns its exception, if any. */
    public Optional<Throwable> problem() {
        return handshake.problem();
    }

    @Override
    public void close() {
        try {
            out.close();
            in.close();
            heddle.abort();
        } catch (IOException e) {
            throw new AssertionError("closing pipes does not fail", e);
        }
    }
}
