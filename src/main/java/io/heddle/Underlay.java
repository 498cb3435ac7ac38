package io.heddle;

import io.heddle.engine.transport.ChannelTransport;
import io.heddle.engine.transport.SocketTransport;
import io.heddle.engine.transport.StreamTransport;
import io.heddle.engine.transport.Transport;
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

/** What a TLS socket lies on: another socket, a channel, or a pair of streams. */
sealed interface Underlay permits Underlay.OverSocket, Underlay.OverChannel, Underlay.OverStreams {
    /** Returns the way for records; does no input or output. */
    Transport transport() throws IOException;

    /** Returns the socket below, where there is one. */
    Optional<Socket> socket();

    boolean isConnected();

    @Nullable
    SocketAddress remoteAddress();

    @Nullable
    SocketAddress localAddress();

    /** Closes what is below when no TLS connection was begun. */
    void close() throws IOException;

    /** Returns the SO_TIMEOUT of the socket below in milliseconds, 0 where there is none or it has ended. */
    default int soTimeout() {
        return 0;
    }

    /** Returns the socket below for an option that only sockets have. */
    default Socket forOption() throws SocketException {
        return socket().orElseThrow(
                        () -> new SocketException("not supported: this TLS connection does not lie on a socket"));
    }

    /**
     * A socket, of our own or someone else's.
     *
     * @param consumed what was read from it already and is to be read again first
     * @param autoClose whether closing the TLS socket closes it
     */
    record OverSocket(Socket below, @Nullable InputStream consumed, boolean autoClose) implements Underlay {
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
                // It is closed; the first use says so.
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

    /** A channel in blocking mode, so a Unix-domain socket too. */
    record OverChannel(
            SocketChannel below,
            @Nullable SocketAddress remoteAddress,
            @Nullable SocketAddress localAddress) implements Underlay {
        public OverChannel {
            if (!below.isBlocking()) {
                throw new IllegalArgumentException("channel: it is in non-blocking mode, blocking mode is required");
            }
        }

        /** Takes a channel, with its addresses, which a closed one does not tell. */
        OverChannel(SocketChannel below) {
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
            // The socket of a channel has timeouts and tells what is unread; only TCP channels have one.
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

    /** Two streams. */
    record OverStreams(InputStream in, OutputStream out) implements Underlay {
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
     * A transport whose end is not ours to make: close_notify ends TLS, and the socket goes on.
     *
     * @param soTimeout of the socket, which reading changes and closing restores
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
        public int available() {
            // What follows TLS on the socket is not ours to read ahead or to throw away.
            return 0;
        }

        @Override
        public void shutdownOutput() {
            // The socket's user goes on in the clear.
        }

        @Override
        public void shutdownInput() {
            // The socket's user goes on in the clear.
        }

        /** Leaves the socket open, as its user goes on in the clear. */
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
}
