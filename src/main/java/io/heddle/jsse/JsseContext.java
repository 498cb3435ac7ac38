package io.heddle.jsse;

import io.heddle.endpoint.ClientConfig;
import io.heddle.endpoint.ContextManagers;
import io.heddle.endpoint.ContextSettings;
import io.heddle.endpoint.ServerConfig;
import io.heddle.endpoint.SslConfiguration;
import io.heddle.managers.DefaultProperties;
import io.heddle.session.CaffeineSessionStore;
import java.security.KeyManagementException;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509KeyManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** The service provider of an {@code SSLContext}, which translates JSSE's methods to {@link JsseRoles}. Thread-safe. */
public final class JsseContext extends SSLContextSpi {
    /** The trust manager where some were given, but none for X.509. */
    private static final X509TrustManager REFUSING = new X509TrustManager() {
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

    private final JsseRoles.Environment environment;
    private final JsseRoles.Enabled ofClients;
    private final JsseRoles.Enabled ofServers;

    /** Written before the object is published. */
    private boolean sealed;

    /**
     * Written by {@link #engineInit}, read by any thread; null before. Factories keep the roles they were created with.
     */
    private volatile @Nullable JsseRoles roles;

    /** Creates the service provider of a context to be initialised by {@code SSLContext.init}. */
    public JsseContext(JsseRoles.Environment environment, JsseRoles.Enabled ofClients, JsseRoles.Enabled ofServers) {
        this.environment = environment;
        this.ofClients = ofClients;
        this.ofServers = ofServers;
    }

    /** Creates the service provider of a context that is ready. */
    public JsseContext(JsseRoles.Environment environment, JsseRoles ready) {
        this(environment, JsseRoles.Enabled.OF_CONTEXT, JsseRoles.Enabled.OF_CONTEXT);
        roles = ready;
        sealed = true;
    }

    /** Initialises the context as {@code SSLContext.init} does, refuses further initialisation, and returns this. */
    public JsseContext sealed(KeyManager[] keyManagers, TrustManager[] trustManagers) throws KeyManagementException {
        engineInit(keyManagers, trustManagers, null);
        sealed = true;
        return this;
    }

    /** Takes the first X.509 manager of each kind, as JSSE specifies; without trust managers the default trust. */
    @Override
    protected void engineInit(
            KeyManager @Nullable [] keyManagers, TrustManager @Nullable [] trustManagers, @Nullable SecureRandom random)
            throws KeyManagementException {
        if (sealed) {
            throw new KeyManagementException("init: this SSLContext is ready as it is, and cannot be initialised");
        }
        try {
            var managers = ContextManagers.of(
                    first(X509KeyManager.class, keyManagers),
                    first(X509TrustManager.class, trustManagers == null ? environment.defaultTrust() : trustManagers)
                            .or(() -> Optional.of(REFUSING)));
            roles = roles(managers, random);
        } catch (IllegalArgumentException e) {
            throw new KeyManagementException(e.getMessage(), e);
        }
    }

    private static <T> Optional<T> first(Class<T> kind, Object @Nullable [] managers) {
        return managers == null
                ? Optional.empty()
                : Stream.of(managers).filter(kind::isInstance).map(kind::cast).findFirst();
    }

    private JsseRoles roles(ContextManagers managers, @Nullable SecureRandom random) {
        ContextSettings context = environment.context(managers, random);
        ServerConfig server =
                ServerConfig.of(context).with(CaffeineSessionStore.builder().build());
        var created = new JsseRoles(environment, server, ClientConfig.of(context), ofClients, ofServers);
        DefaultProperties.ofSystem().sessionCacheSize().ifPresent(size -> {
            created.sessionContext(true).orElseThrow().setSessionCacheSize(size);
            created.sessionContext(false).orElseThrow().setSessionCacheSize(size);
        });
        return created;
    }

    private JsseRoles roles() {
        JsseRoles ready = roles;
        if (ready == null) {
            throw new IllegalStateException("SSLContext is not initialized");
        }
        return ready;
    }

    @Override
    protected SSLSocketFactory engineGetSocketFactory() {
        return new JsseSocketFactory(roles());
    }

    @Override
    protected SSLServerSocketFactory engineGetServerSocketFactory() {
        return new JsseServerSocketFactory(roles());
    }

    @Override
    protected SSLEngine engineCreateSSLEngine() {
        return new TlsEngine(forEngine());
    }

    @Override
    protected SSLEngine engineCreateSSLEngine(String host, int port) {
        return new TlsEngine(forEngine(), host, port);
    }

    /** Returns the roles; refuses options with callbacks that are given a socket, which an engine does not have. */
    private JsseRoles forEngine() {
        JsseRoles current = roles();
        if (current.serverConfig().socketCallbacks().isPresent()) {
            throw new UnsupportedOperationException(
                    "SSLEngine: the options have a pskCallback, keylog or trace, which are called with the connection's socket; an engine has none");
        }
        return current;
    }

    @Override
    protected SSLSessionContext engineGetServerSessionContext() {
        return roles().sessionContext(false).orElseThrow();
    }

    @Override
    protected SSLSessionContext engineGetClientSessionContext() {
        return roles().sessionContext(true).orElseThrow();
    }

    @Override
    protected SSLParameters engineGetDefaultSSLParameters() {
        return SslConfiguration.defaults(roles().client(null, -1));
    }

    @Override
    protected SSLParameters engineGetSupportedSSLParameters() {
        return SslConfiguration.supported(roles().client(null, -1));
    }
}
