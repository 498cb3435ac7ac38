package io.heddle;

import static io.heddle.ContextOptions.with;

import io.heddle.certificate.Identity;
import io.heddle.cipher.GroupList;
import io.heddle.failure.InvalidOption;
import io.heddle.protocol.TlsVersion;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The options of Node's {@code tls.createSecureContext} that clients and servers share. Not thread-safe.
 *
 * @param <B> the builder itself
 */
public abstract class SecureContextBuilder<B extends SecureContextBuilder<B>> implements Cloneable {
    /** The options so far. */
    private ContextOptions options = new ContextOptions();

    SecureContextBuilder() {}

    abstract B self();

    /** Returns the options of the context so far; not a copy. */
    final ContextOptions contextOptions() {
        return options;
    }

    final void contextOptions(ContextOptions replacement) {
        options = replacement;
    }

    /**
     * Returns an independent copy of this builder: all of its fields have immutable values, but for the options of
     * a context.
     */
    @SuppressWarnings("unchecked")
    final B copy() {
        try {
            SecureContextBuilder<B> copy = (SecureContextBuilder<B>) clone();
            copy.options = options.copy();
            return (B) copy;
        } catch (CloneNotSupportedException e) {
            throw new AssertionError(e);
        }
    }

    /** Adds a local certificate chain from a PEM file: the end-entity certificate first, then the intermediates. */
    public B cert(Path file) {
        options.certs = with(options.certs, Source.file("cert", file, null));
        return self();
    }

    /** Adds a local certificate chain in PEM: the end-entity certificate first, then the intermediates. */
    public B cert(String pem) {
        options.certs = with(options.certs, Source.text("cert", pem, null));
        return self();
    }

    /**
     * Adds the private key of one of the certificates from a file; the certificate is found by its public key. The
     * file is PEM or DER: PKCS#8, plain or encrypted, PKCS#1 RSA, SEC1 EC, or the older encrypted PEM with a
     * DEK-Info header.
     */
    public B key(Path file) {
        options.keys = with(options.keys, Source.file("key", file, null));
        return self();
    }

    /** Adds the private key of one of the certificates in PEM; the certificate is found by its public key. */
    public B key(String pem) {
        options.keys = with(options.keys, Source.text("key", pem, null));
        return self();
    }

    /** Adds an encrypted private key from a file with its own passphrase. The array is copied. */
    public B key(Path file, char[] secret) {
        options.keys = with(options.keys, Source.file("key", file, secret));
        return self();
    }

    /** Adds an encrypted private key in PEM with its own passphrase. The array is copied. */
    public B key(String pem, char[] secret) {
        options.keys = with(options.keys, Source.text("key", pem, secret));
        return self();
    }

    /**
     * Adds all keys of a key store with their chains, and trusts its certificates without a key as well.
     *
     * @param secret the password of the keys
     * @throws InvalidOption if the store was not loaded, or the password is wrong
     */
    public B keyStore(KeyStore store, char[] secret) {
        KeyStores.Content content = KeyStores.read(store, secret);
        options.identities = with(options.identities, content.identities());
        options.caCertificates = with(options.caCertificates, content.certificates());
        return self();
    }

    /** Adds a key with its certificate chain; the key may be in a hardware module and not exportable. */
    public B identity(PrivateKey key, List<X509Certificate> chain) {
        options.identities = with(options.identities, new Identity(key, chain));
        return self();
    }

    /** Adds an identity. */
    public B identity(Identity identity) {
        options.identities = with(options.identities, identity);
        return self();
    }

    /**
     * Adds a PKCS#12 file: key, chain and further certificates, which are trusted as well. A file without a MAC is also
     * accepted; only trusted programs should be able to write such a file.
     */
    public B pfx(Path file, char[] secret) {
        options.pfxs = with(options.pfxs, Source.file("pfx", file, secret));
        return self();
    }

