package io.heddle.engine.crypto;

import java.security.SecureRandom;
import org.bouncycastle.tls.SecurityParameters;
import org.bouncycastle.tls.TlsContext;
import org.bouncycastle.tls.crypto.TlsNonceGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The ciphers of one connection as bctls creates them, and its nonces.
 *
 * <p>It is a nonce generator because that is the only per-connection object that bctls requests and passes on to {@link
 * ProviderCrypto#createCipher}, which creates the ciphers that {@code RecordReader} and {@code RecordWriter} need. The
 * nonces come from the random source directly; bctls would add a hash DRBG of its own, seeded for each connection.
 */
public final class ConnectionCiphers implements TlsNonceGenerator {
    private final SecureRandom random;

    /** A listener for new ciphers, called before their first use. */
    public interface Listener {
        void keysCreated(SecurityParameters handshake);
    }

    /**
     * Guarded by the connection's engine lock, as are the two in use; {@link #opener} changes under its in lock
     * as well.
     */
    private @Nullable RecordCipher latest;

    private @Nullable Listener listener;

    private @Nullable RecordCipher sealer;
    private @Nullable RecordCipher opener;

    ConnectionCiphers(SecureRandom random) {
        this.random = random;
    }

    public static ConnectionCiphers of(TlsContext context) {
        return (ConnectionCiphers) context.getNonceGenerator();
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
    void created(RecordCipher cipher, SecurityParameters handshake) {
        latest = cipher;
        if (cipher.hidesType() && opener == null) {
            sealer = cipher;
            opener = cipher;
        }
        if (listener != null) {
            listener.keysCreated(handshake);
        }
    }

    /** Switches sealing to the newest cipher, after the local ChangeCipherSpec. */
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
