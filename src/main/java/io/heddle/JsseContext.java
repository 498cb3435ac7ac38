package io.heddle;

import io.heddle.session.CaffeineSessionStore;
import java.security.KeyManagementException;
import java.security.SecureRandom;
import java.util.List;
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

/** What is behind a {@code SSLContext}: JSSE's words for {@link JsseSides}. Thread-safe. */
final class JsseContext extends SSLContextSpi {
    private final @Nullable List<String> clientProtocols;
    private final @Nullable List<String> serverProtocols;

    /** Written by {@link #engineInit}, read by anyone; null before. What was made of the old ones goes on with them. */
    private volatile @Nullable JsseSides sides;

    /** Makes one that {@code SSLContext.init} is to be called on. */
    JsseContext(@Nullable List<String> clientProtocols, @Nullable List<String> serverProtocols) {
        this.clientProtocols = clientProtocols;
        this.serverProtocols = serverProtocols;
    }

    /** Makes one that is ready. */
    JsseContext(JsseSides ready) {
        this(null, null);
        sides = ready;
    }

    /** Takes the first manager of each kind that is one for X.509, as JSSE has it; without any trust manager that of the JDK's defaults. */
    @Override
    protected void engineInit(
            KeyManager @Nullable [] keyManagers, TrustManager @Nullable [] trustManagers, @Nullable SecureRandom random)
            throws KeyManagementException {
        try {
            var managers = Managers.of(
                    first(X509KeyManager.class, keyManagers),
                    trustManagers == null
                            ? Optional.of(JsseDefaults.trustManager())
                            : first(X509TrustManager.class, trustManagers).or(() -> Optional.of(JsseDefaults.NOBODY)));
            sides = sides(managers, random);
        } catch (IllegalArgumentException e) {
            throw new KeyManagementException(e.getMessage(), e);
        }
    }

    private static <T> Optional<T> first(Class<T> kind, Object @Nullable [] managers) {
        return managers == null
                ? Optional.empty()
                : Stream.of(managers).filter(kind::isInstance).map(kind::cast).findFirst();
    }

    private JsseSides sides(Managers managers, @Nullable SecureRandom random) {
        SecureContext.Builder making = SecureContext.builder();
        making.managers = managers;
        if (random != null) {
            making.random = random;
        }
        SecureContext context = making.build();
        ServerOptions server = ServerOptions.builder(context)
                .sessionStore(CaffeineSessionStore.builder().build())
                .build();
        ConnectOptions client = ConnectOptions.builder().secureContext(context).build();
        return new JsseSides(server, client, new ServerEvents(), clientProtocols, serverProtocols);
    }

    private JsseSides sides() {
        JsseSides ready = sides;
        if (ready == null) {
            throw new IllegalStateException("SSLContext is not initialized");
        }
        return ready;
    }

    @Override
    protected SSLSocketFactory engineGetSocketFactory() {
        return new JsseSocketFactory(sides());
    }

    @Override
    protected SSLServerSocketFactory engineGetServerSocketFactory() {
        return new JsseServerSocketFactory(sides());
    }

    @Override
    protected SSLEngine engineCreateSSLEngine() {
        throw new UnsupportedOperationException("SSLEngine");
    }

    @Override
    protected SSLEngine engineCreateSSLEngine(String host, int port) {
        throw new UnsupportedOperationException("SSLEngine");
    }

    @Override
    protected SSLSessionContext engineGetServerSessionContext() {
        return sides().sessionContext(false).orElseThrow();
    }

    @Override
    protected SSLSessionContext engineGetClientSessionContext() {
        return sides().sessionContext(true).orElseThrow();
    }

    @Override
    protected SSLParameters engineGetDefaultSSLParameters() {
        return Configuration.defaults(sides().client(null, -1));
    }

    @Override
    protected SSLParameters engineGetSupportedSSLParameters() {
        return Configuration.supported(sides().client(null, -1));
    }
}
