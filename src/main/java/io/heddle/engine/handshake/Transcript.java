package io.heddle.engine.handshake;

import java.io.IOException;
import java.util.Arrays;
import org.bouncycastle.tls.HandshakeMessageInput;
import org.bouncycastle.tls.HandshakeType;
import org.bouncycastle.tls.SecurityParameters;
import org.bouncycastle.tls.TlsUtils;
import org.bouncycastle.tls.crypto.TlsCrypto;
import org.bouncycastle.tls.crypto.TlsCryptoUtils;
import org.bouncycastle.tls.crypto.TlsHash;
import org.jspecify.annotations.Nullable;

/**
 * The handshake messages of both sides in their order, up to the client's Finished: bctls seals its own transcript
 * before that, but the resumption secret covers it (RFC 8446 7.1).
 *
 * <p>The hellos are collected, since the hash of the suite is not known before; later messages go into that hash alone.
 * Confined to the connection's engine lock.
 */
final class Transcript {
    /** The space left for a ServerHello or a HelloRetryRequest after a ClientHello. */
    private static final int SERVER_HELLO = 256;

    /** The messages so far while there is no digest, in the first {@link #length} bytes. */
    private byte[] bytes = TlsUtils.EMPTY_BYTES;

    private int length;
    private int firstHelloLength;

    /** The hash of all messages so far, null while they are collected. */
    private @Nullable TlsHash digest;

    /** Adds a received message, its header included, without consuming it. */
    void add(HandshakeMessageInput message) {
        TlsHash current = digest;
        message.updateHash(current == null ? new Collector() : current);
    }

    /** Adds part of a sent message. */
    void add(byte[] from, int offset, int count) {
        if (digest != null) {
            digest.update(from, offset, count);
            return;
        }
        if (length + count > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + count + SERVER_HELLO));
        }
        System.arraycopy(from, offset, bytes, length, count);
        length += count;
    }

    /** Notes that everything so far is the first ClientHello. */
    void endOfFirstHello() {
        if (firstHelloLength == 0) {
            firstHelloLength = length;
        }
    }

    /**
     * Puts the hash of the first ClientHello in its place: the transcript after a HelloRetryRequest (RFC 8446 4.4.1).
     *
     * <p>{@code message_hash(254) || 00 00 Hash.length || Hash(ClientHello1)}
     */
    void retry(TlsCrypto crypto, int hash) {
        TlsHash ofFirst = crypto.createHash(hash);
        ofFirst.update(bytes, 0, firstHelloLength);
        byte[] first = ofFirst.calculateHash();
        byte[] rest = Arrays.copyOfRange(bytes, firstHelloLength, length);
        length = 0;
        add(new byte[] {(byte) HandshakeType.message_hash, 0, 0, (byte) first.length}, 0, 4);
        add(first, 0, first.length);
        add(rest, 0, rest.length);
    }

    /** Notes that both hellos are complete, no retry follows, and the suite has this hash. */
    void endOfHellos(TlsCrypto crypto, int hash) {
        if (digest == null) {
            TlsHash started = crypto.createHash(hash);
            started.update(bytes, 0, length);
            digest = started;
            bytes = TlsUtils.EMPTY_BYTES;
        }
    }

    /**
     * Returns the secret from which the PSKs of tickets are derived: Derive-Secret(master, "res master",
     * ClientHello...client Finished). The transcript ends.
     */
    byte[] resumptionSecret(SecurityParameters parameters) throws IOException {
        TlsHash complete = digest;
        if (complete == null) {
            throw new IllegalStateException("a handshake without messages after the hellos");
        }
        return TlsCryptoUtils.hkdfExpandLabel(
                        parameters.getMasterSecret(),
                        parameters.getPRFCryptoHashAlgorithm(),
                        "res master",
                        complete.calculateHash(),
                        parameters.getPRFHashLength())
                .extract();
    }

    /** A hash in form only, since bctls passes the bytes of a message to nothing else. */
    private final class Collector implements TlsHash {
        @Override
        public void update(byte[] input, int offset, int count) {
            add(input, offset, count);
        }

        @Override
        public byte[] calculateHash() {
            throw new UnsupportedOperationException("messages are collected here");
        }

        @Override
        public TlsHash cloneHash() {
            throw new UnsupportedOperationException("messages are collected here");
        }

        @Override
        public void reset() {
            throw new UnsupportedOperationException("messages are collected here");
        }
    }
}
