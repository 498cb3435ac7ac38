package io.heddle.endpoint;

import io.heddle.cipher.Sigalg;
import io.heddle.failure.TlsFailure;
import java.security.Principal;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLKeyException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSessionBindingEvent;
import javax.net.ssl.SSLSessionBindingListener;
import javax.net.ssl.SSLSessionContext;
import org.jspecify.annotations.Nullable;

/**
 * JSSE's view of a connection's session. The id is stable and never empty, in TLS 1.3 as well.
 *
 * <p>The certificates of a peer that is not authorized are not shown, since containers take the name in them for that
 * of a login.
 *
 * <p>Before or without a handshake it is JSSE's null session: suite {@code SSL_NULL_WITH_NULL_NULL}, no id.
 * Thread-safe.
 */
public final class SocketSession extends ExtendedSSLSession {
    /** The maximum length of a record, header included. */
    private static final int PACKET = 5 + (1 << 14) + 2048;

    /**
     * The maximum length of an opened record, with the type and padding that TLS 1.3 has behind the data, so that it is
     * opened in place.
     */
    private static final int DATA = (1 << 14) + 256;

    private final SessionFacts facts;
    private final List<Sigalg> localSigalgs;
    private final @Nullable String peerHost;
    private final int peerPort;
    private final @Nullable SessionContext context;
    private final Map<String, Object> values = new ConcurrentHashMap<>();

    /** Written by {@link #invalidate}, read by any thread. */
    private volatile boolean valid;

    /**
     * Creates a view.
     *
     * @param localSigalgs the signature algorithms accepted by this side
     * @param context JSSE's context of the session, null if there is none
     */
    public SocketSession(
            SessionFacts facts,
            List<Sigalg> localSigalgs,
            @Nullable String peerHost,
            int peerPort,
            @Nullable SessionContext context) {
        this.facts = facts;
        this.localSigalgs = localSigalgs;
        this.peerHost = peerHost;
        this.peerPort = peerPort;
        this.context = context;
        this.valid = facts.id().length > 0;
    }

    @Override
    public byte[] getId() {
        return facts.id().clone();
    }

    @Override
    public @Nullable SSLSessionContext getSessionContext() {
        return context;
    }

    @Override
    public long getCreationTime() {
        return facts.created().toEpochMilli();
    }

    @Override
    public long getLastAccessedTime() {
        return facts.created().toEpochMilli();
    }

    @Override
    public void invalidate() {
        valid = false;
        if (context != null) {
            context.forget(facts.id());
        }
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
        // Programs cast the result to X509Certificate[].
        return peerChain().toArray(X509Certificate[]::new);
    }

    /**
     * Returns the chain of a peer that is authorized. Callers of JSSE take these certificates for verified, whatever
     * the options of the connection tolerate; {@link TlsSocket#peerCertificates} has those of an unauthorized peer as
     * well.
     */
    private List<X509Certificate> peerChain() throws SSLPeerUnverifiedException {
        if (facts.peerChain().isEmpty()) {
            throw new SSLPeerUnverifiedException("the peer has no certificate");
        }
        if (facts.refusal().isPresent()) {
            throw new SSLPeerUnverifiedException(
                    "the peer's certificate is not accepted: " + facts.refusal().get());
        }
        return facts.peerChain();
    }

    @Override
    public Certificate @Nullable [] getLocalCertificates() {
        return facts.localChain().isEmpty() ? null : facts.localChain().toArray(X509Certificate[]::new);
    }

    @Override
    public Principal getPeerPrincipal() throws SSLPeerUnverifiedException {
        return peerChain().getFirst().getSubjectX500Principal();
    }

    @Override
    public @Nullable Principal getLocalPrincipal() {
        return facts.localChain().isEmpty()
                ? null
                : facts.localChain().getFirst().getSubjectX500Principal();
    }

    @Override
    public String getCipherSuite() {
        return facts.suite();
    }

    @Override
    public String getProtocol() {
        return facts.protocol();
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
        return DATA;
    }

    @Override
    public String[] getLocalSupportedSignatureAlgorithms() {
        return names(localSigalgs);
    }

    @Override
    public String[] getPeerSupportedSignatureAlgorithms() {
        return names(facts.peerSigalgs());
    }

    private static String[] names(List<Sigalg> sigalgs) {
        return sigalgs.stream().map(SocketSession::jcaName).distinct().toArray(String[]::new);
    }

    /** Returns the JCA name of a signature algorithm, for key and trust managers. */
    private static String jcaName(Sigalg sigalg) {
        return switch (sigalg) {
            case ED25519 -> "Ed25519";
            case ED448 -> "Ed448";
            case MLDSA44 -> "ML-DSA-44";
            case MLDSA65 -> "ML-DSA-65";
            case MLDSA87 -> "ML-DSA-87";
            case RSA_PSS_RSAE_SHA256, RSA_PSS_RSAE_SHA384, RSA_PSS_RSAE_SHA512 -> "RSASSA-PSS";
            case RSA_PSS_PSS_SHA256, RSA_PSS_PSS_SHA384, RSA_PSS_PSS_SHA512 -> "RSASSA-PSS";
            default -> {
                // OpenSSL's form is "ECDSA+SHA256".
                String[] parts = sigalg.opensslName().split("\\+", 2);
                yield parts[1] + "with" + parts[0];
            }
        };
    }

    @Override
    public List<SNIServerName> getRequestedServerNames() {
        return facts.servername()
                .flatMap(HostNames::sni)
                .map(List::<SNIServerName>of)
                .orElse(List.of());
    }

    @Override
    public List<byte[]> getStatusResponses() {
        return facts.staples().stream().map(byte[]::clone).toList();
    }

    /**
     * Returns keying material, as {@link TlsSocket#exportKeyingMaterial(int, String, byte[])}; JDK 25 and later have
     * this method.
     *
     * @param context null for none
     * @throws SSLKeyException if there is none: before the handshake, of a stored session, or where RFC 7627 5.4
     *     forbids it
     */
    public byte[] exportKeyingMaterialData(String label, byte @Nullable [] context, int length) throws SSLKeyException {
        try {
            return facts.exporter()
                    .orElseThrow(() -> new SSLKeyException("there is no connection whose keys could be exported"))
                    .export(length, label, Optional.ofNullable(context));
        } catch (TlsFailure e) {
            var failure = new SSLKeyException(e.getMessage());
            failure.initCause(e);
            throw failure;
        }
    }

    /** Returns keying material as a key for this algorithm; JDK 25 and later have this method. */
    public SecretKey exportKeyingMaterialKey(String keyAlg, String label, byte @Nullable [] context, int length)
            throws SSLKeyException {
        byte[] material = exportKeyingMaterialData(label, context, length);
        try {
            return new SecretKeySpec(material, keyAlg);
        } finally {
            Arrays.fill(material, (byte) 0);
        }
    }

    @Override
    public String toString() {
        return "Session(" + getProtocol() + "|" + getCipherSuite() + ")";
    }
}
