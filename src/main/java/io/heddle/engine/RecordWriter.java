package io.heddle.engine;

import io.heddle.engine.crypto.RecordCipher;
import io.heddle.engine.handshake.Protocol;
import io.heddle.engine.record.BufferPool;
import io.heddle.engine.transport.DeferredInterrupt;
import io.heddle.engine.transport.Transport;
import java.io.IOException;
import java.net.SocketException;
import org.bouncycastle.tls.ContentType;
import org.jspecify.annotations.Nullable;

/**
 * The sending lane: seals straight from the writer's array, several records to one write of the transport.
 *
 * <p>Confined to the connection's out lock, but for what says otherwise.
 */
final class RecordWriter {
    /**
     * RFC 8446 5.5: AES-GCM is good for 2^24.5 full records under a key. A KeyUpdate goes out long before.
     */
    static final long RECORDS_PER_KEY = 1L << 23;

    private final Connection connection;
    private final EngineLock engine;
    private final Transport transport;
    private final Protocol protocol;

    /** Written by anyone, read under out. */
    private volatile int maxFragment = RecordCipher.LARGEST_FRAGMENT;

    /** Written before the handshake, read under out; 0 for no bound. */
    private volatile int maxPacket;

    /** Written when a handshake is complete, read under out. */
    private volatile int negotiatedFragment = RecordCipher.LARGEST_FRAGMENT;

    /** Written under out, read by anyone: what the transport said when it could not take bytes. What was read or is still to be read is not lost. */
    private volatile @Nullable IOException broken;

    /** Written under out and engine: close_notify is out, nothing may follow. */
    private volatile boolean ended;

    private volatile long bytes;

    RecordWriter(Connection connection, EngineLock engine, Transport transport, Protocol protocol) {
        this.connection = connection;
        this.engine = engine;
        this.transport = transport;
        this.protocol = protocol;
    }

    /**
     * Writes application data from {@code start} to {@code end}.
     *
     * @return up to where; before the end only while a negotiation holds application data back
     */
    int write(byte[] from, int start, int end) throws IOException {
        connection.throwIfUnusable();
        if (ended) {
            throw new SocketException("Socket output is shutdown");
        }
        IOException lost = broken;
        if (lost != null) {
            throw lost;
        }
        if (start == end) {
            return end;
        }
        byte[] buffer = BufferPool.borrow();
        try {
            int at = start;
            while (at < end && !engine.isNegotiating()) {
                int next = at;
                boolean first = at == start;
                // Filled under engine, sent without it: a reader that has to call the protocol does not wait for the
                // peer.
                var batch = engine.call(() -> seal(from, next, end, first, buffer));
                send(buffer, batch.filled());
                at = batch.next();
            }
            // One writer, under the out lock.
            long before = bytes;
            bytes = before + (at - start);
            return at;
        } catch (IOException | RuntimeException e) {
            throw connection.broken(e);
        } finally {
            BufferPool.giveBack(buffer);
        }
    }

    /** Returns whether the transport has taken everything so far. May be called by any thread. */
    boolean canSend() {
        return broken == null;
    }

    private void send(byte[] buffer, int length) throws IOException {
        if (broken != null) {
            return;
        }
        try {
            transport.write(buffer, 0, length);
        } catch (IOException e) {
            broken = e;
            throw e;
        }
    }

    private record Batch(int filled, int next) {}

    private Batch seal(byte[] from, int start, int end, boolean first, byte[] buffer) throws IOException {
        connection.throwIfUnusable();
        RecordCipher sealer = protocol.sealer();
        answerKeyUpdate();
        if (sealer.hidesType() && sealer.sealedRecords() >= RECORDS_PER_KEY) {
            protocol.sendKeyUpdate(false);
        }
        int filled = protocol.readOutput(buffer, 0, buffer.length);
        int at = start;
        // What the protocol has sealed leaves first, all of it. And while it negotiates, application data waits:
        // OpenSSL
        // takes none in between.
        if (protocol.getAvailableOutputBytes() == 0 && !protocol.negotiating()) {
            int fragment = fragment(Math.min(maxFragment, negotiatedFragment), sealer, maxPacket);
            while (at < end) {
                int n = first && at == start && sealer.chainsRecords() ? 1 : Math.min(end - at, fragment);
                if (buffer.length - filled < n + sealer.overhead()) {
                    break;
                }
                filled += sealer.seal(ContentType.application_data, from, at, n, buffer, filled);
                protocol.tracer().dataSent(n);
                at += n;
            }
        }
        return new Batch(filled, at);
    }

    void updateKeys() throws IOException {
        connection.throwIfUnusable();
        engine.run(() -> {
            if (!ended && protocol.sealer().hidesType()) {
                protocol.sendKeyUpdate(true);
            }
        });
        flush();
    }

    /** Sends what the protocol has sealed. */
    void flush() throws IOException {
        if (!engine.hasPending()) {
            return;
        }
        byte[] buffer = BufferPool.borrow();
        try {
            while (true) {
                int n = engine.call(() -> {
                    answerKeyUpdate();
                    return protocol.readOutput(buffer, 0, buffer.length);
                });
                if (n == 0) {
                    return;
                }
                send(buffer, n);
            }
        } finally {
            BufferPool.giveBack(buffer);
        }
    }

    /** However often the peer asked while we were busy, one answer is enough (RFC 8446 4.6.3). */
    private void answerKeyUpdate() throws IOException {
        if (protocol.signals().keyUpdateOwed()) {
            protocol.sendKeyUpdate(false);
        }
    }

    /** Ends our direction. */
    void end() throws IOException {
        connection.throwIfUnusable();
        if (ended) {
            return;
        }
        try {
            engine.run(this::sayGoodbye);
            flush();
            transport.shutdownOutput();
        } catch (IOException | RuntimeException e) {
            throw connection.broken(e);
        }
    }

    /** As {@link #end}, on closing: with whatever time is left. */
    void endForGood(DeferredInterrupt interrupt, long endNanos) throws IOException {
        if (!ended && engine.tryRun(interrupt, endNanos, this::sayGoodbye)) {
            flush();
            transport.shutdownOutput();
        }
    }

    private void sayGoodbye() throws IOException {
        answerKeyUpdate();
        protocol.sendCloseNotify();
        ended = true;
    }

    /** Returns whether close_notify was sent. */
    boolean hasEnded() {
        return ended;
    }

    /** Sets what the peer takes at most. */
    void negotiatedFragment(int limit) {
        negotiatedFragment = limit;
    }

    /** Sets how long a record may be, header included; 0 for as long as the protocol has them. */
    void maxPacket(int limit) {
        maxPacket = limit;
    }

    /** Returns how much one record may carry, so that it is not longer than {@code packet}, unless that is 0. */
    static int fragment(int limit, RecordCipher sealer, int packet) {
        return packet == 0 ? limit : Math.clamp(packet - sealer.overhead(), 1, limit);
    }

    void maxFragment(int limit) {
        maxFragment = limit;
    }

    long bytes() {
        return bytes;
    }
}
