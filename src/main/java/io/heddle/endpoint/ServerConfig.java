package io.heddle.endpoint;

import io.heddle.callback.OcspRequestListener;
import io.heddle.engine.handshake.ServerSettings;
import io.heddle.session.ClientCertificatePolicy;
import io.heddle.session.SessionIdContext;
import io.heddle.session.SessionStore;
import io.heddle.session.TicketKeyManager;
import io.heddle.session.TicketKeys;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLSocket;

/**
 * The checked options of a server's connections, of which a {@link ServerRole} makes the settings of a handshake.
 *
 * @param context the default context
 * @param socketCallbacks the callbacks that are given the connection's socket, which an engine does not have
 */
public record ServerConfig(
        ContextSettings context,
        Handshake handshake,
        ClientAuth clientAuth,
        SessionConfig sessions,
        Renegotiation renegotiation,
        Ocsp ocsp,
        Optional<SocketCallbacks> socketCallbacks) {
    /**
     * The negotiation of the handshake.
     *
     * @param timeout the longest time of a handshake
     * @param alpnSelector the selector of the application protocol, in place of the list
     * @param contexts the source of contexts for server names that have none
     */
    public record Handshake(
            Duration timeout,
            List<String> alpnProtocols,
            Optional<ServerSettings.AlpnSelector> alpnSelector,
            Optional<SniContexts.Source> contexts) {
        /** Node's timeout. */
        public static final Duration DEFAULT_TIMEOUT = Duration.ofMinutes(2);

        /** The defaults. */
        public static final Handshake DEFAULT =
                new Handshake(DEFAULT_TIMEOUT, List.of(), Optional.empty(), Optional.empty());
    }

    /**
     * The authentication of clients by certificate.
     *
     * @param request whether a certificate is requested
     * @param rejectUnauthorized whether a client without a valid one is refused, if one was requested
     */
    public record ClientAuth(boolean request, boolean rejectUnauthorized) {
        /** The defaults. */
        public static final ClientAuth DEFAULT = new ClientAuth(false, true);

        ClientCertificatePolicy policy() {
            if (!request) {
                return ClientCertificatePolicy.NONE;
            }
            return rejectUnauthorized ? ClientCertificatePolicy.REQUIRE : ClientCertificatePolicy.REQUEST;
        }
    }

    /**
     * The limit of renegotiations by clients.
     *
     * @param limit the most in a row
     * @param window the time without one after which their count starts again
     */
    public record Renegotiation(int limit, Duration window) {
        /** Node's limit. */
        public static final int DEFAULT_LIMIT = 3;

        /** The defaults. */
        public static final Renegotiation DEFAULT = new Renegotiation(DEFAULT_LIMIT, Duration.ofMinutes(10));
    }

    /**
     * The source of OCSP responses.
     *
     * @param verify whether responses are verified before they are sent
     */
    public record Ocsp(Optional<OcspRequestListener> listener, boolean verify) {
        /** No source. */
        public static final Ocsp NONE = new Ocsp(Optional.empty(), true);
    }

    /** The callbacks of the options that are given the connection's socket. */
    public interface SocketCallbacks {
        /** Binds the callbacks to a socket, before its handshake. */
        void bind(SSLSocket socket, Endpoint endpoint);
    }

    /** Returns the default options for a context, with random ticket keys. */
    public static ServerConfig of(ContextSettings context) {
        return new ServerConfig(
                context,
                Handshake.DEFAULT,
                ClientAuth.DEFAULT,
                new SessionConfig(
                        SessionIdContext.of(""),
                        SessionConfig.DEFAULT_TIMEOUT,
                        true,
                        TicketKeyManager.of(TicketKeys.random(context.random())),
                        Optional.empty()),
                Renegotiation.DEFAULT,
                Ocsp.NONE,
                Optional.empty());
    }

    /** Returns these options with other ones of sessions. */
    public ServerConfig with(SessionConfig other) {
        return new ServerConfig(context, handshake, clientAuth, other, renegotiation, ocsp, socketCallbacks);
    }

    /** Returns these options, with the same ticket keys, and another session store. */
    public ServerConfig with(SessionStore store) {
        return with(sessions.withStore(store));
    }
}