    /** Adds a PKCS#12 file that the common {@link #passphrase} opens, or none; see {@link #pfx(Path, char[])}. */
    public B pfx(Path file) {
        options.pfxs = with(options.pfxs, Source.file("pfx", file, null));
        return self();
    }

    /** Adds a PKCS#12 container: key, chain and further certificates, which are trusted as well. */
    public B pfx(byte[] container, char[] secret) {
        options.pfxs = with(options.pfxs, Source.bytes("pfx", container, secret));
        return self();
    }

    /**
     * Adds a PKCS#12 container that the common {@link #passphrase} opens, or none; see {@link #pfx(byte[], char[])}.
     */
    public B pfx(byte[] container) {
        options.pfxs = with(options.pfxs, Source.bytes("pfx", container, null));
        return self();
    }

    /**
     * Sets the passphrase of encrypted keys and PKCS#12 containers that have none of their own. The array is copied.
     */
    public B passphrase(char[] secret) {
        options.passphrase = secret.clone();
        return self();
    }

    /**
     * Trusts the certificates of a PEM or DER file, in place of the default roots; a {@code TRUSTED CERTIFICATE} of
     * OpenSSL for the purposes only that it lists. The file is read by {@code build}.
     */
    public B ca(Path file) {
        options.cas = with(options.cas, Source.file("ca", file, null));
        options.caReplaces = true;
        return self();
    }

    /**
     * Trusts these certificates in PEM, in place of the default roots; see {@link #ca(Path)}. A file is given as a
     * {@link Path}.
     */
    public B ca(String pem) {
        options.cas = with(options.cas, Source.text("ca", pem, null));
        options.caReplaces = true;
        return self();
    }

    /** Trusts these certificates, in place of the default roots; with an empty collection no peer is trusted. */
    public B ca(Collection<X509Certificate> certificates) {
        options.caCertificates = with(options.caCertificates, certificates);
        options.caReplaces = true;
        return self();
    }

    /**
     * Trusts the roots of this source, in place of the default ones: {@code ca(CaSource.SYSTEM)} those of the operating
     * system, {@code ca(CaSource.BUNDLED)} those of the Java platform whatever {@link Tls#setDefaultCACertificates} has
     * set. They are read by {@code build}, once a process, and are not named in a server's certificate request.
     *
     * <p>{@code build} throws {@link InvalidOption} with {@code ERR_CRYPTO_OPERATION_FAILED} if a source other than
     * {@link CaSource#DEFAULT} has no certificate.
     */
    public B ca(CaSource source) {
        addSource(source, "ca");
        options.caReplaces = true;
        return self();
    }

    /**
     * Trusts the certificates of a PEM or DER file beside the default roots, or beside those of {@link #ca(Path)}. The
     * file is read by {@code build}. Node has no option for it; its users call {@code context.addCACert}.
     */
    public B addCa(Path file) {
        options.cas = with(options.cas, Source.file("addCa", file, null));
        return self();
    }

    /** Trusts these certificates in PEM as well; see {@link #addCa(Path)}. */
    public B addCa(String pem) {
        options.cas = with(options.cas, Source.text("addCa", pem, null));
        return self();
    }

    /** Trusts these certificates as well; see {@link #addCa(Path)}. */
    public B addCa(Collection<X509Certificate> certificates) {
        options.caCertificates = with(options.caCertificates, certificates);
        return self();
    }

    /** Trusts the roots of this source as well; see {@link #ca(CaSource)}. */
    public B addCa(CaSource source) {
        addSource(source, "addCa");
        return self();
    }

    private void addSource(CaSource source, String option) {
        Map<CaSource, String> all = new EnumMap<>(CaSource.class);
        all.putAll(options.caSources);
        all.putIfAbsent(source, option);
        options.caSources = all;
    }

    /** Adds the CRLs of a PEM or DER file. As soon as one is configured, every certificate of a chain is checked. */
    public B crl(Path file) {
        options.crls = with(options.crls, Source.file("crl", file, null));
        return self();
    }

