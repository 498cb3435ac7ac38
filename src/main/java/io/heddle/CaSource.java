package io.heddle;

/**
 * A source of trusted roots, for {@link Tls#getCACertificates(CaSource)}, {@link SecureContextBuilder#ca(CaSource)} and
 * {@link SecureContextBuilder#addCa(CaSource)}. Each is read on first use, and once a process.
 *
 * @see <a href="https://nodejs.org/api/tls.html#tlsgetcacertificatestype">Node tls.getCACertificates</a>
 */
public enum CaSource {
    /**
     * The roots that contexts without a {@code ca} of their own trust: {@link #BUNDLED} and {@link #EXTRA}, with the
     * system property {@code heddle.useSystemCA=true} (Node's {@code --use-system-ca}) {@link #SYSTEM} as well, until
     * {@link Tls#setDefaultCACertificates} replaces them.
     */
    DEFAULT,
    /** The roots of the Java platform: its {@code cacerts}, or the file that {@code javax.net.ssl.trustStore} names. */
    BUNDLED,
    /**
     * The roots of the operating system.
     *
     * <ul>
     *   <li>On Linux and the BSDs the PEM bundle that the distribution keeps for OpenSSL, such as {@code
     *       /etc/ssl/certs/ca-certificates.crt} or {@code /etc/pki/tls/certs/ca-bundle.crt}: the first of the usual
     *       files that is there and has a certificate. A certificate that Java cannot read is left out with a warning.
     *   <li>On macOS the JDK's key stores {@code KeychainStore-ROOT} (where the JDK has none, {@code
     *       /etc/ssl/cert.pem}) and {@code KeychainStore}, on Windows its {@code Windows-ROOT}; of each the
     *       certificates without a private key. Windows fetches some roots only when its own programs need them; those
     *       are missing. Support for these two is written from their documentation and has not been tested.
     * </ul>
     *
     * <p>The environment variables {@code SSL_CERT_FILE} and {@code SSL_CERT_DIR} are not read: use {@code
     * heddle.extraCACerts}.
     */
    SYSTEM,
    /**
     * The certificates of the PEM file that the system property {@code heddle.extraCACerts} names, as
     * NODE_EXTRA_CA_CERTS does for Node. A file that cannot be read causes a warning.
     */
    EXTRA
}
