package io.heddle;

/**
 * The options of OpenSSL that Heddle supports, by their names without {@code SSL_OP_}.
 *
 * @see <a href="https://nodejs.org/api/tls.html#tlscreatesecurecontextoptions">Node option secureOptions</a>
 */
public enum SecureOption {
    /**
     * A server sends and accepts no session tickets; a client requests none in TLS 1.2 and below, and resumes by id
     * there.
     */
    NO_TICKET,
    /** TLS 1.0 is not negotiated. */
    NO_TLSV1,
    /** TLS 1.1 is not negotiated. */
    NO_TLSV1_1,
    /** TLS 1.2 is not negotiated. */
    NO_TLSV1_2,
    /** TLS 1.3 is not negotiated. */
    NO_TLSV1_3,
    /** The server's order of suites decides, as with {@link ServerContextBuilder#honorCipherOrder}. */
    CIPHER_SERVER_PREFERENCE,
    /**
     * A client connects to a server without RFC 5746 as well. Unsafe: an attacker may have prefixed this client's
     * handshake with a connection of its own (RFC 5746 1).
     */
    LEGACY_SERVER_CONNECT,
    /**
     * Renegotiation is disabled: a peer that starts one receives {@code no_renegotiation}, and none is started locally.
     */
    NO_RENEGOTIATION
}
