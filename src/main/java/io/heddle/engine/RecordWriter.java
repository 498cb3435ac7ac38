package io.heddle.engine;

import io.heddle.engine.crypto.RecordCipher;
import io.heddle.engine.record.BufferPool;
import io.heddle.engine.transport.DeferredInterrupt;
import io.heddle.engine.transport.Transport;
import java.io.IOException;
import java.net.SocketException;
import java.util.concurrent.locks.ReentrantLock;
import org.bouncycastle.tls.ContentType;

/**
 * The sending direction of a connection: seals straight from the caller's array, several records to one write of
 * the transport.
 *
 * <p>Confined to the connection's out lock, {@link #lock}, unless a member says otherwise.
 */
final class RecordWriter {
    /** RFC 8446 5.5 limits AES-GCM to 2^24.5 full-size records per key. A KeyUpdate is sent long before that. */
    static final long RECORDS_PER_KEY = 1L << 23;

    private final ConnectionState state;
    private final EngineLock engine;
    private final CurrentProtocol protocol;
    private final Transport transport;
    private final ReentrantLock lock;

    /** Written by any thread, read under out. */
    private volatile int maxFragment = RecordCipher.LARGEST_FRAGMENT;

    /** Written before the handshake, read under out; 0 for no bound. */
    private volatile int maxPacket;

    /** Written when a handshake is complete, read under out. */
    private volatile int negotiatedFragment = RecordCipher.LARGEST_FRAGMENT;

    /**
     * Whether close_notify was sent, after which nothing may follow. Written under out and engine, read by any thread.
     */
    private volatile boolean ended;

    /** Written under out, read by any thread. */
    private volatile long bytes;

    RecordWriter(
            ConnectionState state,
            EngineLock engine,
            CurrentProtocol protocol,
            Transport transport,
            ReentrantLock lock) {
        this.state = state;
        this.engine = engine;
        this.protocol = protocol;
        this.transport = transport;
        this.lock = lock;
    }

    /** Returns the connection's out lock. */
    ReentrantLock lock() {
        return lock;
    }

    /**
     * Writes application data from {@code start} to {@code end}.
     *
     * @return the index behind the last byte written; before {@code end} only if a renegotiation suspends
     *     application data
     */
    int write(byte[] from, int start, int end) throws IOException {
        state.throwIfUnusable();
        if (ended) {
            throw new SocketException("Socket output is shutdown");
        }
        IOException writeFailure = state.writeFailure();
        if (writeFailure != null) {
            throw writeFailure;
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
                // Sealed under engine and sent without it, so that a reader that has to call the protocol does not wait
                // for the transport.
                var batch = engine.call(() -> seal(from, next, end, first, buffer));
                send(buffer, batch.filled());
                at = batch.next();
            }
            // Written by one thread at a time, under out.
            long before = bytes;
            bytes = before + (at - start);
            return at;
        } catch (IOException | RuntimeException e) {
            throw state.translate(e);
        } finally {
            BufferPool.giveBack(buffer);
        }
    }

    private record Batch(int filled, int next) {}

    private Batch seal(byte[] from, int start, int end, boolean first, byte[] buffer) throws IOException {
        state.throwIfUnusable();
        RecordCipher sealer = protocol.get().sealer();
        answerKeyUpdate();
        if (sealer.hidesType() && sealer.sealedRecords() >= RECORDS_PER_KEY) {
            protocol.get().sendKeyUpdate(false);
        }
        int filled = protocol.get().readOutput(buffer, 0, buffer.length);
        int at = start;
        // All records that the protocol has sealed leave first. During a renegotiation application data waits, since
        // OpenSSL does not accept it there.
        if (protocol.get().getAvailableOutputBytes() == 0 && !protocol.get().negotiating()) {
            int fragment = fragment(Math.min(maxFragment, negotiatedFragment), sealer, maxPacket);
            while (at < end) {
                int n = first && at == start && sealer.chainsRecords() ? 1 : Math.min(end - at, fragment);
                if (buffer.length - filled < n + sealer.overhead()) {
                    break;
                }
                filled += sealer.seal(ContentType.application_data, from, at, n, buffer, filled);
                protocol.get().tracer().dataSent(n);
                at += n;
            }
        }
        return new Batch(filled, at);
    }

    /**
     * Returns how many bytes a record may carry so that it is not longer than {@code packet}; {@code limit} if that
     * is 0.
     */
    static int fragment(int limit, RecordCipher sealer, int packet) {
        return packet == 0 ? limit : Math.clamp(packet - sealer.overhead(), 1, limit);
    }

    /** Sends one KeyUpdate however often the peer asked for it meanwhile (RFC 8446 4.6.3). */
    private void answerKeyUpdate() throws IOException {
        if (protocol.get().signals().keyUpdateOwed()) {
            protocol.get().sendKeyUpdate(false);
        }
    }

    private void send(byte[] buffer, int length) throws IOException {
        if (state.writeFailure() != null) {
            return;
        }
        try {
            transport.write(buffer, 0, length);
        } catch (IOException e) {
            state.writeFailed(e);
            throw e;
        }
    }

    /** Updates the keys as {@link Connection#updateKeys}. */
    void updateKeys() throws IOException {
        state.throwIfUnusable();
        engine.run(() -> {
            if (!ended && protocol.get().sealer().hidesType()) {
                protocol.get().sendKeyUpdate(true);
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
                    return protocol.get().readOutput(buffer, 0, buffer.length);
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

    /** Sends close_notify and ends the local direction. */
    void end() throws IOException {
        state.throwIfUnusable();
        if (ended) {
            return;
        }
        try {
            engine.run(this::sealCloseNotify);
            flush();
            transport.shutdownOutput();
        } catch (IOException | RuntimeException e) {
            throw state.translate(e);
        }
    }

    /** Sends close_notify on a connection that is being closed, unless engine is not free by {@code endNanos}. */
    void endOnClose(DeferredInterrupt interrupt, long endNanos) throws IOException {
        if (!ended && engine.tryRun(interrupt, endNanos, this::sealCloseNotify)) {
            flush();
            transport.shutdownOutput();
        }
    }

    private void sealCloseNotify() throws IOException {
        answerKeyUpdate();
        protocol.get().sendCloseNotify();
        ended = true;
    }

    /** Returns whether close_notify was sent. May be called by any thread. */
    boolean hasEnded() {
        return ended;
    }

    /** Adopts the longest fragment that the completed handshake allows (RFC 6066 4). */
    void adoptFragmentLimit() throws IOException {
        negotiatedFragment = engine.call(() -> protocol.get().getApplicationDataLimit());
    }

    /** Sets the longest record of application data, header included; 0 for the protocol's own limit. */
    void maxPacket(int limit) {
        maxPacket = limit;
    }

    /** Sets the longest fragment of application data. May be called by any thread. */
    void maxFragment(int limit) {
        maxFragment = limit;
    }

    /** Returns how many bytes of application data were sent. May be called by any thread. */
    long bytes() {
        return bytes;
    }
}
