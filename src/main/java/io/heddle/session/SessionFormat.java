package io.heddle.session;

/**
 * The encodings of a client's session. Both are accepted wherever a session is read; the first is the default
 * for writing.
 */
public enum SessionFormat {
    /** OpenSSL's {@code SSL_SESSION} in DER, for Heddle, openssl and Node.js 20. */
    OPENSSL,

    /**
     * The form that clients of Node.js accept and return since 22.23, 24.17 and 26.3.1: a prefix, the server name that
     * the session is bound to, and {@link #OPENSSL}. Such a client uses the session for that name only, and ignores a
     * session without a name unless {@code rejectUnauthorized} is false. Node.js 20 supports it only in distributions
     * that added it.
     *
     * @see <a href="https://nodejs.org/api/tls.html#tlssocketgetsession">Node tlsSocket.getSession</a>
     */
    NODE
}
