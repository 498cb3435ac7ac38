package io.heddle;

import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.stream.Stream;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** What JSSE falls back on where it is given nothing. */
final class JsseDefaults {
    /** Who was given trust managers, but none for X.509, trusts nobody. */
    static final X509TrustManager NOBODY = new X509TrustManager() {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            throw new CertificateException("No X509TrustManager implementation available");
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            throw new CertificateException("No X509TrustManager implementation available");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    };

    private JsseDefaults() {}

    /** Returns the trust manager of the JDK's default trust, by the properties {@code javax.net.ssl.trustStore} and its kin. */
    static X509TrustManager trustManager() {
        try {
            var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init((KeyStore) null);
            return Stream.of(factory.getTrustManagers())
                    .filter(X509TrustManager.class::isInstance)
                    .map(X509TrustManager.class::cast)
                    .findFirst()
                    .orElse(NOBODY);
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("the default trust manager cannot be made: " + e.getMessage(), e);
        }
    }
}
