package io.heddle.dropin;

import io.heddle.HeddleProvider;
import io.heddle.certificate.Identity;
import io.heddle.certificate.TestPki;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Provider;
import java.security.Security;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/** Contexts of the TLS implementation under the programs, with the JDK's own key managers and trust managers. */
final class DropIn {
    /** The provider of the contexts: Heddle, or the JDK's to test the tests themselves. */
    static final Provider PROVIDER =
            System.getProperty("heddle.dropin.provider", "").equals("SunJSSE")
                    ? Security.getProvider("SunJSSE")
                    : new HeddleProvider();

    /** Whether the provider is Heddle, which emits events about its handshakes. */
    static final boolean HEDDLE = PROVIDER instanceof HeddleProvider;

    static final KeyManager[] NO_KEYS = {};
    static final char[] PASSWORD = "irrelevant".toCharArray();

    private DropIn() {}

    /** Returns a context that trusts the test CA and has these keys. */
    static SSLContext context(String protocol, KeyManager[] keys) {
        try {
            SSLContext context = SSLContext.getInstance(protocol, PROVIDER);
            context.init(keys, trustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns the JDK's key managers of this algorithm with this key. */
    static KeyManager[] keyManagers(String algorithm, Identity identity) {
        try {
            var managers = KeyManagerFactory.getInstance(algorithm, "SunJSSE");
            managers.init(store(identity), PASSWORD);
            return managers.getKeyManagers();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns a key store with this key under {@link #PASSWORD}. */
    static KeyStore store(Identity identity) {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry(
                    "server", identity.key(), PASSWORD, identity.chain().toArray(X509Certificate[]::new));
            return store;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns a key store with the test CA. */
    static KeyStore trusted() {
        try {
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            trusted.setCertificateEntry("ca", TestPki.ca().leaf());
            return trusted;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns the JDK's trust managers with the test CA. */
    static TrustManager[] trustManagers() {
        try {
            var managers = TrustManagerFactory.getInstance("PKIX", "SunJSSE");
            managers.init(trusted());
            return managers.getTrustManagers();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
