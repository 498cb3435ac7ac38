package io.heddle.jsse;

import io.heddle.endpoint.SslConfiguration;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import javax.net.ssl.SSLServerSocketFactory;
import org.jspecify.annotations.Nullable;

/** JSSE's factory of server sockets. Thread-safe. */
final class JsseServerSocketFactory extends SSLServerSocketFactory {
    /** The JDK's default. */
    private static final int BACKLOG = 50;

    private final JsseRoles roles;

    JsseServerSocketFactory(JsseRoles roles) {
        this.roles = roles;
    }

    @Override
    public String[] getDefaultCipherSuites() {
        return roles.server().cipherSuites().toArray(String[]::new);
    }

    @Override
    public String[] getSupportedCipherSuites() {
        return SslConfiguration.supportedCipherSuites(roles.server().context());
    }

    @Override
    public ServerSocket createServerSocket() throws IOException {
        return new JsseServerSocket(roles);
    }

    @Override
    public ServerSocket createServerSocket(int port) throws IOException {
        return createServerSocket(port, BACKLOG, null);
    }

    @Override
    public ServerSocket createServerSocket(int port, int backlog) throws IOException {
        return createServerSocket(port, backlog, null);
    }

    @Override
    public ServerSocket createServerSocket(int port, int backlog, @Nullable InetAddress ifAddress) throws IOException {
        var socket = new JsseServerSocket(roles);
        try {
            socket.bind(new InetSocketAddress(ifAddress, port), backlog);
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
        return socket;
    }
}
