package io.heddle.managers;

import java.security.Principal;
import java.security.cert.Certificate;
import java.util.List;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLSessionContext;

/** The session of a running handshake, with what a key or trust manager uses. */
final class HandshakeSession extends ExtendedSSLSession {
    private final String protocol;
    private final String peerHost;
    private final List<SNIServerName> requested;
    private final String[] peerSigalgs;

    private HandshakeSession(String protocol, String peerHost, List<SNIServerName> requested, String[] peerSigalgs) {
        this.protocol = protocol;
        this.peerHost = peerHost;
        this.requested = requested;
        this.peerSigalgs = peerSigalgs;
    }

    /** Returns a session of TLS 1.3 without data of the peer; an empty host stands for null. */
    static HandshakeSession with(String peerHost) {
        return new HandshakeSession("TLSv1.3", peerHost, List.of(), new String[0]);
    }

    HandshakeSession requested(String servername) {
        return new HandshakeSession(protocol, peerHost, List.of(new SNIHostName(servername)), peerSigalgs);
    }

    HandshakeSession peerSigalgs(String... names) {
        return new HandshakeSession(protocol, peerHost, requested, names);
    }

    HandshakeSession protocol(String name) {
        return new HandshakeSession(name, peerHost, requested, peerSigalgs);
    }

    @Override
    public String[] getLocalSupportedSignatureAlgorithms() {
        return new String[] {"SHA256withECDSA", "RSASSA-PSS", "SHA256withRSA"};
    }

    @Override
    public String[] getPeerSupportedSignatureAlgorithms() {
        return peerSigalgs.clone();
    }

    @Override
    public List<SNIServerName> getRequestedServerNames() {
        return requested;
    }

    @Override
    public List<byte[]> getStatusResponses() {
        return List.of();
    }

    @Override
    @SuppressWarnings("NullAway") // JSSE's way to say that the host is not known
    public String getPeerHost() {
        return peerHost.isEmpty() ? null : peerHost;
    }

    @Override
    public int getPeerPort() {
        return 443;
    }

    @Override
    public String getProtocol() {
        return protocol;
    }

    @Override
    public String getCipherSuite() {
        return "TLS_AES_128_GCM_SHA256";
    }

    @Override
    public byte[] getId() {
        return new byte[0];
    }

    @Override
    public SSLSessionContext getSessionContext() {
        throw new UnsupportedOperationException();
    }

    @Override
    public long getCreationTime() {
        return 0;
    }

    @Override
    public long getLastAccessedTime() {
        return 0;
    }

    @Override
    public void invalidate() {}

    @Override
    public boolean isValid() {
        return true;
    }

    @Override
    public void putValue(String name, Object value) {}

    @Override
    public Object getValue(String name) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void removeValue(String name) {}

    @Override
    public String[] getValueNames() {
        return new String[0];
    }

    @Override
    public Certificate[] getPeerCertificates() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Certificate[] getLocalCertificates() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Principal getPeerPrincipal() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Principal getLocalPrincipal() {
        throw new UnsupportedOperationException();
    }

    @Override
    public int getPacketBufferSize() {
        return 0;
    }

    @Override
    public int getApplicationBufferSize() {
        return 0;
    }
}
