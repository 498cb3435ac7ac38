package io.heddle;

import io.heddle.engine.transport.TransportSource;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.channels.SocketChannel;

/**
 * The connection below TLS: a connected socket, a channel, or a pair of streams, of one peer. It belongs to the TLS
 * connection that it is given to, which closes it.
 *
 * @see <a href="https://nodejs.org/api/tls.html#new-tlstlssocketsocket-options">Node new tls.TLSSocket</a>
 */
public final class TlsTransport {
    private final TransportSource source;

    private TlsTransport(TransportSource source) {
        this.source = source;
    }

    /** Returns a transport over a connected socket, which may itself be one of TLS. */
    public static TlsTransport of(Socket connected) {
        return new TlsTransport(new TransportSource.OverSocket(connected, null, true));
    }

    /**
     * Returns a transport over a connected channel, of TCP or of a Unix-domain socket.
     *
     * @throws IllegalArgumentException if the channel is in non-blocking mode
     */
    public static TlsTransport of(SocketChannel connected) {
        return new TlsTransport(new TransportSource.OverChannel(connected));
    }

    /**
     * Returns a transport over a pair of streams. It has neither addresses nor socket options, and a deadline ends a read
     * or write only if closing the stream does.
     *
     * @param in the stream of the peer's bytes
     * @param out the stream to the peer
     */
    public static TlsTransport of(InputStream in, OutputStream out) {
        return new TlsTransport(new TransportSource.OverStreams(in, out));
    }

    TransportSource source() {
        return source;
    }

    /** Returns the kind of the transport, with its peer's address if it has one. */
    @Override
    public String toString() {
        return "TlsTransport[%s]".formatted(source.description());
    }
}
