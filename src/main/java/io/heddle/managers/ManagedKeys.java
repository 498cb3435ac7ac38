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
 * Asks a key manager of JSSE, anyone's, for the identities of a handshake. It is asked for one kind of key after the other, under
 * the names of the JDK and of BouncyCastle ({@link KeyTypeNames}).
 *
 * <p>What it answers is prepared for the engine once. As thread-safe as the manager, which JSSE shares between all connections
 * of a context.
 */
public final class ManagedKeys {
    /** More than one server has certificates; a manager that makes a new one for each handshake must not fill the memory. */
    private static final int MOST = 256;

    private final X509KeyManager manager;
    private final Cache<List<X509Certificate>, Credential> prepared =
            Caffeine.newBuilder().maximumSize(MOST).build();

    /** Asks this manager. */
    public ManagedKeys(X509KeyManager manager) {
        this.manager = manager;
    }

    /**
     * Returns the identities that may do, in the order of the signature algorithms.
     *
     * @param client whether we are the client
     * @param socket the connection, if it is one of a socket
     * @param engine the connection, if it is one of an engine
     * @throws TlsFailure {@code ERR_TLS_CALLBACK} if the manager throws, or has a key that is not the certificate's
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
                if (found.stream().anyMatch(each -> each.identity().keyType() == type)) {
                    break;
                }
            }
        }
        return found;
    }

    /** Below TLS 1.2 nobody says which keys he takes, and keys for EdDSA and PSS do not fit. */
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
            throw failed(e);
        }
    }

    private Optional<Credential> credential(String alias, ProviderCrypto crypto) throws TlsFailure {
        PrivateKey key;
        X509Certificate[] chain;
        try {
            key = manager.getPrivateKey(alias);
            chain = manager.getCertificateChain(alias);
        } catch (RuntimeException e) {
            throw failed(e);
        }
        if (key == null || chain == null || chain.length == 0) {
            // It may have been removed since.
            return Optional.empty();
        }
        List<X509Certificate> certificates = List.of(chain);
        Credential known = prepared.getIfPresent(certificates);
        if (known != null && known.identity().key().equals(key)) {
            return Optional.of(known);
        }
        Identity identity = Identity.matching(key, certificates)
                .orElseThrow(() -> Code.ERR_TLS_CALLBACK.failure(
                        "key: the key manager's \"%s\" has a key that is not of its certificate",
                        TlsFailure.printable(alias)));
        Credential made = Credential.of(identity, crypto);
        prepared.put(certificates, made);
        return Optional.of(made);
    }

    private static TlsFailure failed(RuntimeException thrown) {
        return Code.ERR_TLS_CALLBACK.failure(thrown, "key: the key manager failed: %s", thrown);
    }
}
