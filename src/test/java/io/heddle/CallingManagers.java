package io.heddle;

import io.heddle.certificate.Identity;
import io.heddle.certificate.TestPki;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** Key and trust managers that run an action of the test, such as blocking, before each answer. */
final class CallingManagers {
    private CallingManagers() {}

    /**
     * Returns a context of Heddle's provider for both roles, with this identity, that trusts the test CA.
     *
     * @param beforeKeys runs before each answer of the key manager
     * @param beforeTrust runs before each answer of the trust manager
     */
    static SSLContext context(Identity identity, Runnable beforeKeys, Runnable beforeTrust)
            throws GeneralSecurityException, IOException {
        char[] none = new char[0];
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("own", identity.key(), none, identity.chain().toArray(X509Certificate[]::new));
        store.setCertificateEntry("ca", TestPki.ca().leaf());
        // The JDK's other one decrypts the key at each call.
        var keys = KeyManagerFactory.getInstance("SunX509");
        keys.init(store, none);
        var trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS", new HeddleProvider());
        context.init(
                new KeyManager[] {new Keys((X509ExtendedKeyManager) keys.getKeyManagers()[0], beforeKeys)},
                new TrustManager[] {new Trust((X509ExtendedTrustManager) trust.getTrustManagers()[0], beforeTrust)},
                null);
        return context;
    }

    private static final class Keys extends X509ExtendedKeyManager {
        private final X509ExtendedKeyManager below;
        private final Runnable before;

        Keys(X509ExtendedKeyManager below, Runnable before) {
            this.below = below;
            this.before = before;
        }

        @Override
        public String[] getClientAliases(String keyType, Principal[] issuers) {
            before.run();
            return below.getClientAliases(keyType, issuers);
        }

        @Override
        public String chooseClientAlias(String[] keyTypes, Principal[] issuers, Socket socket) {
            before.run();
            return below.chooseClientAlias(keyTypes, issuers, socket);
        }

        @Override
        public String chooseEngineClientAlias(String[] keyTypes, Principal[] issuers, SSLEngine engine) {
            before.run();
            return below.chooseEngineClientAlias(keyTypes, issuers, engine);
        }

        @Override
        public String[] getServerAliases(String keyType, Principal[] issuers) {
            before.run();
            return below.getServerAliases(keyType, issuers);
        }

        @Override
        public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
            before.run();
            return below.chooseServerAlias(keyType, issuers, socket);
        }

        @Override
        public String chooseEngineServerAlias(String keyType, Principal[] issuers, SSLEngine engine) {
            before.run();
            return below.chooseEngineServerAlias(keyType, issuers, engine);
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            before.run();
            return below.getCertificateChain(alias);
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            before.run();
            return below.getPrivateKey(alias);
        }
    }

    private static final class Trust extends X509ExtendedTrustManager {
        private final X509ExtendedTrustManager below;
        private final Runnable before;

        Trust(X509ExtendedTrustManager below, Runnable before) {
            this.below = below;
            this.before = before;
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
                throws CertificateException {
            before.run();
            below.checkClientTrusted(chain, authType, socket);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
                throws CertificateException {
            before.run();
            below.checkServerTrusted(chain, authType, socket);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
                throws CertificateException {
            before.run();
            below.checkClientTrusted(chain, authType, engine);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
                throws CertificateException {
            before.run();
            below.checkServerTrusted(chain, authType, engine);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            before.run();
            below.checkClientTrusted(chain, authType);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            before.run();
            below.checkServerTrusted(chain, authType);
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            before.run();
            return below.getAcceptedIssuers();
        }
    }
}
