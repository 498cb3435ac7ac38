package io.heddle.engine.transport;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The source of the transport of a TLS socket: another socket, a channel, or a pair of streams. */
public sealed interface TransportSource
        permits TransportSource.OverSocket, TransportSource.OverChannel, TransportSource.OverStreams {
    /** Returns the transport for records; performs no I/O. */
    Transport transport() throws IOException;

    /** Returns the socket below, if there is one. */
    Optional<Socket> socket();

    boolean isConnected();

    @Nullable
    SocketAddress remoteAddress();

    @Nullable
    SocketAddress localAddress();

    /** Returns the kind of the transport, with the peer's address if it has one; for messages. */
    default String description() {
        String kind = switch (this) {
            case OverSocket over -> "socket";
            case OverChannel over -> "channel";
            case OverStreams over -> "streams";
        };
        return remoteAddress() == null ? kind : kind + " to " + remoteAddress();
    }

    /** Closes the transport of a TLS socket that was never used. */
    void close() throws IOException;

    /** Returns the SO_TIMEOUT of the socket below in milliseconds, 0 if there is none or it is closed. */
    default int soTimeout() {
        return 0;
    }

    /** Returns the socket below for its options. */
    default Socket forOption() throws SocketException {
        return socket().orElseThrow(
                        () -> new SocketException("not supported: this TLS connection does not lie on a socket"));
    }

    /**
     * A socket.
     *
     * @param consumed input that was read from it already, and is read again first
     * @param autoClose whether closing the TLS socket closes it
     */
    record OverSocket(Socket below, @Nullable InputStream consumed, boolean autoClose) implements TransportSource {
        @Override
        public Transport transport() throws IOException {
            InputStream in = below.getInputStream();
            var transport = new SocketTransport(below, consumed == null ? in : new ConsumedFirst(consumed, in));
            return autoClose ? transport : new KeepOpen(transport, below, soTimeout());
        }

        @Override
        public int soTimeout() {
            try {
                return below.getSoTimeout();
            } catch (SocketException e) {
                // It is closed, which the first use reports.
                return 0;
            }
        }

        @Override
        public Optional<Socket> socket() {
            return Optional.of(below);
        }

        @Override
        public boolean isConnected() {
            return below.isConnected();
        }

        @Override
        public @Nullable SocketAddress remoteAddress() {
            return below.getRemoteSocketAddress();
        }

        @Override
        public @Nullable SocketAddress localAddress() {
            return below.getLocalSocketAddress();
        }

        @Override
        public void close() throws IOException {
            if (autoClose) {
                below.close();
            }
        }
    }

    /** A channel in blocking mode, of TCP or of a Unix-domain socket. */
    record OverChannel(
            SocketChannel below,
            @Nullable SocketAddress remoteAddress,
            @Nullable SocketAddress localAddress) implements TransportSource {
        public OverChannel {
            if (!below.isBlocking()) {
                throw new IllegalArgumentException("channel: it is in non-blocking mode, blocking mode is required");
            }
        }

        /** Takes a channel and its addresses, which are not available once it is closed. */
        public OverChannel(SocketChannel below) {
            this(below, address(below::getRemoteAddress), address(below::getLocalAddress));
        }

        private interface Address {
            @Nullable
            SocketAddress get() throws IOException;
        }

        private static @Nullable SocketAddress address(Address of) {
            try {
                return of.get();
            } catch (IOException e) {
                return null;
            }
        }

        @Override
        public Transport transport() throws IOException {
            // The socket of a channel has timeouts and the number of unread bytes; only TCP channels have one.
            return remoteAddress instanceof InetSocketAddress
                    ? new SocketTransport(below.socket())
                    : new ChannelTransport(below);
        }

        @Override
        public Optional<Socket> socket() {
            return Optional.empty();
        }

        @Override
        public boolean isConnected() {
            return remoteAddress != null;
        }

        @Override
        public void close() throws IOException {
            below.close();
        }
    }

    /** A pair of streams. */
    record OverStreams(InputStream in, OutputStream out) implements TransportSource {
        @Override
        public Transport transport() {
            return new StreamTransport(in, out);
        }

        @Override
        public Optional<Socket> socket() {
            return Optional.empty();
        }

        @Override
        public boolean isConnected() {
            return true;
        }

        @Override
        public @Nullable SocketAddress remoteAddress() {
            return null;
        }

        @Override
        public @Nullable SocketAddress localAddress() {
            return null;
        }

        @Override
        public void close() throws IOException {
            try (out) {
                in.close();
            }
        }
    }

    /**
     * A transport that is not closed with TLS: close_notify ends TLS, and the socket remains open.
     *
     * @param soTimeout the timeout of the socket, which reading changes and closing restores
     */
    record KeepOpen(Transport transport, Socket below, int soTimeout) implements Transport {
        @Override
        public int read(byte[] into, int offset, int length, int timeoutMillis) throws IOException {
            return transport.read(into, offset, length, timeoutMillis);
        }

        @Override
        public void write(byte[] from, int offset, int length) throws IOException {
            transport.write(from, offset, length);
        }

        @Override
        public boolean endsWithTls() {
            return false;
        }

        @Override
        public boolean isLost() {
            return transport.isLost();
        }

        @Override
        public int available() {
            // Data after TLS belongs to the socket's user and must not be read ahead or discarded.
            return 0;
        }

        @Override
        public void shutdownOutput() {
            // The socket's user continues in the clear.
        }

        @Override
        public void shutdownInput() {
            // The socket's user continues in the clear.
        }

        /** Leaves the socket open, since its user continues in the clear. */
        @Override
        public void close() throws IOException {
            if (!below.isClosed()) {
                below.setSoTimeout(soTimeout);
            }
        }

        @Override
        public void breakOff() throws IOException {
            transport.breakOff();
        }
    }

    /**
     * An input of bytes that were read from a socket before, followed by those of the socket. Unlike {@link
     * java.io.SequenceInputStream} it does not close the socket at the end of its input. One reader at a time.
     */
    final class ConsumedFirst extends InputStream {
        private final InputStream consumed;
        private final InputStream rest;
        private boolean usedUp;

        ConsumedFirst(InputStream consumed, InputStream rest) {
            this.consumed = consumed;
            this.rest = rest;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            if (!usedUp) {
                int n = consumed.read(into, offset, length);
                if (n >= 0) {
                    return n;
                }
                usedUp = true;
            }
            return rest.read(into, offset, length);
        }

        @Override
        public int available() throws IOException {
            int first = usedUp ? 0 : consumed.available();
            return first > 0 ? first : rest.available();
        }

        @Override
        public void close() throws IOException {
            rest.close();
        }
    }
}
