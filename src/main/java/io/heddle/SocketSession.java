package io.heddle;

import io.heddle.cipher.Sigalg;
import io.heddle.cipher.Suite;
import io.heddle.engine.HandshakeResult;
import io.heddle.engine.ServerSettings.Negotiated;
import io.heddle.session.SessionExtras;
import io.heddle.session.SessionState;
import java.security.Principal;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSessionBindingEvent;
import javax.net.ssl.SSLSessionBindingListener;
import javax.net.ssl.SSLSessionContext;
import org.jspecify.annotations.Nullable;

/**
 * JSSE's view of a connection's session. The id is stable and never empty, in TLS 1.3 as well.
 *
 * <p>Before or without a handshake it is the null session of JSSE: suite {@code SSL_NULL_WITH_NULL_NULL}, no id. Thread-safe.
 */
final class SocketSession extends ExtendedSSLSession {
    private static final String NULL_SUITE = "SSL_NULL_WITH_NULL_NULL";

    /** What a record can have at most, header included. */
    private static final int PACKET = 5 + (1 << 14) + 2048;

    private final @Nullable HandshakeResult result;
    private final @Nullable Negotiated negotiating;
    private final List<Sigalg> localSigalgs;
    private final @Nullable String peerHost;
    private final int peerPort;
    private final long created;
    private final Map<String, Object> values = new ConcurrentHashMap<>();

    /** Written by {@link #invalidate}, read by anyone. */
    private volatile boolean valid;

    SocketSession(
            @Nullable HandshakeResult result,
            @Nullable Negotiated negotiating,
            List<Sigalg> localSigalgs,
            @Nullable String peerHost,
            int peerPort,
            Instant now) {
        this.result = result;
        this.negotiating = negotiating;
        this.localSigalgs = localSigalgs;
        this.peerHost = peerHost;
        this.peerPort = peerPort;
        this.created = created(result, now).toEpochMilli();
        this.valid = result != null;
    }

    /** A resumed session is as old as its full handshake. */
    private static Instant created(@Nullable HandshakeResult result, Instant now) {
        if (result == null || result.resumption().isEmpty()) {
            return now;
        }
        Optional<SessionState> state = result.session();
        return state.flatMap(SessionState::extras)
                .map(SessionExtras::originalTime)
                .or(() -> state.map(SessionState::time))
                .orElse(now);
    }

    @Override
    public byte[] getId() {
        return result == null ? new byte[0] : result.sessionId();
    }

    @Override
    public @Nullable SSLSessionContext getSessionContext() {
        return null;
    }

    @Override
    public long getCreationTime() {
        return created;
    }

    @Override
    public long getLastAccessedTime() {
        return created;
    }

    @Override
    public void invalidate() {
        valid = false;
    }

    @Override
    public boolean isValid() {
        return valid;
    }

    @Override
    public void putValue(String name, Object value) {
        if (name == null || value == null) {
            throw new IllegalArgumentException("name and value must not be null");
        }
        Object old = values.put(name, value);
        unbound(name, old);
        if (value instanceof SSLSessionBindingListener listener) {
            listener.valueBound(new SSLSessionBindingEvent(this, name));
        }
    }

    @Override
    public @Nullable Object getValue(String name) {
        if (name == null) {
            throw new IllegalArgumentException("name must not be null");
        }
        return values.get(name);
    }

    @Override
    public void removeValue(String name) {
        if (name == null) {
            throw new IllegalArgumentException("name must not be null");
        }
        unbound(name, values.remove(name));
    }

    private void unbound(String name, @Nullable Object old) {
        if (old instanceof SSLSessionBindingListener listener) {
            listener.valueUnbound(new SSLSessionBindingEvent(this, name));
        }
    }

    @Override
    public String[] getValueNames() {
        return values.keySet().toArray(String[]::new);
    }

    @Override
    public Certificate[] getPeerCertificates() throws SSLPeerUnverifiedException {
        // Programs cast the result, so it is an array of what is in it.
        return peerChain().toArray(X509Certificate[]::new);
    }

    private List<X509Certificate> peerChain() throws SSLPeerUnverifiedException {
        if (result == null || result.peerChain().isEmpty()) {
            throw new SSLPeerUnverifiedException("the peer has no certificate");
        }
        return result.peerChain();
    }

    @Override
    public Certificate @Nullable [] getLocalCertificates() {
        return result == null || result.localChain().isEmpty()
                ? null
                : result.localChain().toArray(X509Certificate[]::new);
    }

    @Override
    public Principal getPeerPrincipal() throws SSLPeerUnverifiedException {
        return peerChain().getFirst().getSubjectX500Principal();
    }

    @Override
    public @Nullable Principal getLocalPrincipal() {
        return result == null || result.localChain().isEmpty()
                ? null
                : result.localChain().getFirst().getSubjectX500Principal();
    }

    @Override
    public String getCipherSuite() {
        if (result != null) {
            return result.suite().standardName();
        }
        return negotiating == null
                ? NULL_SUITE
                : negotiating.suite().map(Suite::standardName).orElse(NULL_SUITE);
    }

    @Override
    public String getProtocol() {
        if (result != null) {
            return result.version().protocol();
        }
        return negotiating == null ? "NONE" : negotiating.version().protocol();
    }

    @Override
    public @Nullable String getPeerHost() {
        return peerHost;
    }

    @Override
    public int getPeerPort() {
        return peerPort;
    }

    @Override
    public int getPacketBufferSize() {
        return PACKET;
    }

    @Override
    public int getApplicationBufferSize() {
        return 1 << 14;
    }

    @Override
    public String[] getLocalSupportedSignatureAlgorithms() {
        return names(localSigalgs);
    }

    @Override
    public String[] getPeerSupportedSignatureAlgorithms() {
        return names(result == null ? List.of() : result.peerSigalgs());
    }

    private static String[] names(List<Sigalg> sigalgs) {
        return sigalgs.stream().map(JcaNames::of).distinct().toArray(String[]::new);
    }

    @Override
    public List<SNIServerName> getRequestedServerNames() {
        Optional<String> name = result != null
                ? result.servername()
                : negotiating == null ? Optional.empty() : negotiating.servername();
        return name.flatMap(HostNames::sni).map(List::<SNIServerName>of).orElse(List.of());
    }

    @Override
    public List<byte[]> getStatusResponses() {
        return result == null ? List.of() : result.staples();
    }

    @Override
    public String toString() {
        return "Session(" + getProtocol() + "|" + getCipherSuite() + ")";
    }
}
