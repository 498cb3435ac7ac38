package io.heddle;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * TLS between two ends in memory: ciphertext goes in and out at {@link #encrypted}, plain text at {@link #cleartext}. What Node's
 * {@code tls.createSecurePair} gave, in the form of blocking streams.
 *
 * <p>Whoever has the pair carries the ciphertext, both ways and each on a thread of its own, to wherever the peer is:
 *
 * <pre>{@code
 * SecurePair pair = Tls.createSecurePair(context, true);
 * Thread.startVirtualThread(() -> pair.encrypted().getInputStream().transferTo(socket.getOutputStream()));
 * Thread.startVirtualThread(() -> socket.getInputStream().transferTo(pair.encrypted().getOutputStream()));
 * pair.cleartext().getInputStream().read();
 * }</pre>
 *
 * <p>The handshake is made on first use of {@link #cleartext}. Each direction holds 64 KiB at most; who writes more waits for who
 * reads. Thread-safe.
 *
 * @deprecated {@link TlsSocket#TlsSocket(InputStream, OutputStream, ServerOptions)} and its siblings lie on any pair of streams
 *     without copying
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
        cleartext = new TlsSocket(new Underlay.OverStreams(fromPeer.in(), toPeer.out()), role);
    }

    /** Returns the end with the ciphertext. */
    public Encrypted encrypted() {
        return encrypted;
    }

    /** Returns the end with the plain text, which knows what was negotiated. Closing it says goodbye to the peer. */
    public TlsSocket cleartext() {
        return cleartext;
    }

    /**
     * Adds who is told when the handshake is complete, on a thread of its own. Nothing has been decided about the peer by then
     * unless it had to be good: {@link TlsSocket#authorized} tells. Node's event {@code secure}.
     */
    public SecurePair onSecure(Runnable listener) {
        cleartext.addHandshakeCompletedListener(event -> listener.run());
        return this;
    }

    /** Closes both ends without a word to the peer, and wakes whoever waits at either. What was on its way is lost. */
    public void destroy() {
        try {
            // This end first: to whoever carries ciphertext it is not to look like the peer's text having come to its
            // end.
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

    /** The end with the ciphertext: what the transport to the peer has to carry. */
    public final class Encrypted {
        private Encrypted() {}

        /** Returns what is for the peer; it ends when {@link #cleartext} is closed or has ended its direction. */
        public InputStream getInputStream() {
            return toPeer.in();
        }

        /** Returns where to write what came from the peer; closing it says that nothing more will come. */
        public OutputStream getOutputStream() {
            return fromPeer.out();
        }

        /** Returns how many bytes were made for the peer, handshake and headers included. */
        public long bytesWritten() {
            return toPeer.written();
        }
    }
}
