package io.heddle;

import io.heddle.certificate.x509.BouncyCastleVersion;
import io.heddle.endpoint.ContextManagers;
import io.heddle.endpoint.ContextSettings;
import io.heddle.endpoint.SslConfiguration;
import io.heddle.engine.transport.TransportSource;
import io.heddle.failure.InvalidOption;
import io.heddle.jsse.JsseContext;
import io.heddle.jsse.JsseRoles;
import io.heddle.managers.DefaultProperties;
import io.heddle.managers.PkixKeyManagerFactory;
import io.heddle.managers.PkixTrustManagerFactory;
import java.security.GeneralSecurityException;
import java.security.KeyManagementException;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The JSSE provider of Heddle. Used by instance, {@code SSLContext.getInstance("TLS", new HeddleProvider())}, or for
 * programs that cannot be changed, {@code Security.insertProviderAt(new HeddleProvider(), 1)}. Its sockets are {@link
 * TlsSocket}s.
 *
 * <table>
 * <caption>Services</caption>
 * <tr><td>{@code SSLContext}</td><td>{@code TLS} (also {@code SSL}), {@code TLSv1.2}, whose clients offer nothing newer,
 *     {@code TLSv1.3}, and {@code Default}, configured by the system properties {@code javax.net.ssl.keyStore}, {@code
 *     javax.net.ssl.trustStore} and the like. {@code jdk.tls.client.protocols}, {@code jdk.tls.server.protocols} and the
 *     corresponding {@code cipherSuites} apply to all, {@code https.protocols} to the clients of {@code Default}</td></tr>
 * <tr><td>{@code KeyManagerFactory}</td><td>{@code PKIX}; keys are decrypted once</td></tr>
 * <tr><td>{@code TrustManagerFactory}</td><td>{@code PKIX}, by the rules of OpenSSL and Node; its refusals have a {@link
 *     io.heddle.failure.TlsFailure} as their cause</td></tr>
 * </table>
 *
 * <p>Without given trust anchors (an {@code SSLContext} without trust managers, a {@code TrustManagerFactory} without a
 * store, the context {@code Default}) those of the last call of {@link Tls#setDefaultCACertificates} apply. Without
 * such a call it is the store named by {@code javax.net.ssl.trustStore}, else the platform's {@code jssecacerts} or
 * {@code cacerts}, read again when its file has changed, with {@link CaSource#EXTRA} and, if {@code heddle.useSystemCA}
 * is {@code true}, {@link CaSource#SYSTEM} added.
 *
 * <p>A service throws {@link IllegalStateException} if the BouncyCastle jars have unsuitable versions; its message names
 * them and the versions that are required.
 *
 * <p>Contexts accept the managers of other providers, and other providers' contexts those of these factories.
 */
public final class HeddleProvider extends Provider {
    /** The name of the provider. */
    public static final String NAME = "Heddle";

    @java.io.Serial
    private static final long serialVersionUID = 1L;

    /** The protocols of clients by the name of their context; servers negotiate all that the context allows. */
    private static final Map<String, List<String>> CLIENT_PROTOCOLS =
            Map.of("TLSv1.2", List.of("TLSv1.2"), "TLSv1.3", List.of("TLSv1.3", "TLSv1.2"));

    /** The link from the classes of JSSE to the sockets and contexts of this package. */
    static final JsseRoles.Environment ENVIRONMENT = new JsseRoles.Environment() {
        @Override
        public SSLSocket socket(TransportSource transport, SslConfiguration configuration) {
            return new TlsSocket(transport, configuration);
        }

        @Override
        public ContextSettings context(ContextManagers managers, @Nullable SecureRandom random) {
            var options = new ContextOptions();
            options.managers = managers;
            if (random != null) {
                options.random = random;
            }
            return SecureContext.of(options).content();
        }

        @Override
        public TrustManager[] defaultTrust() throws KeyManagementException {
            return DefaultProperties.ofSystem().trustManagers(DefaultTrust::ofPlatform);
        }
    };

    private interface Factory {
        Object create() throws GeneralSecurityException;
    }

    /** Creates the provider, which has no state. */
    public HeddleProvider() {
        super(NAME, "0.1", "TLS for virtual threads, with sessions that the application owns");
        for (String name : List.of("TLS", "TLSv1.2", "TLSv1.3")) {
            putService(new FactoryService(
                    this, "SSLContext", name, name.equals("TLS") ? List.of("SSL") : List.of(), () -> context(name)));
        }
        putService(new FactoryService(this, "SSLContext", "Default", List.of(), HeddleProvider::defaultContext));
        putService(new FactoryService(this, "KeyManagerFactory", "PKIX", List.of(), PkixKeyManagerFactory::new));
        putService(new FactoryService(
                this,
                "TrustManagerFactory",
                "PKIX",
                List.of("SunPKIX", "X509", "X.509"),
                () -> new PkixTrustManagerFactory(DefaultTrust::ofPlatform, InstantSource.system())));
    }

    private static JsseContext context(String name) {
        DefaultProperties properties = DefaultProperties.ofSystem();
        Optional<List<String>> ofName = Optional.ofNullable(CLIENT_PROTOCOLS.get(name));
        return new JsseContext(
                ENVIRONMENT,
                new JsseRoles.Enabled(ofName.or(properties::clientProtocols), properties.clientCipherSuites()),
                new JsseRoles.Enabled(properties.serverProtocols(), properties.serverCipherSuites()));
    }

    private static JsseContext defaultContext() throws GeneralSecurityException {
        DefaultProperties properties = DefaultProperties.ofSystem();
        var context = new JsseContext(
                ENVIRONMENT,
                new JsseRoles.Enabled(
                        properties.clientProtocols().or(properties::httpsProtocols), properties.clientCipherSuites()),
                new JsseRoles.Enabled(properties.serverProtocols(), properties.serverCipherSuites()));
        return context.sealed(properties.keyManagers(), properties.trustManagers(DefaultTrust::ofPlatform));
    }

    /** A service created without reflection, so that its class need not be accessible. */
    private static final class FactoryService extends Service {
        private final Factory factory;

        FactoryService(Provider provider, String type, String algorithm, List<String> aliases, Factory factory) {
            super(provider, type, algorithm, HeddleProvider.class.getName(), aliases, null);
            this.factory = factory;
        }

        /**
         * Creates the service. Unsuitable jars are checked here and not in the provider's constructor, since the JDK
         * silently skips a configured provider whose constructor throws; and not reported by {@link
         * NoSuchAlgorithmException}, which would make it continue with the next provider.
         */
        @Override
        public Object newInstance(@Nullable Object parameter) throws NoSuchAlgorithmException {
            BouncyCastleVersion.require();
            try {
                return factory.create();
            } catch (GeneralSecurityException | InvalidOption e) {
                throw new NoSuchAlgorithmException("%s %s: %s".formatted(getType(), getAlgorithm(), e.getMessage()), e);
            }
        }
    }
}
