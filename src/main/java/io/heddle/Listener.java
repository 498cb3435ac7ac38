package io.heddle;

import io.heddle.engine.transport.TransportSource;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;

/** The listening socket of a server. One thread accepts; closing wakes it with an exception. */
sealed interface Listener permits Listener.Tcp, Listener.Unix {
    /** Waits for the next connection. */
    TransportSource accept() throws IOException;

    SocketAddress address();

    boolean isClosed();

    void close() throws IOException;

    /** Starts listening on a TCP or Unix-domain address; the options are those of accepted TCP sockets. */
    static Listener open(SocketAddress local, int backlog, TcpOptions options) throws IOException {
        return local instanceof UnixDomainSocketAddress unix
                ? Unix.open(unix, backlog)
                : Tcp.open(local, backlog, options);
    }

    /** A TCP port. */
    record Tcp(ServerSocket listening, TcpOptions options) implements Listener {
        static Tcp open(SocketAddress local, int backlog, TcpOptions options) throws IOException {
            var listening = new ServerSocket();
            try {
                listening.setReuseAddress(true);
                listening.bind(local, backlog);
                return new Tcp(listening, options);
            } catch (IOException | RuntimeException e) {
                listening.close();
                throw e;
            }
        }

        @Override
        public TransportSource accept() throws IOException {
            Socket accepted = listening.accept();
            try {
                options.applyTo(accepted);
                return new TransportSource.OverSocket(accepted, null, true);
            } catch (IOException | RuntimeException e) {
                accepted.close();
                throw e;
            }
        }

        @Override
        public SocketAddress address() {
            return listening.getLocalSocketAddress();
        }

        @Override
        public boolean isClosed() {
            return listening.isClosed();
        }

        @Override
        public void close() throws IOException {
            listening.close();
        }
    }

    /** A Unix-domain socket, whose file is deleted on close. */
    record Unix(ServerSocketChannel listening, UnixDomainSocketAddress address) implements Listener {
        static Unix open(UnixDomainSocketAddress local, int backlog) throws IOException {
            ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            try {
                listening.bind(local, backlog);
                return new Unix(listening, local);
            } catch (IOException | RuntimeException e) {
                listening.close();
                throw e;
            }
        }

        @Override
        public TransportSource accept() throws IOException {
            SocketChannel accepted = listening.accept();
            return new TransportSource.OverChannel(accepted);
        }

        @Override
        public boolean isClosed() {
            return !listening.isOpen();
        }

        @Override
        public void close() throws IOException {
            listening.close();
            Files.deleteIfExists(address.getPath());
        }
    }
}
