package io.heddle.dropin.contract;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/** A key manager that delegates to another and records what was visible of a server's handshake. */
final class RecordingKeyManager extends X509ExtendedKeyManager {
    private final X509ExtendedKeyManager delegate;
    private final List<Object> connections = new CopyOnWriteArrayList<>();
    private final List<List<SNIServerName>> names = new CopyOnWriteArrayList<>();
    private final List<String> protocols = new CopyOnWriteArrayList<>();
    private final List<List<String>> signatureAlgorithms = new CopyOnWriteArrayList<>();
    private final List<Optional<String>> applicationProtocols = new CopyOnWriteArrayList<>();

    RecordingKeyManager(KeyManager... delegate) {
        this.delegate = (X509ExtendedKeyManager) delegate[0];
    }

    /** Returns the engines and sockets for which a key was chosen. */
    List<Object> connections() {
        return connections;
    }

    List<List<SNIServerName>> names() {
        return names;
    }

    List<String> protocols() {
        return protocols;
    }

    List<List<String>> signatureAlgorithms() {
        return signatureAlgorithms;
    }

    List<Optional<String>> applicationProtocols() {
        return applicationProtocols;
    }

    private void see(SSLSession handshake) {
        var session = (ExtendedSSLSession) handshake;
        names.add(session.getRequestedServerNames());
        protocols.add(session.getProtocol());
        signatureAlgorithms.add(List.of(session.getPeerSupportedSignatureAlgorithms()));
    }

    @Override
    public @Nullable String chooseEngineServerAlias(String keyType, Principal @Nullable [] issuers, SSLEngine engine) {
        connections.add(engine);
        applicationProtocols.add(Optional.ofNullable(engine.getHandshakeApplicationProtocol()));
        see(engine.getHandshakeSession());
        return delegate.chooseEngineServerAlias(keyType, issuers, engine);
    }

    @Override
    public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, Socket socket) {
        connections.add(socket);
        applicationProtocols.add(Optional.ofNullable(((SSLSocket) socket).getHandshakeApplicationProtocol()));
        see(((SSLSocket) socket).getHandshakeSession());
        return delegate.chooseServerAlias(keyType, issuers, socket);
    }

    @Override
    public @Nullable String chooseEngineClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, SSLEngine engine) {
        return delegate.chooseEngineClientAlias(keyTypes, issuers, engine);
    }

    @Override
    public @Nullable String chooseClientAlias(String[] keyTypes, Principal @Nullable [] issuers, Socket socket) {
        return delegate.chooseClientAlias(keyTypes, issuers, socket);
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        return delegate.getServerAliases(keyType, issuers);
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        return delegate.getClientAliases(keyType, issuers);
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        return delegate.getCertificateChain(alias);
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        return delegate.getPrivateKey(alias);
    }
}
