package io.heddle.endpoint;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The source of the roles that a socket or an engine can take: JSSE allows it to change between client and server until
 * its handshake begins. Also holds what the connections of one {@code SSLContext} share.
 */
public interface RoleSource {
    /**
     * Returns the role of a client.
     *
     * @param host the host it is connected to, null if unknown
     * @param port negative if unknown
     */
    ClientRole client(@Nullable String host, int port);

    ServerRole server();

    /** Returns JSSE's names of the protocols enabled at first, empty for those of the role's context. */
    default Optional<List<String>> protocols(boolean client) {
        return Optional.empty();
    }

    /** Returns JSSE's names of the cipher suites enabled at first, empty for those of the role's context. */
    default Optional<List<String>> cipherSuites(boolean client) {
        return Optional.empty();
    }

    /** Returns JSSE's name of the rules by which clients check the server's name at first; empty for no check. */
    default String endpointIdentification() {
        return "HTTPS";
    }

    /** Returns the cache of sessions that clients resume without being given one. */
    default Optional<ClientSessions> clientSessions() {
        return Optional.empty();
    }

    /** Returns JSSE's session context for this role. */
    default Optional<SessionContext> sessionContext(boolean client) {
        return Optional.empty();
    }

    /**
     * Returns the exception in the form in which users of these roles expect it.
     *
     * @param handshaking whether a handshake has failed; else the connection was secure
     */
    default IOException translate(IOException failure, boolean handshaking) {
        return failure;
    }

    /** Returns a source of roles with a context's defaults. */
    static RoleSource of(ContextSettings context) {
        return new RoleSource() {
            @Override
            public ClientRole client(@Nullable String host, int port) {
                return ClientRole.of(ClientConfig.of(context));
            }

            @Override
            public ServerRole server() {
                return ServerRole.of(ServerConfig.of(context));
            }
        };
    }
}
