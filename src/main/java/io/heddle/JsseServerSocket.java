package io.heddle;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;

/**
 * JSSE's server socket. {@link #accept} does no handshake: that is the accepted socket's, on the thread that first uses it. In
 * client mode the accepted sockets are TLS clients, as some protocols of file transfer have it.
 */
final class JsseServerSocket extends SSLServerSocket {
    private final Configuration configuration;

    JsseServerSocket(Sides sides) throws IOException {
        this.configuration = new Configuration(sides.server());
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
            // The sides may know of newer certificates than when this was made.
            var accepted = new TlsSocket(
                    new Underlay.OverSocket(below, null, true),
                    configuration.role().sides().server());
            accepted.configuration().setLike(configuration);
            return accepted;
        } catch (IOException | RuntimeException e) {
            below.close();
            throw e;
        }
    }

    @Override
    public String[] getSupportedCipherSuites() {
        return configuration.parameters().supportedSuites();
    }

    @Override
    public String[] getEnabledCipherSuites() {
        return configuration.parameters().suites();
    }

    @Override
    public void setEnabledCipherSuites(String[] suites) {
        configuration.suites(suites);
    }

    @Override
    public String[] getSupportedProtocols() {
        return SocketParameters.supportedProtocols();
    }

    @Override
    public String[] getEnabledProtocols() {
        return configuration.parameters().protocols();
    }

    @Override
    public void setEnabledProtocols(String[] protocols) {
        configuration.protocols(protocols);
    }

    @Override
    public SSLParameters getSSLParameters() {
        return configuration.toSslParameters();
    }

    @Override
    public void setSSLParameters(SSLParameters params) {
        configuration.parameters().take(params);
    }

    @Override
    public void setNeedClientAuth(boolean need) {
        configuration.parameters().needClientAuth(need);
    }

    @Override
    public boolean getNeedClientAuth() {
        return configuration.parameters().needClientAuth();
    }

    @Override
    public void setWantClientAuth(boolean want) {
        configuration.parameters().wantClientAuth(want);
    }

    @Override
    public boolean getWantClientAuth() {
        return configuration.parameters().wantClientAuth();
    }

    @Override
    public void setUseClientMode(boolean client) {
        configuration.client(client);
    }

    @Override
    public boolean getUseClientMode() {
        return configuration.isClient();
    }

    @Override
    public void setEnableSessionCreation(boolean allow) {
        configuration.parameters().sessionCreation(allow);
    }

    @Override
    public boolean getEnableSessionCreation() {
        return configuration.parameters().sessionCreation();
    }

    @Override
    public String toString() {
        return "[SSL: " + super.toString() + "]";
    }
}
