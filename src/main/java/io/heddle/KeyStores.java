package io.heddle;

import io.heddle.certificate.Identity;
import io.heddle.failure.InvalidOption;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.PrivateKey;
import java.security.UnrecoverableKeyException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The reader of a JDK key store. */
final class KeyStores {
    private KeyStores() {}

    /** The keys of a store with their chains, and its certificates without a key. */
    record Content(List<Identity> identities, List<X509Certificate> certificates) {}

    static Content read(KeyStore store, char[] secret) {
        List<Identity> identities = new ArrayList<>();
        List<X509Certificate> certificates = new ArrayList<>();
        try {
            for (String alias : Collections.list(store.aliases())) {
                if (store.isKeyEntry(alias)) {
                    if (store.getKey(alias, secret) instanceof PrivateKey key) {
                        identities.add(new Identity(key, chain(alias, store.getCertificateChain(alias))));
                    }
                } else if (store.getCertificate(alias) instanceof X509Certificate certificate) {
                    certificates.add(certificate);
                }
            }
        } catch (UnrecoverableKeyException e) {
            throw new InvalidOption("ERR_OSSL_BAD_DECRYPT", "keyStore: the password does not open its keys", e);
        } catch (KeyStoreException e) {
            throw new InvalidOption("ERR_INVALID_ARG_VALUE", "keyStore: it was not loaded", e);
        } catch (GeneralSecurityException e) {
            throw new InvalidOption(
                    "ERR_CRYPTO_OPERATION_FAILED", "keyStore: a key cannot be read: " + e.getMessage(), e);
        }
        return new Content(identities, certificates);
    }

    private static List<X509Certificate> chain(String alias, Certificate @Nullable [] chain) {
        if (chain == null || chain.length == 0 || !(chain[0] instanceof X509Certificate)) {
            throw new InvalidOption(
                    "ERR_INVALID_ARG_VALUE", "keyStore: the key \"%s\" has no X.509 certificate".formatted(alias));
        }
        return Arrays.stream(chain).map(X509Certificate.class::cast).toList();
    }
}
