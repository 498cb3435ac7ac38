package io.heddle.callback;

import java.util.Optional;

/**
 * A callback that supplies the pre-shared key of a client, on the thread of the connection. May block.
 *
 * <p>A handshake with a pre-shared key authenticates both sides: {@link io.heddle.TlsSocket#pskIdentity} is present,
 * {@link io.heddle.TlsSocket#authorized} is true, and there is no certificate whose name could be checked (in Node's
 * TLS 1.2 that check fails and has to be switched off). Suites with RSA and a key have a certificate, which is verified
 * as any other. A server that does not use the key presents a certificate instead, which is verified as well. Sessions
 * of such a connection are not stored.
 *
 * <p>One key for one pair of client and server: where several sides share it, or one is both client and server, each
 * can impersonate another (RFC 9257 4).
 *
 * @see <a href="https://nodejs.org/api/tls.html#tlsconnectoptions-callback">Node option pskCallback</a>
 */
@FunctionalInterface
public interface PskClientCallback {
    /**
     * Returns the key to use, empty for none. A client that offers TLS 1.3 and below is asked twice if the server
     * selects the lower version: before the ClientHello, without a hint, and when the server has selected a suite with
     * pre-shared keys.
     *
     * @param hint the identity hint of a server of TLS 1.2 or below, empty if it sent none; not authenticated
     * @throws Exception to end the handshake ({@code ERR_TLS_CALLBACK})
     */
    Optional<PskIdentity> identity(Optional<String> hint) throws Exception;
}
