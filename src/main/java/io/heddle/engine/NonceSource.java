package io.heddle.engine;

import java.security.SecureRandom;
import org.bouncycastle.tls.SecurityParameters;
import org.bouncycastle.tls.TlsContext;
import org.bouncycastle.tls.crypto.TlsNonceGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The nonces of one connection, straight from the source: bctls would put a hash DRBG of its own, seeded for each connection,
 * on top of it.
 *
 * <p>Why it also carries a cipher: it is the one object of ours that bctls makes for each connection and hands back when it
 * wants a cipher made, and the lanes need the cipher that bctls is about to use.
 */
final class NonceSource implements TlsNonceGenerator {
    private final SecureRandom random;

    /** Is told of each cipher before it is used. */
    interface Listener {
        void keysMade(SecurityParameters handshake);
    }

    // Guarded by the connection's engine lock.
    private @Nullable RecordCipher latest;
    private @Nullable Listener listener;

    NonceSource(SecureRandom random) {
        this.random = random;
    }

    static NonceSource of(TlsContext context) {
        return (NonceSource) context.getNonceGenerator();
    }

    @Override
    public byte[] generateNonce(int size) {
        byte[] nonce = new byte[size];
        random.nextBytes(nonce);
        return nonce;
    }

    void listener(Listener told) {
        listener = told;
    }

    void made(RecordCipher cipher, SecurityParameters handshake) {
        latest = cipher;
        if (listener != null) {
            listener.keysMade(handshake);
        }
    }

    /** Returns the cipher that was made last; after the handshake that is the one of the application data. */
    RecordCipher cipher() {
        RecordCipher made = latest;
        if (made == null) {
            throw new IllegalStateException("no keys yet");
        }
        return made;
    }
}