    /** Adds CRLs in PEM. As soon as one is configured, every certificate of a chain is checked. */
    public B crl(String pem) {
        options.crls = with(options.crls, Source.text("crl", pem, null));
        return self();
    }

    /** Adds a CRL. As soon as one is configured, every certificate of a chain is checked. */
    public B crl(X509CRL list) {
        options.crlObjects = with(options.crlObjects, list);
        return self();
    }

    /** Lets a chain end in a trusted certificate that is not a root. Default: no. */
    public B allowPartialTrustChain(boolean allow) {
        options.allowPartialTrustChain = allow;
        return self();
    }

    /**
     * Sets the suites in the format of OpenSSL's cipher list, with the names of TLS 1.3 suites in the same list.
     * Default: Node's list. It has no suites with pre-shared keys; a list that has some ({@code
     * PSK+HIGH:TLS_AES_128_GCM_SHA256}) enables them for connections with a {@code pskCallback} only. Suites with DHE
     * need {@code dhparam} on a server.
     */
    public B ciphers(String list) {
        options.ciphers = list;
        return self();
    }

    /**
     * Sets the groups for key exchange, such as {@code X25519:P-256}, in the syntax of OpenSSL 3.5 and Node since 24.5,
     * which {@link GroupList#of(String)} describes: {@code /} separates tuples of descending strength, {@code *} marks
     * the groups for which a client sends a key share, {@code ?} ignores an unknown name, {@code -} removes a group,
     * {@code DEFAULT} stands for the default list. Groups weaker than the security level of {@link #ciphers} are
     * removed. Default: {@code auto}, which is {@link GroupList#DEFAULT}: X25519MLKEM768 before the elliptic curves.
     *
     * <p>{@code build} throws {@link InvalidOption} with {@code ERR_CRYPTO_OPERATION_FAILED} for a malformed list, and
     * with {@code ERR_SSL_NO_SUITABLE_GROUPS} if no group is left.
     */
    public B ecdhCurve(String list) {
        options.ecdhCurve = list;
        return self();
    }

    /**
     * Sets the signature algorithms, such as {@code ECDSA+SHA256:rsa_pss_rsae_sha256}, in the syntax of OpenSSL 3.5:
     * {@code ?} before a name ignores it if it is unknown. Default: ML-DSA, which is for TLS 1.3 alone, then all but
     * those with SHA-1, SHA-224 or DSA; at security level 0 ({@code @SECLEVEL=0} in {@link #ciphers}) SHA-1 and SHA-224
     * as well, from 4 on only those of that strength.
     *
     * <p>{@code build} throws {@link InvalidOption} with {@code ERR_INVALID_ARG_VALUE} for a malformed list or an
     * unknown name, and with {@code ERR_SSL_NO_SUITABLE_SIGNATURE_ALGORITHM} if nothing in it can sign a handshake of
     * the versions.
     */
    public B sigalgs(String list) {
        options.sigalgs = list;
        return self();
    }

    /**
     * Sets the algorithms for the compression of certificates in TLS 1.3 (RFC 8879): {@code zlib}, {@code brotli},
     * {@code zstd}. Default: none, and no compression. The peer may compress its certificates with these algorithms, of
     * which the first is preferred. Local certificates are compressed with the first of the peer's algorithms that is
     * in this list, as OpenSSL does. Below TLS 1.3 nothing is compressed. A chain of two certificates becomes 12 to 27 %
     * shorter; docs/node-parity.md has lengths.
     *
     * <p>zlib is the JDK's; brotli needs the library {@code com.aayushatharva.brotli4j:brotli4j}, zstd {@code
     * com.github.luben:zstd-jni}; see {@link Tls#getCertificateCompressionAlgorithms}. On the module path their modules
     * are added with {@code --add-modules com.aayushatharva.brotli4j,com.github.luben.zstd_jni}. A server has one list
     * for all of its names, that of its own context, not of those that {@link TlsServer#addContext} adds.
     *
     * <p>{@code build} throws {@link InvalidOption} with {@code ERR_INVALID_ARG_VALUE} for another name, or if the
     * context has no TLS 1.3; with {@code ERR_CRYPTO_OPERATION_FAILED} for a name that is there twice, or whose library
     * is absent.
     *
     * @see <a href="https://nodejs.org/api/tls.html#tlscreatesecurecontextoptions">Node tls.createSecureContext
     *     options.certificateCompression</a>
     */
    public B certificateCompression(List<String> algorithms) {
        options.certificateCompression = List.copyOf(algorithms);
        return self();
    }

