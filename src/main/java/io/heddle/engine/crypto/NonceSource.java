package io.heddle.engine.crypto;

import java.security.SecureRandom;
import org.bouncycastle.tls.SecurityParameters;
import org.bouncycastle.tls.TlsContext;
import org.bouncycastle.tls.crypto.TlsNonceGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The nonces of one connection, straight from the source: bctls would put a hash DRBG of its own, seeded for each connection,
 * on top of it.
 *
 * <p>Why it also carries the ciphers: it is the one object of ours that bctls makes for each connection and hands back when it
 * wants a cipher made, and the lanes need those that bctls uses.
 */
public final class NonceSource implements TlsNonceGenerator {
    private final SecureRandom random;

    /** Is told of each cipher before it is used. */
    public interface Listener {
        void keysMade(SecurityParameters handshake);
    }

    /** Guarded by the connection's engine lock, as are the two in use; {@link #opener} changes under its in lock as well. */
    private @Nullable RecordCipher latest;

    private @Nullable Listener listener;

    private @Nullable RecordCipher sealer;
    private @Nullable RecordCipher opener;

    NonceSource(SecureRandom random) {
        this.random = random;
    }

    public static NonceSource of(TlsContext context) {
        return (NonceSource) context.getNonceGenerator();
    }

    @Override
    public byte[] generateNonce(int size) {
        byte[] nonce = new byte[size];
        random.nextBytes(nonce);
        return nonce;
    }

    public void listener(Listener told) {
        listener = told;
    }

    /**
     * In TLS 1.3 the first cipher serves both directions of the handshake, the second all that follows; below, each direction waits
     * for ChangeCipherSpec.
     */
    void made(RecordCipher cipher, SecurityParameters handshake) {
        latest = cipher;
        if (cipher.hidesType() && opener == null) {
            sealer = cipher;
            opener = cipher;
        }
        if (listener != null) {
            listener.keysMade(handshake);
        }
    }

    /** We have sent ChangeCipherSpec: the cipher that was made last seals from here on. */
    public void sealingChanged() {
        sealer = latest;
    }

    /** The peer has sent ChangeCipherSpec: the cipher that was made last opens from here on. */
    public void openingChanged() {
        opener = latest;
    }

    /** The handshake is complete. */
    public void completed() {
        sealer = latest;
        opener = latest;
    }

    /** Returns the cipher that seals what we send. */
    public RecordCipher sealer() {
        return known(sealer);
    }

    /** Returns the cipher that opens what the peer sends. */
    public RecordCipher opener() {
        return known(opener);
    }

    /** Returns whether what the peer sends is protected. */
    public boolean hasOpener() {
        return opener != null;
    }

    private static RecordCipher known(@Nullable RecordCipher cipher) {
        if (cipher == null) {
            throw new IllegalStateException("no keys yet");
        }
        return cipher;
    }
}
