package io.heddle;

import io.heddle.certificate.Identity;
import io.heddle.certificate.path.ChainVerifier;
import io.heddle.certificate.path.TrustStore;
import io.heddle.cipher.Group;
import io.heddle.cipher.Sigalg;
import io.heddle.cipher.Suite;
import io.heddle.engine.crypto.Credential;
import io.heddle.engine.crypto.DhGroups;
import io.heddle.engine.crypto.ProviderCrypto;
import io.heddle.engine.handshake.CredentialSource;
import io.heddle.engine.handshake.trust.PeerTrust;
import io.heddle.failure.InvalidOption;
import io.heddle.protocol.TlsVersion;
import io.heddle.protocol.rules.SecurityLevel;
import io.heddle.session.SessionIdContext;
import io.heddle.session.TicketKeyManager;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/**
 * The credentials, trust anchors and preferences of connections: certificates with their keys, trusted roots, versions,
 * suites, groups. The result of Node's {@code tls.createSecureContext}.
 *
 * <p>Checked when it is built, so that a handshake does not fail for a reason that was present before. Immutable and
 * thread-safe: any number of servers and connections can share one. To change an option, build a new one with {@link
 * #toBuilder}; connections keep the context that they started with.
 *
 * @see <a href="https://nodejs.org/api/tls.html#tlscreatesecurecontextoptions">Node tls.createSecureContext</a>
 */
public final class SecureContext {
    /** Written by any thread; each value is right for the roots that it has. */
    private static volatile @Nullable SecureContext ofDefaults;

    private final ContextOptions options;
    private final Map<Path, String> fileContents;
    private final ProviderCrypto crypto;
    private final List<Identity> identities;
    private final List<Credential> credentials;
    private final CredentialSource fixed;
    private final PeerTrust trust;
    private final List<X500Principal> authorities;
    private final List<TlsVersion> versions;
    private final List<Suite> suites;
    private final List<Group> groups;
    private final List<Sigalg> sigalgs;
    private final DhGroups dh;
    private final List<String> protocolNames;
    private final List<String> suiteNames;
    private final List<Suite> runnable;
    private final SettingsCache settings = new SettingsCache();

    private SecureContext(ContextOptions options, Map<Path, String> fileContents, ContextMaterial material) {
        this.options = options;
        this.fileContents = fileContents;
        this.crypto = material.crypto();
        this.identities = material.identities();
        this.credentials = identities.stream()
                .map(identity -> Credential.of(identity, crypto))
                .toList();
        this.fixed = CredentialSource.of(credentials);
        this.authorities = material.authorities();
        this.versions = material.versions();
        this.suites = material.suites();
        this.groups = material.groups();
        this.sigalgs = material.sigalgs();
        this.protocolNames = versions.stream().map(TlsVersion::protocol).toList();
        this.suiteNames = suites.stream().map(Suite::standardName).toList();
        this.runnable = ContextMaterial.runnable(crypto).stream()
                .filter(suite -> suite.protects() || suites.contains(suite))
                .toList();
        this.dh = material.dh();
        this.trust = new PeerTrust(
                material.trust(),
                new ChainVerifier.Limits(ChainVerifier.Limits.DEFAULT.depth(), material.securityLevel()),
                options.clock);
    }

    /** Returns a builder with Node's defaults. */
    public static Builder builder() {
        return new Builder(new ContextOptions());
    }

    /** Returns a context of these options, which are copied and checked. */
    static SecureContext of(ContextOptions given) {
        ContextOptions options = given.copy();
        Map<Path, String> fileContents = FileWatch.contents(options.files());
        return new SecureContext(options, fileContents, ContextMaterial.of(options));
    }

    /** Returns a context of the options that a consumer sets. */
    static SecureContext of(Consumer<Builder> options) {
        Builder builder = builder();
        options.accept(builder);
        return builder.build();
    }

    /**
     * Returns this context for a builder that has it in place of options for making one.
     *
     * @throws InvalidOption if the builder has such options as well
     */
    SecureContext inPlaceOf(ContextOptions others) {
        if (others.demandOwnContext()) {
            throw new InvalidOption(
                    "ERR_INVALID_ARG_VALUE",
                    "secureContext: a finished context was given together with options for making one");
        }
        return this;
    }

    /** Returns the context of connections without options; the same until the default roots are replaced. */
    static SecureContext ofDefaults() {
        TrustStore roots = DefaultTrust.store();
        SecureContext ready = ofDefaults;
        if (ready == null || ready.trust.store() != roots) {
            ready = of(new ContextOptions());
            ofDefaults = ready;
        }
        return ready;
    }

    /**
     * Returns a builder that starts with the options of this context. Files are read again by {@link Builder#build}.
     */
    public Builder toBuilder() {
        return new Builder(options.copy());
    }

