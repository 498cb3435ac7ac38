package io.heddle;

/**
 * Where trusted roots come from. Node's {@code system} is missing: what Java's vendors ship is the bundle, and many systems keep
 * that equal to their own.
 *
 * @see <a href="https://nodejs.org/api/tls.html#tlsgetcacertificatestype">Node tls.getCACertificates</a>
 */
public enum CaSource {
    /**
     * What contexts without a {@code ca} of their own trust: {@link #BUNDLED} and {@link #EXTRA}, until {@link
     * Tls#setDefaultCACertificates} replaces them.
     */
    DEFAULT,
    /** The roots of the Java platform: its {@code cacerts}, or the file that {@code javax.net.ssl.trustStore} names. */
    BUNDLED,
    /**
     * The certificates of the PEM file that the system property {@code heddle.extraCACerts} names, as NODE_EXTRA_CA_CERTS does
     * for Node. Read on first use.
     */
    EXTRA
}
