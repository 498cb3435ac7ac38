package io.heddle;

import io.heddle.certificate.Identity;
import io.heddle.certificate.path.ChainVerifier;
import io.heddle.cipher.Group;
import io.heddle.cipher.Sigalg;
import io.heddle.cipher.Suite;
import io.heddle.engine.crypto.Credential;
import io.heddle.engine.crypto.DhGroups;
import io.heddle.engine.crypto.ProviderCrypto;
import io.heddle.engine.handshake.CredentialSource;
import io.heddle.engine.handshake.PeerTrust;
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
import javax.net.ssl.SSLContext;
import javax.security.auth.x500.X500Principal;

/**
 * Who we are and whom we trust: certificates with their keys, trusted roots, versions, suites, groups. What Node's {@code
 * tls.createSecureContext} makes.
 *
 * <p>Checked when it is built, so it does not fail at a handshake for what could be known before. Immutable and thread-safe:
 * one serves any number of servers and connections. To change something, {@link #toBuilder} a new one; connections keep the one
 * that they started with.
 *
 * @see <a href="https://nodejs.org/api/tls.html#tlscreatesecurecontextoptions">Node tls.createSecureContext</a>
 */
public final class SecureContext {
    private final Builder builder;
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

    SecureContext(Builder builder, Map<Path, String> fileContents, ContextMaterial material) {
        this.builder = builder;
        this.fileContents = fileContents;
        this.crypto = material.crypto();
        this.identities = material.identities();
        this.credentials =
                identities.stream().map(each -> Credential.of(each, crypto)).toList();
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
                builder.clock);
    }

    /** Returns a builder with Node's defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns a builder that starts with what this context was made of. Files are read again by {@link Builder#build}. */
    public Builder toBuilder() {
        return builder.copy();
    }

    /** Returns the files that this context was made of, with what {@link FileWatch#contents} gave just before they were read. */
    Map<Path, String> fileContents() {
        return fileContents;
    }

    /** Returns our certificates with their keys, in the order in which they were given. */
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
     * Returns this context for programs that take an {@code SSLContext}; {@link SslContexts} has more ways. What JSSE leaves open is
     * as everywhere in Heddle, but for one thing: clients compare the host name only if {@code
     * SSLParameters.setEndpointIdentificationAlgorithm} says so, since such programs do it themselves or do not want it.
     */
    public SSLContext toSslContext() {
        return SslContexts.of(this);
    }

    // For the sockets and servers that use this context

    List<Credential> credentials() {
        return credentials;
    }

    /** Returns whether there can be a certificate of ours. */
    boolean hasCredentials() {
        return !credentials.isEmpty() || managers().map(Managers::hasKeys).orElse(false);
    }

    /** Returns the source of the local certificates of a connection: those of this context, or the key manager. */
    CredentialSource credentials(Managers.Caller caller, boolean client) {
        return managers()
                .flatMap(managers -> managers.credentials(caller, client, crypto))
                .orElse(fixed);
    }

    /** Returns JSSE's managers, where they stand for certificates and trust. */
    java.util.Optional<Managers> managers() {
        return java.util.Optional.ofNullable(builder.managers);
    }

    PeerTrust trust() {
        return trust;
    }

    /** Returns whom a certificate request names: what was given as trusted, not the default roots. */
    List<X500Principal> authorities() {
        return managers()
                .map(each -> ContextMaterial.authorities(each.acceptedIssuers()))
                .orElse(authorities);
    }

    /** Returns the least bits of a prime that a server may use with this context's clients. */
    int leastPrimeBits() {
        return SecurityLevel.primeBits(trust.limits().securityLevel());
    }

    DhGroups dh() {
        return dh;
    }

    boolean has(SecureOption option) {
        return builder.secureOptions.contains(option);
    }

    boolean honorCipherOrder(boolean otherwise) {
        boolean preference = has(SecureOption.CIPHER_SERVER_PREFERENCE) || otherwise;
        return builder.honorCipherOrder == null ? preference : builder.honorCipherOrder;
    }

    java.util.Optional<SessionIdContext> sessionIdContext() {
        return java.util.Optional.ofNullable(builder.sessionIdContext);
    }

    java.util.Optional<Duration> sessionTimeout() {
        return java.util.Optional.ofNullable(builder.sessionTimeout);
    }

    java.util.Optional<TicketKeyManager> ticketKeys() {
        return java.util.Optional.ofNullable(builder.ticketKeys);
    }

    InstantSource clock() {
        return builder.clock;
    }

    SecureRandom random() {
        return builder.random;
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
     * Returns all suites that the cryptography here can run. Those that leave a connection open to anyone only where the
     * context's own list has them: many programs enable all that is supported, and none of them means that.
     */
    List<Suite> runnableSuites() {
        return runnable;
    }

    /** What a context is made of, with Node's names. Not thread-safe. */
    public static final class Builder extends SecureContextBuilder<Builder> {
        Builder() {}

        @Override
        Builder self() {
            return this;
        }

        Builder copy() {
            Builder copy = new Builder();
            copy.take(this);
            return copy;
        }

        /**
         * Reads the files, checks that everything fits together, and returns the context.
         *
         * @throws io.heddle.failure.InvalidOption if something does not; the message names option, file and reason
         */
        public SecureContext build() {
            Builder frozen = copy();
            Map<Path, String> fileContents = FileWatch.contents(frozen.files());
            return new SecureContext(frozen, fileContents, ContextMaterial.of(frozen));
        }
    }
}
