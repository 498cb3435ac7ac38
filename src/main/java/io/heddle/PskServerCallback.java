package io.heddle;

import java.util.Optional;

/**
 * A callback that supplies the pre-shared keys of a server's clients, on the thread of the connection. May block.
 *
 * <p>A handshake with a pre-shared key authenticates both sides: {@link TlsSocket#pskIdentity} is the client's
 * identity, {@link TlsSocket#authorized} is true, and no certificate is requested, whatever {@link
 * ServerOptions.Builder#requestCert} is. The context needs no certificate if all clients have keys. No session is
 * established, neither by ticket nor by id, so that each connection needs the key; and a server with keys alone and no
 * certificate resumes no session of other servers with the same ticket keys.
 *
 * <p>In TLS 1.3 a ticket that a client offers as well is tried first, then its identities in their order, at most 8;
 * one that is unknown leads to a handshake with certificates. In TLS 1.2 and below a suite with pre-shared keys must be
 * in the cipher list of both sides; an unknown identity ends the handshake with alert 115 ({@code
 * unknown_psk_identity}) and a wrong key with another, so that a client can find out which identities exist, as with
 * Node and as RFC 4279 2 allows. The duration of the callback can reveal as much.
 *
 * @see <a href="https://nodejs.org/api/tls.html#tlscreateserveroptions-secureconnectionlistener">Node option
 *     pskCallback</a>
 */
@FunctionalInterface
public interface PskServerCallback {
    /**
     * Returns the key of an identity, empty if it is unknown.
     *
     * @param socket the connection, whose handshake is in progress
     * @param identity the client's identity of the key, at most 256 bytes in UTF-8; not authenticated
     * @return 1 to 512 bytes, which are copied and not changed; others end the handshake ({@code
     *     ERR_INVALID_ARG_VALUE})
     * @throws Exception to end the handshake ({@code ERR_TLS_CALLBACK})
     */
    Optional<byte[]> keyOf(TlsSocket socket, String identity) throws Exception;
}
