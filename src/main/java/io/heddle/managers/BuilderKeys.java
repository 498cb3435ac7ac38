package io.heddle.managers;

import io.heddle.managers.KeyStoreKeyManager.KeySource;
import java.lang.System.Logger.Level;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The keys of stores that are opened on demand, such as tokens that require a PIN.
 *
 * <p>Each request searches the stores, since tokens may be inserted and removed. A store that cannot be opened counts
 * as empty, and a warning is logged. A key that can be exported is cached while its certificate stays the same; one
 * that stays on its token is requested each time.
 *
 * <p>An alias is the number of the builder, a dot and the alias in its store.
 */
final class BuilderKeys implements KeySource {
    private final List<KeyStore.Builder> builders;
    private final Map<String, CachedKey> cache = new ConcurrentHashMap<>();

    private record CachedKey(X509Certificate leaf, PrivateKey key) {}

    /** An alias of JSSE, parsed. */
    private record Location(KeyStore.Builder builder, String alias) {}

    BuilderKeys(List<KeyStore.Builder> builders) {
        this.builders = List.copyOf(builders);
    }

    @Override
    public List<KeyEntry> keys() {
        List<KeyEntry> keys = new ArrayList<>();
        for (int i = 0; i < builders.size(); i++) {
            try {
                KeyStore store = builders.get(i).getKeyStore();
                for (String alias : Collections.list(store.aliases())) {
                    entry(i + "." + alias, store, alias).ifPresent(keys::add);
                }
            } catch (KeyStoreException | RuntimeException e) {
                warn("The key store of builder " + i, e);
            }
        }
        return keys;
    }

    @Override
    public Optional<KeyEntry> find(String alias) {
        return location(alias).flatMap(location -> {
            try {
                return entry(alias, location.builder.getKeyStore(), location.alias);
            } catch (KeyStoreException | RuntimeException e) {
                warn("The certificate of \"" + alias + "\"", e);
                return Optional.empty();
            }
        });
    }

    private static Optional<KeyEntry> entry(String name, KeyStore store, String alias) throws KeyStoreException {
        return store.isKeyEntry(alias) ? KeyEntry.of(name, store.getCertificateChain(alias)) : Optional.empty();
    }

    @Override
    public Optional<PrivateKey> privateKey(String alias) {
        Optional<KeyEntry> entry = find(alias);
        if (entry.isEmpty()) {
            return Optional.empty();
        }
        CachedKey cached = cache.get(alias);
        if (cached != null && cached.leaf.equals(entry.get().leaf())) {
            return Optional.of(cached.key);
        }
        Optional<PrivateKey> key = location(alias).flatMap(location -> load(alias, location));
        key.filter(exportable -> exportable.getFormat() != null)
                .ifPresent(
                        exportable -> cache.put(alias, new CachedKey(entry.get().leaf(), exportable)));
        return key;
    }

    private static Optional<PrivateKey> load(String name, Location location) {
        try {
            KeyStore.Entry entry = location.builder
                    .getKeyStore()
                    .getEntry(location.alias, location.builder.getProtectionParameter(location.alias));
            return entry instanceof KeyStore.PrivateKeyEntry pair
                    ? Optional.of(pair.getPrivateKey())
                    : Optional.empty();
        } catch (GeneralSecurityException | RuntimeException e) {
            warn("The key \"" + name + "\"", e);
            return Optional.empty();
        }
    }

    private Optional<Location> location(String alias) {
        int dot = alias.indexOf('.');
        if (dot <= 0) {
            return Optional.empty();
        }
        try {
            int builder = Integer.parseInt(alias, 0, dot, 10);
            return builder >= 0 && builder < builders.size()
                    ? Optional.of(new Location(builders.get(builder), alias.substring(dot + 1)))
                    : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static void warn(String subject, Exception e) {
        System.getLogger(PkixKeyManagerFactory.class.getName())
                .log(Level.WARNING, "{0} cannot be opened: {1}", subject, TrustManagerFailures.describe(e));
    }
}
