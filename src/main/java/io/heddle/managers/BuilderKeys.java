package io.heddle.managers;

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
 * The keys of stores that are opened when they are needed, such as tokens that ask for a PIN.
 *
 * <p>The stores are looked through at each question, since tokens come and go. One that cannot be opened counts as empty, and a warning is logged. A key that
 * came out of its store is kept while its certificate stays the same; one that stays on its token is asked for each time.
 *
 * <p>An alias is the number of the builder, a dot and the alias in its store.
 */
final class BuilderKeys implements KeySource {
    private final List<KeyStore.Builder> builders;
    private final Map<String, Kept> kept = new ConcurrentHashMap<>();

    private record Kept(X509Certificate leaf, PrivateKey key) {}

    /** A name of JSSE, taken apart. */
    private record Place(KeyStore.Builder builder, String alias) {}

    BuilderKeys(List<KeyStore.Builder> builders) {
        this.builders = List.copyOf(builders);
    }

    @Override
    public List<OwnKey> keys() {
        List<OwnKey> keys = new ArrayList<>();
        for (int i = 0; i < builders.size(); i++) {
            try {
                KeyStore store = builders.get(i).getKeyStore();
                for (String alias : Collections.list(store.aliases())) {
                    own(i + "." + alias, store, alias).ifPresent(keys::add);
                }
            } catch (KeyStoreException | RuntimeException closed) {
                warn("The key store of builder " + i, closed);
            }
        }
        return keys;
    }

    @Override
    public Optional<OwnKey> find(String alias) {
        return place(alias).flatMap(place -> {
            try {
                return own(alias, place.builder.getKeyStore(), place.alias);
            } catch (KeyStoreException | RuntimeException closed) {
                warn("The certificate of \"" + alias + "\"", closed);
                return Optional.empty();
            }
        });
    }

    private static Optional<OwnKey> own(String name, KeyStore store, String alias) throws KeyStoreException {
        return store.isKeyEntry(alias) ? OwnKey.of(name, store.getCertificateChain(alias)) : Optional.empty();
    }

    @Override
    public Optional<PrivateKey> privateKey(String alias) {
        Optional<OwnKey> own = find(alias);
        if (own.isEmpty()) {
            return Optional.empty();
        }
        Kept known = kept.get(alias);
        if (known != null && known.leaf.equals(own.get().leaf())) {
            return Optional.of(known.key);
        }
        Optional<PrivateKey> key = place(alias).flatMap(place -> load(alias, place));
        key.filter(each -> each.getFormat() != null)
                .ifPresent(each -> kept.put(alias, new Kept(own.get().leaf(), each)));
        return key;
    }

    private static Optional<PrivateKey> load(String name, Place place) {
        try {
            KeyStore.Entry entry = place.builder
                    .getKeyStore()
                    .getEntry(place.alias, place.builder.getProtectionParameter(place.alias));
            return entry instanceof KeyStore.PrivateKeyEntry pair
                    ? Optional.of(pair.getPrivateKey())
                    : Optional.empty();
        } catch (GeneralSecurityException | RuntimeException closed) {
            warn("The key \"" + name + "\"", closed);
            return Optional.empty();
        }
    }

    private Optional<Place> place(String alias) {
        int dot = alias.indexOf('.');
        if (dot <= 0) {
            return Optional.empty();
        }
        try {
            int builder = Integer.parseInt(alias, 0, dot, 10);
            return builder >= 0 && builder < builders.size()
                    ? Optional.of(new Place(builders.get(builder), alias.substring(dot + 1)))
                    : Optional.empty();
        } catch (NumberFormatException notOurs) {
            return Optional.empty();
        }
    }

    private static void warn(String what, Exception closed) {
        System.getLogger(PkixKeyManagerFactory.class.getName())
                .log(Level.WARNING, "{0} cannot be opened: {1}", what, Refusal.describe(closed));
    }
}
