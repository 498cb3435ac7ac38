package io.heddle;

import io.heddle.certificate.CertificateInfo;
import io.heddle.certificate.path.ServerIdentity;
import io.heddle.cipher.CipherList;
import io.heddle.endpoint.ClientRole;
import io.heddle.endpoint.ServerConfig;
import io.heddle.endpoint.ServerRole;
import io.heddle.engine.compression.CertificateCompressionAlgorithm;
import io.heddle.engine.transport.ReadDeadline;
import io.heddle.engine.transport.TransportSource;
import io.heddle.failure.InvalidOption;
import io.heddle.failure.TlsFailure;
import io.heddle.protocol.TlsVersion;
import io.heddle.provider.ProviderTable;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The entry point: servers, connections and contexts. The functions and constants of Node's {@code tls} module.
 *
 * @see <a href="https://nodejs.org/api/tls.html">Node tls</a>
 */
public final class Tls {
    /** The default of the lowest version: TLS 1.2. */
    public static final TlsVersion DEFAULT_MIN_VERSION = ContextOptions.DEFAULT_MIN_VERSION;

    /** The default of the highest version: TLS 1.3. */
    public static final TlsVersion DEFAULT_MAX_VERSION = ContextOptions.DEFAULT_MAX_VERSION;

    /** The default cipher list: Node's. */
    public static final String DEFAULT_CIPHERS = CipherList.DEFAULT;

    /** The default of the groups: {@code auto}, all of them. */
    public static final String DEFAULT_ECDH_CURVE = ContextOptions.DEFAULT_ECDH_CURVE;

    /** The default of {@link ServerOptions.Builder#renegotiationLimit}: 3 renegotiations in a row. */
    public static final int CLIENT_RENEG_LIMIT = ServerConfig.Renegotiation.DEFAULT_LIMIT;

    /** The default of {@link ServerOptions.Builder#renegotiationWindow}: 600 s. */
    public static final Duration CLIENT_RENEG_WINDOW = ServerConfig.Renegotiation.DEFAULT.window();

    private Tls() {}

    /**
     * Returns OpenSSL's names, in lower case and sorted, of all suites that {@code ciphers} can enable. They depend on
     * the JDK's providers.
     *
     * @see <a href="https://nodejs.org/api/tls.html#tlsgetciphers">Node tls.getCiphers</a>
     */
    public static List<String> getCiphers() {
        List<String> runnable = SecureContext.ofDefaults().content().runnableSuites().stream()
                .map(suite -> suite.name().toLowerCase(Locale.ROOT))
                .toList();
        return CipherList.getCiphers().stream().filter(runnable::contains).toList();
    }

    /**
     * Returns the names of the algorithms that {@link SecureContextBuilder#certificateCompression(List)} can name:
     * {@code zlib}, and {@code brotli} and {@code zstd} if their libraries are present, which this call loads.
     *
     * @see <a href="https://nodejs.org/api/tls.html#tlsgetcertificatecompressionalgorithms">Node
     *     tls.getCertificateCompressionAlgorithms</a>
     */
    public static List<String> getCertificateCompressionAlgorithms() {
        return CertificateCompressionAlgorithm.available().stream()
                .map(CertificateCompressionAlgorithm::text)
                .toList();
    }

    /**
     * Returns the providers that run the cryptography. The first call, or whatever needs one before it, loads native
     * providers that are present.
     *
     * @throws IllegalArgumentException if the system property {@code heddle.crypto} is none of {@code auto}, {@code native}
     *     and {@code jdk}
     * @throws IllegalStateException if it is {@code native} and there is no native provider of EC, RSA or X25519
     */
    public static CryptoProvider cryptoProvider() {
        return CryptoProvider.of(ProviderTable.get());
    }

    /**
     * Returns the roots of the Java platform in PEM, without a final line end; always the same unmodifiable list.
     *
     * @see <a href="https://nodejs.org/api/tls.html#tlsrootcertificates">Node tls.rootCertificates</a>
     */
    public static List<String> rootCertificates() {
        return getCACertificates(CaSource.BUNDLED);
    }

    /** Returns the roots in PEM that contexts without a {@code ca} trust; see {@link #getCACertificates(CaSource)}. */
    public static List<String> getCACertificates() {
        return getCACertificates(CaSource.DEFAULT);
    }

