package io.heddle;

import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Both roles that a socket or an engine can take, since JSSE lets it change its side. */
interface Sides {
    /**
     * Returns the client's role.
     *
     * @param host whom it is connected to, null if nobody knows
     * @param port negative if nobody knows
     */
    SocketRole.Client client(@Nullable String host, int port);

    SocketRole.Server server();

    /** Returns the sessions of the clients; what is resumed without being asked for. */
    default Optional<ClientSessions> clientSessions() {
        return Optional.empty();
    }

    /** Returns what JSSE calls the context of a session. */
    default Optional<SessionContext> sessionContext(boolean client) {
        return Optional.empty();
    }

    /**
     * Returns the exception as the users of these sides know it.
     *
     * @param handshaking whether a handshake has failed; else the connection was secure
     */
    default IOException told(IOException failure, boolean handshaking) {
        return failure;
    }

    /** Returns both sides with one context and nothing else. */
    static Sides of(SecureContext context) {
        return new Sides() {
            @Override
            public SocketRole.Client client(@Nullable String host, int port) {
                ConnectOptions options =
                        ConnectOptions.builder().secureContext(context).build();
                return SocketRole.Client.of(options);
            }

            @Override
            public SocketRole.Server server() {
                return SocketRole.Server.of(ServerOptions.of(context));
            }
        };
    }
}
