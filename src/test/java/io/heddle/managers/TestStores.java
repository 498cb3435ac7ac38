package io.heddle.managers;

import io.heddle.certificate.Identity;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** Key stores for tests, and the JDK's and BouncyCastle's managers of them to compare with. */
final class TestStores {
    /** The password of every key. */
    private static final String PASSWORD = "heddle";

    private TestStores() {}

    static char[] password() {
        return PASSWORD.toCharArray();
    }

    /** Returns an empty store of the JDK. */
    static KeyStore empty() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    /** Returns a store with these identities, under the aliases 0, 1 and so on. */
    static KeyStore keys(Identity... identities) throws GeneralSecurityException, IOException {
        KeyStore store = empty();
        for (int i = 0; i < identities.length; i++) {
            add(store, "key" + i, identities[i]);
        }
        return store;
    }

    static void add(KeyStore store, String alias, Identity identity) throws GeneralSecurityException {
        store.setKeyEntry(alias, identity.key(), password(), chain(identity));
    }

    /** Returns a store with these certificates. */
    static KeyStore trusted(X509Certificate... certificates) throws GeneralSecurityException, IOException {
        KeyStore store = empty();
        for (int i = 0; i < certificates.length; i++) {
            store.setCertificateEntry("ca" + i, certificates[i]);
        }
        return store;
    }

    static X509Certificate[] chain(Identity identity) {
        return identity.chain().toArray(X509Certificate[]::new);
    }

    static X509Certificate[] chain(Identity identity, X509Certificate... more) {
        X509Certificate[] own = chain(identity);
        X509Certificate[] all = Arrays.copyOf(own, own.length + more.length);
        System.arraycopy(more, 0, all, own.length, more.length);
        return all;
    }

    /** Returns the code of the failure with which a trust manager of Heddle rejects. */
    static Code code(CertificateException refused) {
        if (refused.getCause() instanceof TlsFailure failure) {
            return failure.code();
        }
        throw new AssertionError("refused without a failure of ours", refused);
    }

    static X509ExtendedTrustManager manager(TrustManagerFactory factory) {
        return (X509ExtendedTrustManager) List.of(factory.getTrustManagers()).getFirst();
    }

    static X509ExtendedKeyManager manager(KeyManagerFactory factory) {
        return (X509ExtendedKeyManager) List.of(factory.getKeyManagers()).getFirst();
    }
}
