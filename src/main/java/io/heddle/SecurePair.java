package io.heddle;

import io.heddle.endpoint.ConnectionRole;
import io.heddle.engine.transport.TransportSource;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * A TLS connection in memory, with its ciphertext at {@link #encrypted} and its plaintext at {@link #cleartext}: Node's
 * former {@code tls.createSecurePair} with blocking streams.
 *
 * <p>The caller carries the ciphertext between the pair and the peer, each direction on a thread of its own:
 *
 * <pre>{@code
 * SecurePair pair = Tls.createSecurePair(context, true);
 * Thread.startVirtualThread(() -> pair.encrypted().getInputStream().transferTo(socket.getOutputStream()));
 * Thread.startVirtualThread(() -> socket.getInputStream().transferTo(pair.encrypted().getOutputStream()));
 * pair.cleartext().getInputStream().read();
 * }</pre>
 *
 * <p>The handshake is performed by the first use of {@link #cleartext}. Each direction holds 64 KiB at most; further
 * writes wait for the reader. Thread-safe.
 *
 * @deprecated a {@link TlsSocket} over {@link TlsTransport#of(InputStream, OutputStream)} lies on any pair of streams without
 *     copying
 * @see <a href="https://nodejs.org/docs/latest-v20.x/api/tls.html#tlscreatesecurepaircontext-isserver-requestcert-rejectunauthorized-options">Node
 *     tls.createSecurePair</a>
 */
@Deprecated
public final class SecurePair implements AutoCloseable {
    private static final int CAPACITY = 1 << 16;

    private final BoundedPipe fromPeer = new BoundedPipe(CAPACITY);
    private final BoundedPipe toPeer = new BoundedPipe(CAPACITY);
    private final Encrypted encrypted = new Encrypted();
    private final TlsSocket cleartext;

    SecurePair(ConnectionRole role) {
        cleartext = new TlsSocket(new TransportSource.OverStreams(fromPeer.in(), toPeer.out()), role);
    }

    /** Returns the end with the ciphertext. */
    public Encrypted encrypted() {
        return encrypted;
    }

    /** Returns the end with the plaintext and the results of the handshake. Closing it sends close_notify. */
    public TlsSocket cleartext() {
        return cleartext;
    }

    /**
     * Adds a listener that is called when the handshake is complete, on a thread of its own. Unless the options require
     * an authorized peer, {@link TlsSocket#authorized} must be checked. Node's event {@code secure}.
     */
    public SecurePair onSecure(Runnable listener) {
        cleartext.addHandshakeCompletedListener(event -> listener.run());
        return this;
    }

    /** Closes both ends without close_notify, and wakes the threads that wait at either. Data in transit is lost. */
    public void destroy() {
        try {
            // This end first: to the carrier of the ciphertext it must not look like the regular end of the data.
            toPeer.in().close();
            cleartext.abort();
            fromPeer.in().close();
            fromPeer.out().close();
            toPeer.out().close();
        } catch (IOException e) {
            throw new IllegalStateException("closing a pipe does not fail", e);
        }
    }

    /** Does what {@link #destroy} does. */
    @Override
    public void close() {
        destroy();
    }

    /** The end with the ciphertext, which the transport to the peer has to carry. */
    public final class Encrypted {
        private Encrypted() {}

        /**
         * Returns the ciphertext for the peer; it ends when {@link #cleartext} is closed or has ended its direction.
         */
        public InputStream getInputStream() {
            return toPeer.in();
        }

        /** Returns the stream for the peer's ciphertext; closing it ends the peer's direction. */
        public OutputStream getOutputStream() {
            return fromPeer.out();
        }

        /** Returns the number of bytes produced for the peer, including handshake and headers. */
        public long bytesWritten() {
            return toPeer.written();
        }
    }
}
