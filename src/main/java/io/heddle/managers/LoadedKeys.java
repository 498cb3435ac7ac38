package io.heddle.managers;

import io.heddle.managers.KeyStoreKeyManager.KeySource;
import java.security.Key;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.UnrecoverableKeyException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The keys of one store, decrypted once in advance, so that no handshake has to do it. Immutable. */
final class LoadedKeys implements KeySource {
    private record Pair(KeyEntry entry, PrivateKey key) {}

    private final Map<String, Pair> byAlias;
    private final List<KeyEntry> keys;

    private LoadedKeys(Map<String, Pair> byAlias) {
        this.byAlias = byAlias;
        this.keys = byAlias.values().stream().map(Pair::entry).toList();
    }

    static LoadedKeys none() {
        return new LoadedKeys(Map.of());
    }

    /**
     * Reads a store; secret keys, and keys without X.509 certificates, are ignored.
     *
     * @param password the password of all keys, null if they have none
     * @throws UnrecoverableKeyException if the password does not open a key
     */
    static LoadedKeys of(KeyStore store, char @Nullable [] password)
            throws KeyStoreException, NoSuchAlgorithmException, UnrecoverableKeyException {
        Map<String, Pair> byAlias = new LinkedHashMap<>();
        for (String alias : Collections.list(store.aliases())) {
            if (!store.isKeyEntry(alias)) {
                continue;
            }
            Optional<KeyEntry> entry = KeyEntry.of(alias, store.getCertificateChain(alias));
            if (entry.isPresent() && key(store, alias, password) instanceof PrivateKey key) {
                byAlias.put(alias, new Pair(entry.get(), key));
            }
        }
        return new LoadedKeys(byAlias);
    }

    private static @Nullable Key key(KeyStore store, String alias, char @Nullable [] password)
            throws KeyStoreException, NoSuchAlgorithmException, UnrecoverableKeyException {
        try {
            return store.getKey(alias, password);
        } catch (UnrecoverableKeyException e) {
            var described = new UnrecoverableKeyException(
                    "the key \"%s\" of the key store is not opened by the password".formatted(alias));
            described.initCause(e);
            throw described;
        }
    }

    @Override
    public List<KeyEntry> keys() {
        return keys;
    }

    @Override
    public Optional<KeyEntry> find(String alias) {
        return Optional.ofNullable(byAlias.get(alias)).map(Pair::entry);
    }

    @Override
    public Optional<PrivateKey> privateKey(String alias) {
        return Optional.ofNullable(byAlias.get(alias)).map(Pair::key);
    }
}