    /**
     * Returns the roots of one source in PEM; the same unmodifiable list each time, until the default ones are
     * replaced. A source that does not exist, such as {@link CaSource#SYSTEM} on a machine without a bundle, is an
     * empty list; a context that names it is refused.
     *
     * @throws io.heddle.failure.InvalidOption if the store that {@code javax.net.ssl.trustStore} names cannot be read,
     *     or {@code heddle.useSystemCA} is neither {@code true} nor {@code false}
     * @see <a href="https://nodejs.org/api/tls.html#tlsgetcacertificatestype">Node tls.getCACertificates</a>
     */
    public static List<String> getCACertificates(CaSource source) {
        return DefaultTrust.pem(source);
    }

    /**
     * Replaces, for the whole process, the roots for contexts without a {@code ca}. The new roots apply to each {@link
     * SecureContext} that is built, and each {@code SSLContext} of {@link HeddleProvider} that is initialised without
     * trust managers, after the call; existing ones keep theirs. With an empty collection every default verification
     * fails. If one element is refused, nothing is changed. The list that {@link #getCACertificates()} returned before
     * the first call restores the state of that time.
     *
     * @param certs a {@code String} in PEM, a {@code byte[]} in PEM or DER, the {@link java.nio.file.Path} of such a
     *     file, or an {@link java.security.cert.X509Certificate} each; types may be mixed, a text or file may have
     *     several certificates, and duplicates are ignored
     * @throws io.heddle.failure.InvalidOption with {@code ERR_INVALID_ARG_TYPE} for an element of another type, with
     *     {@code ERR_CRYPTO_OPERATION_FAILED} for one without a certificate, with {@code ERR_OSSL_PEM_ASN1_LIB} for one
     *     that is broken inside, with {@code ENOENT}, {@code EACCES} or {@code EIO} for a file that cannot be read,
     *     else with the code of the broken PEM; the message begins with the element, such as {@code certs[1]}
     * @see <a href="https://nodejs.org/api/tls.html#tlssetdefaultcacertificatescerts">Node
     *     tls.setDefaultCACertificates</a>
     */
    public static void setDefaultCACertificates(Collection<?> certs) {
        DefaultTrust.replace(certs);
    }

    /**
     * Checks by Node's rules that a certificate is for a host: DNS names with wildcards, IP addresses, and the common
     * name only where Node falls back to it.
     *
     * @throws TlsFailure {@code ERR_TLS_CERT_ALTNAME_INVALID}, with Node's reason, if it is not
     * @see <a href="https://nodejs.org/api/tls.html#tlscheckserveridentityhostname-cert">Node
     *     tls.checkServerIdentity</a>
     */
    public static void checkServerIdentity(String hostname, CertificateInfo certificate) throws TlsFailure {
        Optional<TlsFailure> problem = ServerIdentity.check(hostname, certificate);
        if (problem.isPresent()) {
            throw problem.get();
        }
    }

    /**
     * Returns a context with the given options.
     *
     * @throws io.heddle.failure.InvalidOption if they are not consistent
     */
    public static SecureContext createSecureContext(Consumer<SecureContext.Builder> options) {
        return SecureContext.of(options);
    }

    /** Returns a server that does not listen yet. */
    public static TlsServer createServer(SecureContext context, ConnectionHandler handler) {
        return createServer(ServerOptions.of(context), handler);
    }

    /** Returns a server that does not listen yet. */
    public static TlsServer createServer(ServerOptions options, ConnectionHandler handler) {
        return new TlsServer(options, handler);
    }

    /**
     * Connects to a server whose certificate chain is verified against the default roots and is for this host.
     *
     * @throws io.heddle.failure.TlsFailure with OpenSSL's code if the verification or the handshake fails
     */
    public static TlsSocket connect(String host, int port) throws IOException {
        return connect(ConnectOptions.builder().host(host).port(port).build());
    }

