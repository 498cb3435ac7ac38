package io.heddle;

import java.util.Optional;

/**
 * Knows the pre-shared keys of a server's clients, on the thread of the connection. May block.
 *
 * <p>A connection by pre-shared key has proved on both sides who it is: {@link TlsSocket#pskIdentity} tells the client's name,
 * {@link TlsSocket#authorized} is true, and no client is asked for a certificate, whatever {@link
 * ServerOptions.Builder#requestCert} says. The context needs no certificate if all clients have keys. No session is made,
 * neither ticket nor id, so nobody comes back without the key; and who has keys alone and no certificate resumes no session
 * of others with the same ticket keys.
 *
 * <p>In TLS 1.3 a ticket that a client offers as well is tried first, then its identities in their order, at most 8; one that
 * is unknown leads to a handshake with certificates. In TLS 1.2 and below a suite with pre-shared keys must be in the cipher
 * list of both sides; an unknown identity ends the handshake with alert 115 ({@code unknown_psk_identity}) and a wrong key
 * with another, so a client can find out which identities exist, as with Node and as RFC 4279 2 allows. How long the callback
 * takes can tell as much.
 *
 * @see <a href="https://nodejs.org/api/tls.html#tlscreateserveroptions-secureconnectionlistener">Node option pskCallback</a>
 */
@FunctionalInterface
public interface PskServerCallback {
    /**
     * Returns the key of an identity, empty if it is unknown.
     *
     * @param socket the connection, whose handshake runs
     * @param identity what the client calls its key, at most 256 bytes in UTF-8; anyone can send any
     * @return 1 to 512 bytes, which are copied and not changed; others end the handshake ({@code ERR_INVALID_ARG_VALUE})
     * @throws Exception to end the handshake ({@code ERR_TLS_CALLBACK})
     */
    Optional<byte[]> keyOf(TlsSocket socket, String identity) throws Exception;
}
