package io.heddle.engine;

import io.heddle.engine.record.RecordCodec.PlaintextSource;
import io.heddle.engine.record.RecordCodec.PlaintextTarget;
import io.heddle.failure.TlsFailure;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import org.jspecify.annotations.Nullable;

/** A side whose records a test carries, as the user of an {@code SSLEngine} would. For one thread. */
final class ExchangeSide {
    private static final int STEPS = 100_000;

    private final RecordExchange exchange;
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private final ByteBuffer record = ByteBuffer.allocate(1 << 17);

    private byte[] unread = new byte[0];
    private byte[] unsent = new byte[0];

    ExchangeSide(RecordExchange exchange) {
        this.exchange = exchange;
    }

    RecordExchange exchange() {
        return exchange;
    }

    /** Returns the application data that has come. */
    byte[] received() {
        return received.toByteArray();
    }

    /** Sends application data as soon as the connection allows it. */
    void send(byte[] data) {
        int at = unsent.length;
        unsent = Arrays.copyOf(unsent, at + data.length);
        System.arraycopy(data, 0, unsent, at, data.length);
    }

    /** Processes the bytes of the peer, as far as possible. */
    void input(byte[] bytes, int offset, int length) throws TlsFailure {
        int before = unread.length;
        unread = Arrays.copyOf(unread, before + length);
        System.arraycopy(bytes, offset, unread, before, length);
        unwrap();
    }

    private void unwrap() throws TlsFailure {
        for (int i = 0; i < STEPS && !exchange.isInboundDone(); i++) {
            tasks();
            if (exchange.status() == HandshakeStatus.NEED_WRAP) {
                return;
            }
            ByteBuffer source = ByteBuffer.wrap(unread);
            var into = new Received();
            SSLEngineResult result = exchange.unwrap(source, into);
            unread = Arrays.copyOfRange(unread, result.bytesConsumed(), unread.length);
            received.writeBytes(into.bytes());
            if (into.bytes().length > 0) {
                return;
            }
            if (result.getStatus() != Status.OK
                    || (result.bytesConsumed() == 0 && exchange.status() != HandshakeStatus.NEED_TASK)) {
                return;
            }
        }
    }

    private void tasks() {
        for (Runnable task = exchange.task(); task != null; task = exchange.task()) {
            task.run();
        }
    }

    /** Returns all output; none if the side waits for its peer. */
    byte[] output() throws TlsFailure {
        var out = new ByteArrayOutputStream();
        for (int i = 0; i < STEPS; i++) {
            tasks();
            var content = new Sent(unsent);
            SSLEngineResult result = exchange.wrap(content, record);
            unsent = Arrays.copyOfRange(unsent, result.bytesConsumed(), unsent.length);
            record.flip();
            byte[] made = new byte[record.remaining()];
            record.get(made);
            record.clear();
            out.writeBytes(made);
            if (made.length == 0 && exchange.status() != HandshakeStatus.NEED_TASK) {
                break;
            }
        }
        return out.toByteArray();
    }

    /** Returns how many bytes of the peer are not processed yet. */
    int unread() {
        return unread.length;
    }

    private record Sent(byte[] bytes) implements PlaintextSource {
        @Override
        public int remaining() {
            return bytes.length;
        }

        @Override
        public @Nullable ByteBuffer array(int length) {
            return null;
        }

        @Override
        public void take(byte[] into, int length) {
            System.arraycopy(bytes, 0, into, 0, length);
        }
    }

    private static final class Received implements PlaintextTarget {
        private static final int SIZE = 1 << 15;

        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        @Override
        public int remaining() {
            return SIZE - bytes.size();
        }

        @Override
        public @Nullable ByteBuffer array(int length) {
            return null;
        }

        @Override
        public void put(byte[] from, int offset, int length) {
            bytes.write(from, offset, length);
        }

        byte[] bytes() {
            return bytes.toByteArray();
        }
    }
}