    /** Returns the files of this context, with the {@link FileWatch#contents} of each just before it was read. */
    Map<Path, String> fileContents() {
        return fileContents;
    }

    /** Returns the local certificates with their keys, in the order in which they were given. */
    public List<Identity> identities() {
        return identities;
    }

    /** Returns the roots that a peer's chain must end in. */
    public List<X509Certificate> trusted() {
        return trust.store().certificates();
    }

    /** Returns the versions that can be negotiated, the newest first. */
    public List<TlsVersion> versions() {
        return versions;
    }

    /**
     * Returns the suites that can be negotiated, those of TLS 1.3 first, each in their order of preference; those with
     * pre-shared keys by connections only that have a {@code pskCallback}.
     */
    public List<Suite> suites() {
        return suites;
    }

    /** Returns the groups for key exchange, in order of preference. */
    public List<Group> groups() {
        return groups;
    }

    /**
     * Returns the subjects of the local certificates, the number of trusted ones, and what can be negotiated; no keys.
     */
    @Override
    public String toString() {
        List<String> subjects = identities.stream()
                .map(identity -> identity.leaf().getSubjectX500Principal().getName())
                .toList();
        return "SecureContext[identities=%s, trusted=%d, versions=%s, suites=%d, groups=%s]"
                .formatted(subjects, trusted().size(), versions, suites.size(), groups);
    }

    // For the sockets and servers that use this context

    List<Credential> credentials() {
        return credentials;
    }

    /** Returns whether connections can have a local certificate. */
    boolean hasCredentials() {
        return !credentials.isEmpty() || managers().map(Managers::hasKeys).orElse(false);
    }

    /** Returns the source of the local certificates of a connection: those of this context, or the key manager. */
    CredentialSource credentials(Managers.Caller caller, boolean client) {
        return managers()
                .flatMap(managers -> managers.credentials(caller, client, crypto))
                .orElse(fixed);
    }

    /** Returns the managers of an {@code SSLContext}, which replace certificates and trust. */
    Optional<Managers> managers() {
        return Optional.ofNullable(options.managers);
    }

    PeerTrust trust() {
        return trust;
    }

    /**
     * Returns the authorities that a certificate request names: the trusted certificates of the options, not the
     * default roots.
     */
    List<X500Principal> authorities() {
        return managers()
                .map(managers -> ContextMaterial.authorities(managers.acceptedIssuers()))
                .orElse(authorities);
    }

    /** Returns the least size of the prime of a server's DHE that clients of this context accept, in bits. */
    int leastPrimeBits() {
        return SecurityLevel.primeBits(trust.limits().securityLevel());
    }

    DhGroups dh() {
        return dh;
    }

    boolean has(SecureOption option) {
        return options.secureOptions.contains(option);
    }

    boolean honorCipherOrder(boolean otherwise) {
        boolean preference = has(SecureOption.CIPHER_SERVER_PREFERENCE) || otherwise;
        return options.honorCipherOrder == null ? preference : options.honorCipherOrder;
    }

    Optional<SessionIdContext> sessionIdContext() {
        return Optional.ofNullable(options.sessionIdContext);
    }

    Optional<Duration> sessionTimeout() {
        return Optional.ofNullable(options.sessionTimeout);
    }

    Optional<TicketKeyManager> ticketKeys() {
        return Optional.ofNullable(options.ticketKeys);
    }

    InstantSource clock() {
        return options.clock;
    }

    SecureRandom random() {
        return options.random;
    }

    /** Returns the standard names of {@link #versions}. */
    List<String> protocolNames() {
        return protocolNames;
    }

    /** Returns the standard names of {@link #suites}. */
    List<String> suiteNames() {
        return suiteNames;
    }

    /** Returns the settings of this context's last handshake. */
    SettingsCache settings() {
        return settings;
    }

    ProviderCrypto crypto() {
        return crypto;
    }

    List<Sigalg> sigalgs() {
        return sigalgs;
    }

    /**
     * Returns all suites that the providers can run. Suites without encryption or authentication are included only if
     * the context's own list has them: many programs enable all supported suites, and none of them means these.
     */
    List<Suite> runnableSuites() {
        return runnable;
    }

    /** A builder of contexts, with Node's option names. Not thread-safe. */
    public static final class Builder extends ServerContextBuilder<Builder> {
        private Builder(ContextOptions options) {
            contextOptions(options);
        }

        @Override
        Builder self() {
            return this;
        }

        /**
         * Reads the files, checks that the options are consistent, and returns the context.
         *
         * @throws io.heddle.failure.InvalidOption if they are not; the message names option, file and reason
         */
        public SecureContext build() {
            return of(contextOptions());
        }
    }
}
