package io.heddle.jsse;

import io.heddle.endpoint.SslConfiguration;
import io.heddle.engine.transport.TransportSource;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;

/**
 * JSSE's server socket. {@link #accept} does no handshake; the accepted socket performs it on the thread that first
 * uses it. In client mode the accepted sockets are TLS clients, as some file transfer protocols require.
 */
final class JsseServerSocket extends SSLServerSocket {
    private final JsseRoles roles;
    private final SslConfiguration configuration;

    JsseServerSocket(JsseRoles roles) throws IOException {
        this.roles = roles;
        this.configuration = new SslConfiguration(roles.server());
    }

    @Override
    public Socket accept() throws IOException {
        if (isClosed()) {
            throw new SocketException("Socket is closed");
        }
        if (!isBound()) {
            throw new SocketException("Socket is not bound yet");
        }
        var below = new Socket();
        try {
            implAccept(below);
            // A new role, since the certificates may have been replaced since this socket was created.
            var accepted = new SslConfiguration(roles.server());
            configuration.copyTo(accepted);
            return roles.socket(new TransportSource.OverSocket(below, null, true), accepted);
        } catch (IOException | RuntimeException e) {
            below.close();
            throw e;
        }
    }

    // The configuration that accepted sockets begin with

    @Override
    public boolean getUseClientMode() {
        return configuration.clientMode();
    }

    @Override
    public SSLParameters getSSLParameters() {
        return configuration.toSslParameters();
    }

    @Override
    public String[] getSupportedProtocols() {
        return SslConfiguration.supportedProtocols();
    }

    @Override
    public String[] getEnabledProtocols() {
        return configuration.enabledProtocols();
    }

    @Override
    public String[] getSupportedCipherSuites() {
        return configuration.supportedCipherSuites();
    }

    @Override
    public String[] getEnabledCipherSuites() {
        return configuration.enabledCipherSuites();
    }

    @Override
    public boolean getNeedClientAuth() {
        return configuration.needClientAuth();
    }

    @Override
    public boolean getWantClientAuth() {
        return configuration.wantClientAuth();
    }

    @Override
    public boolean getEnableSessionCreation() {
        return configuration.sessionCreation();
    }

    // Changes, which apply to sockets that are accepted later

    @Override
    public void setUseClientMode(boolean client) {
        configuration.clientMode(client);
    }

    @Override
    public void setSSLParameters(SSLParameters params) {
        configuration.apply(params);
    }

    @Override
    public void setEnabledProtocols(String[] protocols) {
        configuration.enableProtocols(protocols);
    }

    @Override
    public void setEnabledCipherSuites(String[] suites) {
        configuration.enableCipherSuites(suites);
    }

    @Override
    public void setNeedClientAuth(boolean need) {
        configuration.needClientAuth(need);
    }

    @Override
    public void setWantClientAuth(boolean want) {
        configuration.wantClientAuth(want);
    }

    @Override
    public void setEnableSessionCreation(boolean allow) {
        configuration.sessionCreation(allow);
    }

    @Override
    public String toString() {
        return "[SSL: " + super.toString() + "]";
    }
}
