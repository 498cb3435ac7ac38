package io.heddle.engine.handshake;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.bouncycastle.tls.HandshakeMessageInput;
import org.bouncycastle.tls.HandshakeType;
import org.bouncycastle.tls.SecurityParameters;
import org.bouncycastle.tls.crypto.TlsCrypto;
import org.bouncycastle.tls.crypto.TlsCryptoUtils;
import org.bouncycastle.tls.crypto.TlsHash;

/**
 * The handshake messages of both sides in their order, up to the client's Finished: bctls seals its own transcript
 * before that, but the resumption secret covers it (RFC 8446 7.1).
 *
 * <p>Confined to the connection's engine lock.
 */
final class Transcript {
    private ByteArrayOutputStream bytes = new ByteArrayOutputStream(4096);
    private int firstHelloLength;

    /** Adds a received message, its header included, without consuming it. */
    void add(HandshakeMessageInput message) {
        message.updateHash(new Collector(bytes));
    }

    /** Adds part of a sent message. */
    void add(byte[] from, int offset, int length) {
        bytes.write(from, offset, length);
    }

    /** Notes that everything so far is the first ClientHello. */
    void endOfFirstHello() {
        if (firstHelloLength == 0) {
            firstHelloLength = bytes.size();
        }
    }

    /**
     * Puts the hash of the first ClientHello in its place: the transcript after a HelloRetryRequest (RFC 8446 4.4.1).
     *
     * <p>{@code message_hash(254) || 00 00 Hash.length || Hash(ClientHello1)}
     */
    void retry(TlsCrypto crypto, int hash) {
        byte[] all = bytes.toByteArray();
        byte[] first = hash(crypto, hash, all, 0, firstHelloLength);
        bytes = new ByteArrayOutputStream(4096);
        bytes.write(HandshakeType.message_hash);
        bytes.write(0);
        bytes.write(0);
        bytes.write(first.length);
        bytes.writeBytes(first);
        bytes.write(all, firstHelloLength, all.length - firstHelloLength);
    }

    /**
     * Returns the secret from which the PSKs of tickets are derived: Derive-Secret(master, "res master",
     * ClientHello...client Finished).
     */
    byte[] resumptionSecret(TlsCrypto crypto, SecurityParameters parameters) throws IOException {
        int hash = parameters.getPRFCryptoHashAlgorithm();
        byte[] all = bytes.toByteArray();
        return TlsCryptoUtils.hkdfExpandLabel(
                        parameters.getMasterSecret(),
                        hash,
                        "res master",
                        hash(crypto, hash, all, 0, all.length),
                        parameters.getPRFHashLength())
                .extract();
    }

    private static byte[] hash(TlsCrypto crypto, int hash, byte[] from, int offset, int length) {
        TlsHash digest = crypto.createHash(hash);
        digest.update(from, offset, length);
        return digest.calculateHash();
    }

    /** A hash that collects the bytes, since bctls passes those of a message to a hash only. */
    private record Collector(ByteArrayOutputStream into) implements TlsHash {
        @Override
        public void update(byte[] input, int offset, int length) {
            into.write(input, offset, length);
        }

        @Override
        public byte[] calculateHash() {
            return into.toByteArray();
        }

        @Override
        public TlsHash cloneHash() {
            var copy = new ByteArrayOutputStream();
            copy.writeBytes(into.toByteArray());
            return new Collector(copy);
        }

        @Override
        public void reset() {
            into.reset();
        }
    }
}
