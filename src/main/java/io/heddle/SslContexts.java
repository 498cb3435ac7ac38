package io.heddle;

import io.heddle.endpoint.ClientConfig;
import io.heddle.jsse.JsseContext;
import io.heddle.jsse.JsseRoles;
import io.heddle.session.CaffeineSessionStore;
import javax.net.ssl.SSLContext;

/**
 * Factories of {@link SSLContext}s with Heddle's contexts and options, for programs that take one. Their sockets,
 * server sockets and engines are Heddle's, with its tickets, session store, server names, stapling and revocation
 * lists.
 */
public final class SslContexts {
    private SslContexts() {}

    /**
     * Returns an {@code SSLContext} for clients and servers. Server sessions are kept as by {@link TlsServer} with
     * default options, and in a store of its own for clients without tickets. Options that JSSE does not set have
     * Heddle's defaults, with one exception: clients compare the host name only if {@code
     * SSLParameters.setEndpointIdentificationAlgorithm} requires it, since programs that take an {@code SSLContext}
     * compare it themselves or do not want it.
     */
    public static SSLContext of(SecureContext context) {
        return of(withStore(context));
    }

    /**
     * Returns an {@code SSLContext} whose servers have these options and whose clients have their context. The options
     * are the initial values of what JSSE allows to be set on a socket: protocols, suites, client certificates,
     * application protocols.
     *
     * <p>A {@code pskCallback}, a key log and a trace of the options are called with the connection's socket; with one
     * of them the context makes no engines ({@link UnsupportedOperationException}).
     */
    public static SSLContext of(ServerOptions server) {
        return wrap(roles(server));
    }

    /**
     * Returns an {@code SSLContext} whose certificates, trust and revocation lists can be replaced while it is in use.
     *
     * @param context the initial context; its files can be read again, and watched
     */
    public static ReloadableSslContext reloadable(SecureContext context) {
        return reloadable(withStore(context));
    }

    /** Returns a reloadable {@code SSLContext} with a server's options, whose context is the initial one. */
    public static ReloadableSslContext reloadable(ServerOptions server) {
        JsseRoles roles = roles(server);
        return new ReloadableSslContext(roles, server.context(), wrap(roles));
    }

    private static ServerOptions withStore(SecureContext context) {
        return ServerOptions.builder(context)
                .sessionStore(CaffeineSessionStore.builder().build())
                .build();
    }

    private static JsseRoles roles(ServerOptions server) {
        ClientConfig client = ClientConfig.of(server.context().content());
        return new JsseRoles(
                HeddleProvider.ENVIRONMENT,
                server.configWithoutServer(),
                client,
                JsseRoles.Enabled.OF_CONTEXT,
                JsseRoles.Enabled.OF_CONTEXT);
    }

    private static SSLContext wrap(JsseRoles roles) {
        return new SSLContext(new JsseContext(HeddleProvider.ENVIRONMENT, roles), new HeddleProvider(), "TLS") {};
    }
}
