package io.heddle;

/**
 * The options of OpenSSL that mean something here, by their names without {@code SSL_OP_}.
 *
 * @see <a href="https://nodejs.org/api/tls.html#tlscreatesecurecontextoptions">Node option secureOptions</a>
 */
public enum SecureOption {
    /** A server sends and takes no session tickets; a client asks for none in TLS 1.2 and below, and resumes by id there. */
    NO_TICKET,
    /** TLS 1.0 is not negotiated. */
    NO_TLSV1,
    /** TLS 1.1 is not negotiated. */
    NO_TLSV1_1,
    /** TLS 1.2 is not negotiated. */
    NO_TLSV1_2,
    /** TLS 1.3 is not negotiated. */
    NO_TLSV1_3,
    /** The server's order of suites decides; as {@link ServerContextBuilder#honorCipherOrder}. */
    CIPHER_SERVER_PREFERENCE,
    /**
     * A client connects to a server without RFC 5746 as well. Unsafe: somebody may have spoken to the server first, in the name
     * of this client.
     */
    LEGACY_SERVER_CONNECT,
    /** There is no renegotiation: a peer that begins one hears {@code no_renegotiation}, and none is begun here. */
    NO_RENEGOTIATION
}