    /**
     * Connects, and returns when the handshake is complete and the server is verified.
     *
     * @throws io.heddle.failure.TlsFailure if the handshake fails, with the reason in its code
     * @throws SocketTimeoutException if the TCP connection is not established in time
     */
    public static TlsSocket connect(ConnectOptions options) throws IOException {
        long end = ReadDeadline.end(options.timeout());
        TransportSource source = transportSource(options, end);
        TlsSocket socket;
        try {
            socket = new TlsSocket(source, ClientRole.of(options.config(), left(end)));
        } catch (RuntimeException | Error e) {
            source.close();
            throw e;
        }
        try {
            socket.startHandshake();
            return socket;
        } catch (IOException | RuntimeException | Error e) {
            socket.abort();
            throw e;
        }
    }

    /** Returns the time left until then, at least a millisecond. */
    private static Duration left(long endNanos) {
        return Duration.ofNanos(Math.max(1_000_000, endNanos - System.nanoTime()));
    }

    private static TransportSource transportSource(ConnectOptions options, long endNanos) throws IOException {
        if (options.transport() != null) {
            return options.transport().source();
        }
        if (options.path() != null) {
            SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            try {
                channel.connect(UnixDomainSocketAddress.of(options.path()));
                return new TransportSource.OverChannel(channel);
            } catch (IOException | RuntimeException | Error e) {
                channel.close();
                throw e;
            }
        }
        return new TransportSource.OverSocket(TcpConnect.open(options, endNanos), null, true);
    }

    /**
     * Returns the server's side of TLS over a connected transport. The handshake runs on first use, or by {@link
     * TlsSocket#startHandshake}; nothing is sent or received before. Closing the result closes the transport.
     *
     * @throws InvalidOption if the options have a {@link ServerOptions.Builder#blockList} or options of TCP, which a
     *     {@link TlsServer} alone applies
     */
    public static TlsSocket accept(TlsTransport connected, ServerOptions options) {
        return new TlsSocket(connected, options);
    }

    /**
     * Returns a client's pair that trusts the default roots; see {@link #createSecurePair(SecureContext, boolean,
     * boolean, boolean)}.
     *
     * @deprecated lay a {@link TlsSocket} on the transport itself
     */
    @Deprecated
    public static SecurePair createSecurePair() {
        return createSecurePair(SecureContext.ofDefaults(), false);
    }

    /**
     * Returns a pair that, as a client, reports on the server's certificate and, as a server, requests none; see {@link
     * #createSecurePair(SecureContext, boolean, boolean, boolean)}.
     *
     * @deprecated lay a {@link TlsSocket} on the transport itself
     */
    @Deprecated
    public static SecurePair createSecurePair(SecureContext context, boolean isServer) {
        return createSecurePair(context, isServer, !isServer, false);
    }

    /**
     * Returns TLS in memory: the caller carries the ciphertext to the peer.
     *
     * <p>No name is sent to the server or looked for in its certificate; {@link #createSecurePair(ConnectOptions)}
     * does both.
     *
     * @param requestCert whether a certificate of the peer is requested; as a client, whether it is verified
     * @param rejectUnauthorized whether a peer without a valid certificate is refused, if one was requested
     * @deprecated lay a {@link TlsSocket} on the transport itself
     */
    @Deprecated
    public static SecurePair createSecurePair(
            SecureContext context, boolean isServer, boolean requestCert, boolean rejectUnauthorized) {
        if (isServer) {
            return createSecurePair(ServerOptions.builder(context)
                    .requestCert(requestCert)
                    .rejectUnauthorized(rejectUnauthorized)
                    .build());
        }
        return createSecurePair(ConnectOptions.builder()
                .secureContext(context)
                .rejectUnauthorized(requestCert && rejectUnauthorized)
                .checkServerIdentity((hostname, certificate) -> {})
                .build());
    }

    /**
     * Returns a server's pair; the options take the place of Node's fifth argument.
     *
     * @deprecated use {@link TlsSocket#TlsSocket(TlsTransport, ServerOptions)}
     */
    @Deprecated
    public static SecurePair createSecurePair(ServerOptions options) {
        return new SecurePair(ServerRole.of(options.configWithoutServer()));
    }

    /**
     * Returns a client's pair; the options take the place of Node's fifth argument.
     *
     * @param options without a transport of their own
     * @throws IllegalArgumentException if the options have a transport or a path
     * @deprecated use {@link TlsSocket#TlsSocket(TlsTransport, ConnectOptions)}
     */
    @Deprecated
    public static SecurePair createSecurePair(ConnectOptions options) {
        return new SecurePair(options.roleWithoutTransport());
    }
}
