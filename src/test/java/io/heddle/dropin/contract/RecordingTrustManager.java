package io.heddle.dropin.contract;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** A trust manager that delegates to another and records what was visible of a client's handshake. */
final class RecordingTrustManager extends X509ExtendedTrustManager {
    private final X509ExtendedTrustManager delegate;
    private final List<Object> connections = new CopyOnWriteArrayList<>();
    private final List<Seen> sessions = new CopyOnWriteArrayList<>();

    RecordingTrustManager(TrustManager... delegate) {
        this.delegate = (X509ExtendedTrustManager) delegate[0];
    }

    /** The properties of a session during the handshake. */
    record Seen(String protocol, @Nullable String peerHost, List<String> localSignatureAlgorithms) {}

    /** Returns the engines and sockets for which a chain was verified. */
    List<Object> connections() {
        return connections;
    }

    List<Seen> sessions() {
        return sessions;
    }

    private void see(SSLSession handshake) {
        var session = (ExtendedSSLSession) handshake;
        sessions.add(new Seen(
                session.getProtocol(), session.getPeerHost(), List.of(session.getLocalSupportedSignatureAlgorithms())));
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        connections.add(engine);
        see(engine.getHandshakeSession());
        delegate.checkServerTrusted(chain, authType, engine);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        connections.add(socket);
        see(((SSLSocket) socket).getHandshakeSession());
        delegate.checkServerTrusted(chain, authType, socket);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        delegate.checkClientTrusted(chain, authType, engine);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        delegate.checkClientTrusted(chain, authType, socket);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) {
        throw new AssertionError("asked without the connection");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) {
        throw new AssertionError("asked without the connection");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return delegate.getAcceptedIssuers();
    }
}
