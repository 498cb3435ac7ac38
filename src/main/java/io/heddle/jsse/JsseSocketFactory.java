package io.heddle.jsse;

import io.heddle.endpoint.SslConfiguration;
import io.heddle.engine.transport.TransportSource;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * JSSE's factory of client sockets, which can be changed to servers' until their handshake begins. Layering over a
 * socket performs no I/O: with STARTTLS the program may still write in the clear below.
 *
 * <p>Thread-safe.
 */
final class JsseSocketFactory extends SSLSocketFactory {
    private final JsseRoles roles;

    JsseSocketFactory(JsseRoles roles) {
        this.roles = roles;
    }

    @Override
    public String[] getDefaultCipherSuites() {
        return roles.client(null, -1).cipherSuites().toArray(String[]::new);
    }

    @Override
    public String[] getSupportedCipherSuites() {
        return SslConfiguration.supportedCipherSuites(roles.client(null, -1).context());
    }

    @Override
    public Socket createSocket() {
        return roles.socket(new TransportSource.OverSocket(new Socket(), null, true), roles.client(null, -1));
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return connected(host, new InetSocketAddress(host, port), null);
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
        return connected(host, new InetSocketAddress(host, port), new InetSocketAddress(localHost, localPort));
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        var remote = new InetSocketAddress(host, port);
        return connected(remote.getHostString(), remote, null);
    }

    @Override
    public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort)
            throws IOException {
        var remote = new InetSocketAddress(address, port);
        return connected(remote.getHostString(), remote, new InetSocketAddress(localAddress, localPort));
    }

    private Socket connected(String host, InetSocketAddress remote, @Nullable InetSocketAddress local)
            throws IOException {
        var below = new Socket();
        try {
            if (local != null) {
                below.bind(local);
            }
            below.connect(remote);
        } catch (IOException | RuntimeException e) {
            below.close();
            throw e;
        }
        return roles.socket(new TransportSource.OverSocket(below, null, true), roles.client(host, remote.getPort()));
    }

    /** Layers TLS over a connected socket; without a host the peer is identified by its address only. */
    @Override
    public Socket createSocket(Socket s, @Nullable String host, int port, boolean autoClose) throws IOException {
        requireConnected(s);
        return roles.socket(new TransportSource.OverSocket(s, null, autoClose), roles.client(host, port));
    }

    /** Layers the server side of TLS over a connected socket from which {@code consumed} was read already. */
    @Override
    public Socket createSocket(Socket s, @Nullable InputStream consumed, boolean autoClose) throws IOException {
        requireConnected(s);
        return roles.socket(new TransportSource.OverSocket(s, consumed, autoClose), roles.server());
    }

    private static void requireConnected(Socket below) throws SocketException {
        if (below == null) {
            throw new NullPointerException("the socket below cannot be null");
        }
        if (!below.isConnected()) {
            throw new SocketException("Underlying socket is not connected");
        }
    }
}
