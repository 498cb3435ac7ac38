package io.heddle.managers;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.heddle.certificate.Identity;
import io.heddle.cipher.Sigalg;
import io.heddle.engine.crypto.Credential;
import io.heddle.engine.crypto.ProviderCrypto;
import io.heddle.engine.handshake.CredentialSource.Wanted;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.KeyType;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509KeyManager;
import org.jspecify.annotations.Nullable;

/**
 * A source of credentials from any key manager of JSSE. It requests one key type after the other, under the names of
 * the JDK and of BouncyCastle ({@link KeyTypeNames}).
 *
 * <p>Each identity is prepared for the engine once. As thread-safe as the manager, which JSSE shares between all
 * connections of a context.
 */
public final class KeyManagerCredentials {
    /** More than the certificates of one server; a manager may create a new one for each handshake. */
    private static final int CAPACITY = 256;

    private final X509KeyManager manager;
    private final Cache<List<X509Certificate>, Credential> prepared =
            Caffeine.newBuilder().maximumSize(CAPACITY).build();

    /** Creates a source of the manager's credentials. */
    public KeyManagerCredentials(X509KeyManager manager) {
        this.manager = manager;
    }

    /**
     * Returns the credentials that fit a handshake, in the order of the signature algorithms.
     *
     * @param client whether the local side is the client
     * @param socket the connection, if it is one of a socket
     * @param engine the connection, if it is one of an engine
     * @throws TlsFailure {@code ERR_TLS_CALLBACK} if the manager throws, or its key does not match its certificate
     */
    public List<Credential> find(
            Wanted wanted,
            boolean client,
            @Nullable SSLSocket socket,
            @Nullable SSLEngine engine,
            ProviderCrypto crypto)
            throws TlsFailure {
        Principal[] issuers =
                wanted.issuers().isEmpty() ? null : wanted.issuers().toArray(Principal[]::new);
        Set<String> aliases = new LinkedHashSet<>();
        List<Credential> found = new ArrayList<>();
        for (KeyType type : types(wanted)) {
            for (String name : KeyTypeNames.of(type)) {
                String alias = alias(name, issuers, client, socket, engine);
                if (alias != null && aliases.add(alias)) {
                    credential(alias, crypto).ifPresent(found::add);
                }
                if (found.stream().anyMatch(credential -> credential.identity().keyType() == type)) {
                    break;
                }
            }
        }
        return found;
    }

    /** Returns the key types to request. Below TLS 1.2 the peer sends none, and EdDSA and PSS keys cannot be used. */
    private static Set<KeyType> types(Wanted wanted) {
        if (wanted.sigalgs().isEmpty()) {
            return EnumSet.of(KeyType.RSA, KeyType.EC);
        }
        Set<KeyType> types = new LinkedHashSet<>();
        for (Sigalg sigalg : wanted.sigalgs()) {
            types.add(sigalg.keyType());
        }
        return types;
    }

    private @Nullable String alias(
            String name,
            Principal @Nullable [] issuers,
            boolean client,
            @Nullable SSLSocket socket,
            @Nullable SSLEngine engine)
            throws TlsFailure {
        try {
            if (engine != null && manager instanceof X509ExtendedKeyManager extended) {
                return client
                        ? extended.chooseEngineClientAlias(new String[] {name}, issuers, engine)
                        : extended.chooseEngineServerAlias(name, issuers, engine);
            }
            return client
                    ? manager.chooseClientAlias(new String[] {name}, issuers, socket)
                    : manager.chooseServerAlias(name, issuers, socket);
        } catch (RuntimeException e) {
            throw translate(e);
        }
    }

    private Optional<Credential> credential(String alias, ProviderCrypto crypto) throws TlsFailure {
        PrivateKey key;
        X509Certificate[] chain;
        try {
            key = manager.getPrivateKey(alias);
            chain = manager.getCertificateChain(alias);
        } catch (RuntimeException e) {
            throw translate(e);
        }
        if (key == null || chain == null || chain.length == 0) {
            // It may have been removed in between.
            return Optional.empty();
        }
        List<X509Certificate> certificates = List.of(chain);
        Credential cached = prepared.getIfPresent(certificates);
        if (cached != null && cached.identity().key().equals(key)) {
            return Optional.of(cached);
        }
        Identity identity = Identity.matching(key, certificates)
                .orElseThrow(() -> Code.ERR_TLS_CALLBACK.failure(
                        "key: the key manager's \"%s\" has a key that is not of its certificate",
                        TlsFailure.printable(alias)));
        Credential credential = Credential.of(identity, crypto);
        prepared.put(certificates, credential);
        return Optional.of(credential);
    }

    private static TlsFailure translate(RuntimeException thrown) {
        return Code.ERR_TLS_CALLBACK.failure(thrown, "key: the key manager failed: %s", thrown);
    }
}
