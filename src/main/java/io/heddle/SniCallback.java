package io.heddle;

import java.util.Optional;

/**
 * A callback that selects the context for a server name, on the thread of the connection. May block.
 *
 * @see <a href="https://nodejs.org/api/tls.html#tlscreateserveroptions-secureconnectionlistener">Node option
 *     SNICallback</a>
 */
@FunctionalInterface
public interface SniCallback {
    /**
     * Returns the context for a name, empty for the server's default one.
     *
     * @param servername the name that the client sent, unchanged
     * @throws Exception to end that handshake
     */
    Optional<SecureContext> select(String servername) throws Exception;
}
