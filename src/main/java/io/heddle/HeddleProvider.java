package io.heddle;

import io.heddle.certificate.x509.BouncyCastleVersion;
import io.heddle.failure.InvalidOption;
import io.heddle.managers.DefaultProperties;
import io.heddle.managers.PkixKeyManagerFactory;
import io.heddle.managers.PkixTrustManagerFactory;
import java.security.GeneralSecurityException;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Heddle as a provider of JSSE. By instance, {@code SSLContext.getInstance("TLS", new HeddleProvider())}, or for a program that is
 * left as it is, {@code Security.insertProviderAt(new HeddleProvider(), 1)}. Its sockets are {@link TlsSocket}s.
 *
 * <table>
 * <caption>Services</caption>
 * <tr><td>{@code SSLContext}</td><td>{@code TLS} (also {@code SSL}), {@code TLSv1.2}, whose clients speak no more than that, {@code
 *     TLSv1.3}, and {@code Default}, made of the system properties {@code javax.net.ssl.keyStore}, {@code javax.net.ssl.trustStore}
 *     and their kin. {@code jdk.tls.client.protocols}, {@code jdk.tls.server.protocols} and the {@code cipherSuites} beside them
 *     count for all, {@code https.protocols} for the clients of {@code Default}</td></tr>
 * <tr><td>{@code KeyManagerFactory}</td><td>{@code PKIX}; keys are decrypted once</td></tr>
 * <tr><td>{@code TrustManagerFactory}</td><td>{@code PKIX}, by the rules of OpenSSL and Node; its refusals have a {@link
 *     io.heddle.failure.TlsFailure} as their cause</td></tr>
 * </table>
 *
 * <p>Where no anchors are given (an {@code SSLContext} without trust managers, a {@code TrustManagerFactory} without a store, the
 * context {@code Default}) those count that {@link Tls#setDefaultCACertificates} has set before; until it is called the store that
 * {@code javax.net.ssl.trustStore} names, else the platform's {@code jssecacerts} or {@code cacerts}, read again when its file has
 * changed, with {@link CaSource#EXTRA} and, if {@code heddle.useSystemCA} is {@code true}, {@link CaSource#SYSTEM} added.
 *
 * <p>A service is refused with an {@link IllegalStateException} where the BouncyCastle jars are of versions that do not do, see {@link
 * BouncyCastleVersion}.
 *
 * <p>Contexts take anyone's managers, and those of these factories serve other providers' contexts.
 */
public final class HeddleProvider extends Provider {
    /** The name of the provider. */
    public static final String NAME = "Heddle";

    @java.io.Serial
    private static final long serialVersionUID = 1L;

    /** What a context of this name lets clients speak; a server takes whatever the context allows. */
    private static final Map<String, List<String>> CLIENT_PROTOCOLS =
            Map.of("TLSv1.2", List.of("TLSv1.2"), "TLSv1.3", List.of("TLSv1.3", "TLSv1.2"));

    private interface Maker {
        Object make() throws GeneralSecurityException;
    }

    /** Makes the provider; it has no state. */
    public HeddleProvider() {
        super(NAME, "0.1", "TLS for virtual threads, with sessions that the application owns");
        for (String name : List.of("TLS", "TLSv1.2", "TLSv1.3")) {
            putService(new Made(
                    this, "SSLContext", name, name.equals("TLS") ? List.of("SSL") : List.of(), () -> context(name)));
        }
        putService(new Made(this, "SSLContext", "Default", List.of(), HeddleProvider::defaultContext));
        putService(new Made(this, "KeyManagerFactory", "PKIX", List.of(), PkixKeyManagerFactory::new));
        putService(new Made(
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
                new JsseRoles.Enabled(ofName.or(properties::clientProtocols), properties.clientCipherSuites()),
                new JsseRoles.Enabled(properties.serverProtocols(), properties.serverCipherSuites()));
    }

    private static JsseContext defaultContext() throws GeneralSecurityException {
        DefaultProperties properties = DefaultProperties.ofSystem();
        var context = new JsseContext(
                new JsseRoles.Enabled(
                        properties.clientProtocols().or(properties::httpsProtocols), properties.clientCipherSuites()),
                new JsseRoles.Enabled(properties.serverProtocols(), properties.serverCipherSuites()));
        context.engineInit(properties.keyManagers(), properties.trustManagers(DefaultTrust::ofPlatform), null);
        return context.sealed();
    }

    /** A service that is made without reflection, since its class is nobody's business. */
    private static final class Made extends Service {
        private final Maker maker;

        Made(Provider provider, String type, String algorithm, List<String> aliases, Maker maker) {
            super(provider, type, algorithm, HeddleProvider.class.getName(), aliases, null);
            this.maker = maker;
        }

        /**
         * Makes the service. Wrong jars are no reason to go on with the next provider, as {@link NoSuchAlgorithmException} is, and a
         * constructor that threw would make the JDK skip a provider of its configuration in silence.
         */
        @Override
        public Object newInstance(@Nullable Object parameter) throws NoSuchAlgorithmException {
            BouncyCastleVersion.require();
            try {
                return maker.make();
            } catch (GeneralSecurityException | InvalidOption e) {
                throw new NoSuchAlgorithmException("%s %s: %s".formatted(getType(), getAlgorithm(), e.getMessage()), e);
            }
        }
    }
}