    /** Sets the algorithms for the compression of certificates; see {@link #certificateCompression(List)}. */
    public B certificateCompression(String... algorithms) {
        return certificateCompression(List.of(algorithms));
    }

    /** Sets the lowest version. Default: TLS 1.2. */
    public B minVersion(TlsVersion version) {
        options.versionsSet = true;
        options.minVersion = version;
        return self();
    }

    /** Sets the highest version. Default: TLS 1.3. */
    public B maxVersion(TlsVersion version) {
        options.versionsSet = true;
        options.maxVersion = version;
        return self();
    }

    /** Sets the lowest version by Node's name, such as {@code TLSv1.2}. */
    public B minVersion(String version) {
        return minVersion(TlsVersion.parse("minVersion", version));
    }

    /** Sets the highest version by Node's name, such as {@code TLSv1.3}. */
    public B maxVersion(String version) {
        return maxVersion(TlsVersion.parse("maxVersion", version));
    }

    /**
     * Sets the versions by the name of an OpenSSL method, such as {@code TLSv1_2_method}; not together with
     * {@link #minVersion} or {@link #maxVersion}. For programs written for old versions of Node; new programs
     * set the versions.
     *
     * @throws InvalidOption with {@code ERR_TLS_INVALID_PROTOCOL_METHOD} for any other name
     */
    public B secureProtocol(String method) {
        switch (method.replaceFirst("_(client|server)_method$", "_method")) {
            case "TLS_method" -> versions(TlsVersion.TLS_1_0, TlsVersion.TLS_1_3);
            case "SSLv23_method" -> versions(ContextOptions.DEFAULT_MIN_VERSION, TlsVersion.TLS_1_2);
            case "TLSv1_method" -> versions(TlsVersion.TLS_1_0, TlsVersion.TLS_1_0);
            case "TLSv1_1_method" -> versions(TlsVersion.TLS_1_1, TlsVersion.TLS_1_1);
            case "TLSv1_2_method" -> versions(TlsVersion.TLS_1_2, TlsVersion.TLS_1_2);
            case "SSLv2_method" -> throw invalidMethod("SSLv2 methods disabled");
            case "SSLv3_method" -> throw invalidMethod("SSLv3 methods disabled");
            default -> throw invalidMethod("Unknown method: " + method);
        }
        options.protocolSet = true;
        return self();
    }

    private void versions(TlsVersion min, TlsVersion max) {
        options.minVersion = min;
        options.maxVersion = max;
    }

    private static InvalidOption invalidMethod(String reason) {
        return new InvalidOption("ERR_TLS_INVALID_PROTOCOL_METHOD", "secureProtocol: " + reason);
    }

    /** Adds options of OpenSSL. Default: none. */
    public B secureOptions(SecureOption... added) {
        Set<SecureOption> all = EnumSet.noneOf(SecureOption.class);
        all.addAll(options.secureOptions);
        all.addAll(List.of(added));
        options.secureOptions = all;
        return self();
    }

    /** Sets the clock for certificates, sessions and tickets. Default: the system's. */
    public B clock(InstantSource source) {
        options.clock = source;
        return self();
    }

    /** Sets the source of randomness. Default: {@link SecureRandom}. */
    public B secureRandom(SecureRandom source) {
        options.random = source;
        return self();
    }
}
