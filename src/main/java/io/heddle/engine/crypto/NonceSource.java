package io.heddle.engine.crypto;

import java.security.SecureRandom;
import org.bouncycastle.tls.SecurityParameters;
import org.bouncycastle.tls.TlsContext;
import org.bouncycastle.tls.crypto.TlsNonceGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The nonces of one connection, straight from the random source: bctls would put a hash DRBG of its own, seeded for
 * each connection, on top of it.
 *
 * <p>Why it also carries the ciphers: it is the one object of Heddle that bctls makes for each connection and passes to
 * {@link ProviderCrypto#createCipher}, and the driver needs the ciphers that bctls uses.
 */
public final class NonceSource implements TlsNonceGenerator {
    private final SecureRandom random;

    /** A listener for new ciphers, called before their first use. */
    public interface Listener {
        void keysMade(SecurityParameters handshake);
    }

    /**
     * Guarded by the connection's engine lock, as are the two in use; {@link #opener} changes under its in lock
     * as well.
     */
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

    public void listener(Listener added) {
        listener = added;
    }

    /**
     * In TLS 1.3 the first cipher serves both directions of the handshake, the second all that follows; below, each
     * direction waits for ChangeCipherSpec.
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

    /** Seals with the cipher that was made last, after the local ChangeCipherSpec. */
    public void sealingChanged() {
        sealer = latest;
    }

    /** Opens with the cipher that was made last, after the peer's ChangeCipherSpec. */
    public void openingChanged() {
        opener = latest;
    }

    /** Uses the cipher that was made last in both directions, when the handshake is complete. */
    public void completed() {
        sealer = latest;
        opener = latest;
    }

    /** Returns the cipher that seals local records. */
    public RecordCipher sealer() {
        return require(sealer);
    }

    /** Returns the cipher that opens the peer's records. */
    public RecordCipher opener() {
        return require(opener);
    }

    /** Returns whether the peer's records are protected. */
    public boolean hasOpener() {
        return opener != null;
    }

    private static RecordCipher require(@Nullable RecordCipher cipher) {
        if (cipher == null) {
            throw new IllegalStateException("no keys yet");
        }
        return cipher;
    }
}
