package io.heddle;

import java.util.Optional;

/**
 * Has the pre-shared key of a client, on the thread of the connection. May block.
 *
 * <p>A connection by pre-shared key has proved on both sides who it is: {@link TlsSocket#pskIdentity} is present, {@link
 * TlsSocket#authorized} is true, and there is no certificate whose name could be checked (in Node's TLS 1.2 that check fails
 * and has to be switched off). Suites with RSA and a key have a certificate, which is verified as any other. A server that does
 * not use the key shows a certificate instead, which is verified as well. Sessions of such a connection are not kept.
 *
 * <p>One key for one pair of client and server: where several sides share it, or one is both client and server, each can pose as
 * another (RFC 9257 4).
 *
 * @see <a href="https://nodejs.org/api/tls.html#tlsconnectoptions-callback">Node option pskCallback</a>
 */
@FunctionalInterface
public interface PskClientCallback {
    /**
     * Returns the key to use, empty for none. A client that offers TLS 1.3 and below is asked twice if the server takes the
     * lower version: before it speaks, without a hint, and when the server has chosen a suite with pre-shared keys.
     *
     * @param hint what a server of TLS 1.2 or below said about the key, empty if it said nothing; not to be trusted
     * @throws Exception to end the handshake ({@code ERR_TLS_CALLBACK})
     */
    Optional<PskIdentity> identity(Optional<String> hint) throws Exception;
}
