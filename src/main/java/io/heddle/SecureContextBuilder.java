package io.heddle;

import static io.heddle.ContextOptions.with;

import io.heddle.certificate.BouncyCastleVersion;
import io.heddle.certificate.Identity;
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
public abstract sealed class SecureContextBuilder<B extends SecureContextBuilder<B>> implements Cloneable
        permits ServerContextBuilder, ConnectOptions.Builder {
    /** The options so far; replaced by a copy in {@link #copy}. */
    private ContextOptions options = new ContextOptions();

    SecureContextBuilder() {
        BouncyCastleVersion.require();
    }

    abstract B self();

    /** Returns the options of a context, as they are now. */
    final ContextOptions contextOptions() {
        return options;
    }

    final void contextOptions(ContextOptions replacement) {
        options = replacement;
    }

    /** Returns an independent copy of this builder: all of its fields have immutable values, but for the options of a context. */
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

    /** Adds a certificate chain of ours from a PEM file: our own certificate first, then the intermediates. */
    public B cert(Path file) {
        options.certs = with(options.certs, Source.file("cert", file, null));
        return self();
    }

    /** Adds a certificate chain of ours in PEM: our own certificate first, then the intermediates. */
    public B cert(String pem) {
        options.certs = with(options.certs, Source.text("cert", pem, null));
        return self();
    }

    /**
     * Adds the private key of one of our certificates from a file; which one is found out. The forms are those of
     * {@link io.heddle.certificate.PrivateKeyReader}.
     */
    public B key(Path file) {
        options.keys = with(options.keys, Source.file("key", file, null));
        return self();
    }

    /** Adds the private key of one of our certificates in PEM; which one is found out. */
    public B key(String pem) {
        options.keys = with(options.keys, Source.text("key", pem, null));
        return self();
    }

    /** Adds an encrypted private key from a file, with a passphrase of its own. The array is copied. */
    public B key(Path file, char[] secret) {
        options.keys = with(options.keys, Source.file("key", file, secret));
        return self();
    }

    /** Adds an encrypted private key in PEM, with a passphrase of its own. The array is copied. */
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

    /** Adds a key, which may be of a hardware module and not exportable, with its certificate chain. */
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
     * Adds a PKCS#12 file: key, chain and further certificates, which are trusted as well. A file without a MAC is read too; keep it where only
     * trusted programs write.
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

    /** Adds a PKCS#12 container that the common {@link #passphrase} opens, or none; see {@link #pfx(byte[], char[])}. */
    public B pfx(byte[] container) {
        options.pfxs = with(options.pfxs, Source.bytes("pfx", container, null));
        return self();
    }

    /** Sets the passphrase of encrypted keys and PKCS#12 containers that have none of their own. The array is copied. */
    public B passphrase(char[] secret) {
        options.passphrase = secret.clone();
        return self();
    }

    /**
     * Trusts the certificates of a PEM or DER file, in place of the default roots; a {@code TRUSTED CERTIFICATE} for its purposes only,
     * see {@link io.heddle.certificate.TrustedCertificate}. The file is read by {@code build}.
     */
    public B ca(Path file) {
        options.cas = with(options.cas, Source.file("ca", file, null));
        options.caReplaces = true;
        return self();
    }

    /** Trusts these certificates in PEM, in place of the default roots; see {@link #ca(Path)}. A file is given as a {@link Path}. */
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
     * Trusts the roots of this source, in place of the default ones: {@code ca(CaSource.SYSTEM)} has the operating system's, and
     * {@code ca(CaSource.BUNDLED)} those of the Java platform whatever {@link Tls#setDefaultCACertificates} has set. They are read
     * by {@code build}, once a process, and are not named in the request of a server for a certificate.
     *
     * <p>{@code build} throws {@link InvalidOption} with {@code ERR_CRYPTO_OPERATION_FAILED} if a source other than {@link
     * CaSource#DEFAULT} has no certificate.
     */
    public B ca(CaSource source) {
        addSource(source, "ca");
        options.caReplaces = true;
        return self();
    }

    /**
     * Trusts the certificates of a PEM or DER file beside the default roots, or beside those of {@link #ca(Path)}. The file is read
     * by {@code build}. Node has no option for it; its users call {@code context.addCACert}.
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

    /** Adds the revocation lists of a PEM or DER file. With one list every certificate of a chain is checked. */
    public B crl(Path file) {
        options.crls = with(options.crls, Source.file("crl", file, null));
        return self();
    }

    /** Adds revocation lists in PEM. With one list every certificate of a chain is checked. */
    public B crl(String pem) {
        options.crls = with(options.crls, Source.text("crl", pem, null));
        return self();
    }

    /** Adds a revocation list. With one list every certificate of a chain is checked. */
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
     * Sets the suites in OpenSSL's cipher-list language; names of TLS 1.3 suites are split off. Default: Node's list. That one
     * has no suites with pre-shared keys; a list that has some ({@code PSK+HIGH:TLS_AES_128_GCM_SHA256}) enables them for
     * connections with a {@code pskCallback}, the others go without. Suites with DHE need {@code dhparam} on a server.
     */
    public B ciphers(String list) {
        options.ciphers = list;
        return self();
    }

    /** Sets the groups for key exchange, such as {@code X25519:P-256}; {@code auto} (the default) is all, fast ones first. */
    public B ecdhCurve(String list) {
        options.ecdhCurve = list;
        return self();
    }

    /**
     * Sets the signature algorithms, such as {@code ECDSA+SHA256:rsa_pss_rsae_sha256}. Default: all but those with SHA-1, SHA-224
     * or DSA; SHA-1 and SHA-224 are there at security level 0 ({@code @SECLEVEL=0} in {@link #ciphers}).
     */
    public B sigalgs(String list) {
        options.sigalgs = list;
        return self();
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

    /** Sets the lowest version by Node's name of it, such as {@code TLSv1.2}. */
    public B minVersion(String version) {
        return minVersion(TlsVersion.parse("minVersion", version));
    }

    /** Sets the highest version by Node's name of it, such as {@code TLSv1.3}. */
    public B maxVersion(String version) {
        return maxVersion(TlsVersion.parse("maxVersion", version));
    }

    /**
     * Sets the versions by the name of an OpenSSL method, such as {@code TLSv1_2_method}; not together with {@link #minVersion}
     * or {@link #maxVersion}. For programs that come from old Node; new ones set the versions.
     *
     * @throws InvalidOption with {@code ERR_TLS_INVALID_PROTOCOL_METHOD} for any other name
     */
    public B secureProtocol(String method) {
        LegacyMethod versions = LegacyMethod.parse(method);
        options.minVersion = versions.min();
        options.maxVersion = versions.max();
        options.protocolSet = true;
        return self();
    }

    /** Adds options of OpenSSL. */
    public B secureOptions(SecureOption... added) {
        Set<SecureOption> all = EnumSet.noneOf(SecureOption.class);
        all.addAll(options.secureOptions);
        all.addAll(List.of(added));
        options.secureOptions = all;
        return self();
    }

    /** Sets the clock for everything that has a date. Default: the system's. */
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
