package io.heddle;

import io.heddle.certificate.Identity;
import io.heddle.certificate.x509.BouncyCastleVersion;
import io.heddle.failure.InvalidOption;
import io.heddle.protocol.TlsVersion;
import io.heddle.session.SessionIdContext;
import io.heddle.session.TicketKeyManager;
import io.heddle.session.TicketKeys;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The options of Node's {@code tls.createSecureContext}, shared by everything that makes a context. Not thread-safe.
 *
 * @param <B> the builder itself
 */
public abstract sealed class SecureContextBuilder<B extends SecureContextBuilder<B>>
        permits SecureContext.Builder, ConnectOptions.Builder {
    final List<Source> certs = new ArrayList<>();
    final List<Source> keys = new ArrayList<>();
    final List<Source> pfxs = new ArrayList<>();
    final List<Identity> identities = new ArrayList<>();
    final List<Source> cas = new ArrayList<>();
    final List<X509Certificate> caCertificates = new ArrayList<>();

    /** Sources of roots, each with the option that named it first. */
    final Map<CaSource, String> caSources = new EnumMap<>(CaSource.class);

    final List<Source> crls = new ArrayList<>();
    final List<X509CRL> crlObjects = new ArrayList<>();
    boolean caReplaces;
    char @Nullable [] passphrase;
    boolean allowPartialTrustChain;

    @Nullable
    String ciphers;

    @Nullable
    Source dhparam;

    boolean dhAuto;
    boolean versionsSet;
    boolean protocolSet;
    final EnumSet<SecureOption> secureOptions = EnumSet.noneOf(SecureOption.class);

    String ecdhCurve = Tls.DEFAULT_ECDH_CURVE;

    @Nullable
    String sigalgs;

    TlsVersion minVersion = Tls.DEFAULT_MIN_VERSION;
    TlsVersion maxVersion = Tls.DEFAULT_MAX_VERSION;

    @Nullable
    Boolean honorCipherOrder;

    @Nullable
    SessionIdContext sessionIdContext;

    @Nullable
    Duration sessionTimeout;

    @Nullable
    TicketKeyManager ticketKeys;

    /** JSSE's, which stand for certificates and trust; for an {@code SSLContext} that was initialised with some. */
    @Nullable
    Managers managers;

    InstantSource clock = InstantSource.system();
    SecureRandom random = new SecureRandom();

    SecureContextBuilder() {
        BouncyCastleVersion.require();
    }

    abstract B self();

    final void take(SecureContextBuilder<?> other) {
        certs.addAll(other.certs);
        keys.addAll(other.keys);
        pfxs.addAll(other.pfxs);
        identities.addAll(other.identities);
        cas.addAll(other.cas);
        caCertificates.addAll(other.caCertificates);
        caSources.putAll(other.caSources);
        crls.addAll(other.crls);
        crlObjects.addAll(other.crlObjects);
        caReplaces = other.caReplaces;
        passphrase = other.passphrase;
        allowPartialTrustChain = other.allowPartialTrustChain;
        ciphers = other.ciphers;
        dhparam = other.dhparam;
        dhAuto = other.dhAuto;
        versionsSet = other.versionsSet;
        protocolSet = other.protocolSet;
        secureOptions.addAll(other.secureOptions);
        ecdhCurve = other.ecdhCurve;
        sigalgs = other.sigalgs;
        minVersion = other.minVersion;
        maxVersion = other.maxVersion;
        honorCipherOrder = other.honorCipherOrder;
        sessionIdContext = other.sessionIdContext;
        sessionTimeout = other.sessionTimeout;
        ticketKeys = other.ticketKeys;
        managers = other.managers;
        clock = other.clock;
        random = other.random;
    }

    /** Returns whether anything but the clock and the randomness was set. */
    final boolean hasContextOptions() {
        return hasOwnTrust()
                || !(certs.isEmpty() && keys.isEmpty() && pfxs.isEmpty() && identities.isEmpty())
                || !(crls.isEmpty() && crlObjects.isEmpty())
                || passphrase != null
                || allowPartialTrustChain
                || ciphers != null
                || dhparam != null
                || dhAuto
                || protocolSet
                || !secureOptions.isEmpty()
                || !ecdhCurve.equals(Tls.DEFAULT_ECDH_CURVE)
                || sigalgs != null
                || minVersion != Tls.DEFAULT_MIN_VERSION
                || maxVersion != Tls.DEFAULT_MAX_VERSION
                || honorCipherOrder != null
                || sessionIdContext != null
                || sessionTimeout != null
                || ticketKeys != null;
    }

    /** Returns the files that {@code build} reads. */
    final Set<Path> files() {
        return Stream.of(certs, keys, pfxs, cas, crls, dhparam == null ? List.<Source>of() : List.of(dhparam))
                .flatMap(List::stream)
                .flatMap(source -> Stream.ofNullable(source.file()))
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    final boolean hasOwnTrust() {
        return caReplaces || !cas.isEmpty() || !caCertificates.isEmpty() || !caSources.isEmpty();
    }

    /** Adds a certificate chain of ours from a PEM file: our own certificate first, then the intermediates. */
    public B cert(Path file) {
        certs.add(Source.file("cert", file, null));
        return self();
    }

    /** Adds a certificate chain of ours in PEM: our own certificate first, then the intermediates. */
    public B cert(String pem) {
        certs.add(Source.text("cert", pem, null));
        return self();
    }

    /**
     * Adds the private key of one of our certificates from a file; which one is found out. The forms are those of
     * {@link io.heddle.certificate.file.PrivateKeyReader}.
     */
    public B key(Path file) {
        keys.add(Source.file("key", file, null));
        return self();
    }

    /** Adds the private key of one of our certificates in PEM; which one is found out. */
    public B key(String pem) {
        keys.add(Source.text("key", pem, null));
        return self();
    }

    /** Adds an encrypted private key from a file, with a passphrase of its own. The array is copied. */
    public B key(Path file, char[] secret) {
        keys.add(Source.file("key", file, secret));
        return self();
    }

    /** Adds an encrypted private key in PEM, with a passphrase of its own. The array is copied. */
    public B key(String pem, char[] secret) {
        keys.add(Source.text("key", pem, secret));
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
        identities.addAll(content.identities());
        caCertificates.addAll(content.certificates());
        return self();
    }

    /** Adds a key, which may be of a hardware module and not exportable, with its certificate chain. */
    public B identity(PrivateKey key, List<X509Certificate> chain) {
        identities.add(new Identity(key, chain));
        return self();
    }

    /** Adds an identity. */
    public B identity(Identity identity) {
        identities.add(identity);
        return self();
    }

    /**
     * Adds a PKCS#12 file: key, chain and further certificates, which are trusted as well. A file without a MAC is read too; keep it where only
     * trusted programs write.
     */
    public B pfx(Path file, char[] secret) {
        pfxs.add(Source.file("pfx", file, secret));
        return self();
    }

    /** Adds a PKCS#12 file that the common {@link #passphrase} opens, or none; see {@link #pfx(Path, char[])}. */
    public B pfx(Path file) {
        pfxs.add(Source.file("pfx", file, null));
        return self();
    }

    /** Adds a PKCS#12 container: key, chain and further certificates, which are trusted as well. */
    public B pfx(byte[] container, char[] secret) {
        pfxs.add(Source.bytes("pfx", container, secret));
        return self();
    }

    /** Adds a PKCS#12 container that the common {@link #passphrase} opens, or none; see {@link #pfx(byte[], char[])}. */
    public B pfx(byte[] container) {
        pfxs.add(Source.bytes("pfx", container, null));
        return self();
    }

    /** Sets the passphrase of encrypted keys and PKCS#12 containers that have none of their own. The array is copied. */
    public B passphrase(char[] secret) {
        passphrase = secret.clone();
        return self();
    }

    /**
     * Trusts the certificates of a PEM or DER file, in place of the default roots; a {@code TRUSTED CERTIFICATE} for its purposes only,
     * see {@link io.heddle.certificate.file.TrustedCertificate}. The file is read by {@code build}.
     */
    public B ca(Path file) {
        cas.add(Source.file("ca", file, null));
        caReplaces = true;
        return self();
    }

    /** Trusts these certificates in PEM, in place of the default roots; see {@link #ca(Path)}. A file is given as a {@link Path}. */
    public B ca(String pem) {
        cas.add(Source.text("ca", pem, null));
        caReplaces = true;
        return self();
    }

    /** Trusts these certificates, in place of the default roots; with an empty collection no peer is trusted. */
    public B ca(Collection<X509Certificate> certificates) {
        caCertificates.addAll(certificates);
        caReplaces = true;
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
        caSources.putIfAbsent(source, "ca");
        caReplaces = true;
        return self();
    }

    /**
     * Trusts the certificates of a PEM or DER file beside the default roots, or beside those of {@link #ca(Path)}. The file is read
     * by {@code build}. Node has no option for it; its users call {@code context.addCACert}.
     */
    public B addCa(Path file) {
        cas.add(Source.file("addCa", file, null));
        return self();
    }

    /** Trusts these certificates in PEM as well; see {@link #addCa(Path)}. */
    public B addCa(String pem) {
        cas.add(Source.text("addCa", pem, null));
        return self();
    }

    /** Trusts these certificates as well; see {@link #addCa(Path)}. */
    public B addCa(Collection<X509Certificate> certificates) {
        caCertificates.addAll(certificates);
        return self();
    }

    /** Trusts the roots of this source as well; see {@link #ca(CaSource)}. */
    public B addCa(CaSource source) {
        caSources.putIfAbsent(source, "addCa");
        return self();
    }

    /** Adds the revocation lists of a PEM or DER file. With one list every certificate of a chain is checked. */
    public B crl(Path file) {
        crls.add(Source.file("crl", file, null));
        return self();
    }

    /** Adds revocation lists in PEM. With one list every certificate of a chain is checked. */
    public B crl(String pem) {
        crls.add(Source.text("crl", pem, null));
        return self();
    }

    /** Adds a revocation list. With one list every certificate of a chain is checked. */
    public B crl(X509CRL list) {
        crlObjects.add(list);
        return self();
    }

    /** Lets a chain end in a trusted certificate that is not a root. Default: no. */
    public B allowPartialTrustChain(boolean allow) {
        allowPartialTrustChain = allow;
        return self();
    }

    /**
     * Sets the suites in OpenSSL's cipher-list language; names of TLS 1.3 suites are split off. Default: Node's list. That one
     * has no suites with pre-shared keys; a list that has some ({@code PSK+HIGH:TLS_AES_128_GCM_SHA256}) enables them for
     * connections with a {@code pskCallback}, the others go without. Suites with DHE need {@code dhparam} on a server.
     */
    public B ciphers(String list) {
        ciphers = list;
        return self();
    }

    /** Sets the groups for key exchange, such as {@code X25519:P-256}; {@code auto} (the default) is all, fast ones first. */
    public B ecdhCurve(String list) {
        ecdhCurve = list;
        return self();
    }

    /**
     * Sets the signature algorithms, such as {@code ECDSA+SHA256:rsa_pss_rsae_sha256}. Default: all but those with SHA-1, SHA-224
     * or DSA; SHA-1 and SHA-224 are there at security level 0 ({@code @SECLEVEL=0} in {@link #ciphers}).
     */
    public B sigalgs(String list) {
        sigalgs = list;
        return self();
    }

    /** Sets the lowest version. Default: TLS 1.2. */
    public B minVersion(TlsVersion version) {
        versionsSet = true;
        minVersion = version;
        return self();
    }

    /** Sets the highest version. Default: TLS 1.3. */
    public B maxVersion(TlsVersion version) {
        versionsSet = true;
        maxVersion = version;
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
        minVersion = versions.min();
        maxVersion = versions.max();
        protocolSet = true;
        return self();
    }

    /** Adds options of OpenSSL. */
    public B secureOptions(SecureOption... options) {
        secureOptions.addAll(List.of(options));
        return self();
    }

    /** Sets the group of DHE in TLS 1.2 and below from a PEM file. Without, a server has no DHE. */
    public B dhparam(Path file) {
        dhparam = Source.file("dhparam", file, null);
        return self();
    }

    /** Sets the group of DHE in TLS 1.2 and below: PEM, or {@code auto} for one as strong as the certificate's key. */
    public B dhparam(String pemOrAuto) {
        if (pemOrAuto.equals("auto")) {
            dhAuto = true;
        } else {
            dhparam = Source.text("dhparam", pemOrAuto, null);
        }
        return self();
    }

    /** Sets whether the server's order of suites and groups decides. Default: yes on servers. */
    public B honorCipherOrder(boolean honor) {
        honorCipherOrder = honor;
        return self();
    }

    /** Names the sessions of a server, at most 32 bytes of UTF-8: only where the name is the same do they resume. */
    public B sessionIdContext(String name) {
        sessionIdContext = SessionIdContext.of(name);
        return self();
    }

    /** Sets how long after its full handshake a server resumes a session, up to 7 days. Default: 300 s. */
    public B sessionTimeout(Duration timeout) {
        sessionTimeout = Checks.sessionTimeout(timeout);
        return self();
    }

    /** Sets the 48 bytes of a ticket key: 16 of name, 16 of HMAC-SHA-256 key, 16 of AES-128 key. Default: random ones. */
    public B ticketKeys(byte[] keys48) {
        return ticketKeys(TicketKeyManager.of(TicketKeys.fromBytes(keys48)));
    }

    /** Sets the holder of a server's ticket keys, which may be shared with other servers. Default: random keys. */
    public B ticketKeys(TicketKeyManager manager) {
        ticketKeys = manager;
        return self();
    }

    /** Sets the clock for everything that has a date. Default: the system's. */
    public B clock(InstantSource source) {
        clock = source;
        return self();
    }

    /** Sets the source of randomness. Default: {@link SecureRandom}. */
    public B secureRandom(SecureRandom source) {
        random = source;
        return self();
    }
}
