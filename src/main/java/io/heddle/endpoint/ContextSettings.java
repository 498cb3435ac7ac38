package io.heddle.endpoint;

import io.heddle.certificate.Identity;
import io.heddle.cipher.Group;
import io.heddle.cipher.GroupList;
import io.heddle.cipher.Sigalg;
import io.heddle.cipher.Suite;
import io.heddle.engine.compression.CertificateCompressionAlgorithm;
import io.heddle.engine.crypto.Credential;
import io.heddle.engine.crypto.DhGroups;
import io.heddle.engine.crypto.ProviderCrypto;
import io.heddle.engine.handshake.CredentialSource;
import io.heddle.engine.handshake.trust.PeerTrust;
import io.heddle.protocol.TlsVersion;
import io.heddle.protocol.rules.SecurityLevel;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.security.auth.x500.X500Principal;

/**
 * The content of a {@code SecureContext}, checked, as the connections use it: credentials, trust, and what can be
 * negotiated. Immutable and thread-safe; any number of connections share one.
 */
public final class ContextSettings {
    /** RFC 5246 7.4.4 and RFC 8446 4.2.4 have two bytes for the length of the whole list. */
    private static final int LONGEST_AUTHORITIES = 0xffff;

    private final Environment environment;
    private final List<Identity> identities;
    private final List<Credential> credentials;
    private final CredentialSource fixed;
    private final PeerTrust trust;
    private final List<X500Principal> authorities;
    private final Optional<ContextManagers> managers;
    private final Negotiable negotiable;
    private final Policy policy;
    private final List<String> protocolNames;
    private final List<String> suiteNames;
    private final List<Suite> runnable;
    private final SettingsCache settings = new SettingsCache();

    /** The cryptography, clock and randomness of a context, which are given to it and not taken from globals. */
    public record Environment(ProviderCrypto crypto, InstantSource clock, SecureRandom random) {}

    /**
     * The parameters that connections can negotiate.
     *
     * @param versions the newest first
     * @param suites those of TLS 1.3 first, each in their order of preference
     * @param groups in order of preference, and those for which a client sends key shares
     * @param sigalgs in order of preference
     * @param dh the groups of a server's DHE in TLS 1.2 and below
     * @param certificateCompression in order of preference; empty for none
     */
    public record Negotiable(
            List<TlsVersion> versions,
            List<Suite> suites,
            GroupList groups,
            List<Sigalg> sigalgs,
            DhGroups dh,
            List<CertificateCompressionAlgorithm> certificateCompression) {}

    /**
     * The rules of connections.
     *
     * @param honorCipherOrder whether a server's order of suites and groups decides
     * @param tickets whether session tickets are sent and accepted
     * @param renegotiation whether the peer may renegotiate
     * @param legacyServers whether servers without secure renegotiation (RFC 5746) are accepted
     */
    public record Policy(boolean honorCipherOrder, boolean tickets, boolean renegotiation, boolean legacyServers) {}

    /**
     * Creates the context.
     *
     * @param authorities the authorities that a certificate request names, unless there is a trust manager
     * @param managers the managers of an {@code SSLContext}, which replace certificates and trust
     */
    public ContextSettings(
            Environment environment,
            List<Identity> identities,
            PeerTrust trust,
            List<X500Principal> authorities,
            Optional<ContextManagers> managers,
            Negotiable negotiable,
            Policy policy) {
        ProviderCrypto crypto = environment.crypto();
        this.environment = environment;
        this.identities = identities;
        this.credentials = identities.stream()
                .map(identity -> Credential.of(identity, crypto))
                .toList();
        this.fixed = CredentialSource.of(credentials);
        this.trust = trust;
        this.authorities = authorities;
        this.managers = managers;
        this.negotiable = negotiable;
        this.policy = policy;
        this.protocolNames =
                negotiable.versions().stream().map(TlsVersion::protocol).toList();
        this.suiteNames = negotiable.suites().stream().map(Suite::standardName).toList();
        this.runnable = Suite.all().stream()
                .filter(crypto::runs)
                .filter(suite -> suite.protects() || negotiable.suites().contains(suite))
                .toList();
    }

    // Certificates and trust

    /** Returns the local certificates with their keys, in the order in which they were given. */
    public List<Identity> identities() {
        return identities;
    }

    public List<Credential> credentials() {
        return credentials;
    }

    /** Returns whether connections can have a local certificate. */
    public boolean hasCredentials() {
        return !credentials.isEmpty() || managers.map(ContextManagers::hasKeys).orElse(false);
    }

    /** Returns the source of the local certificates of a connection: those of this context, or the key manager. */
    public CredentialSource credentials(ContextManagers.Caller caller, boolean client) {
        return managers.flatMap(given -> given.credentials(caller, client, environment.crypto()))
                .orElse(fixed);
    }

    /** Returns the managers of an {@code SSLContext}, which replace certificates and trust. */
    Optional<ContextManagers> managers() {
        return managers;
    }

    public PeerTrust trust() {
        return trust;
    }

    /**
     * Returns the authorities that a certificate request names: the trusted certificates of the options, not the
     * default roots.
     */
    public List<X500Principal> authorities() {
        return managers.map(given -> authorities(given.acceptedIssuers())).orElse(authorities);
    }

    /**
     * Returns the subjects of certificates as a certificate request names them; none if the list is too long for it.
     */
    public static List<X500Principal> authorities(List<X509Certificate> certificates) {
        int bytes = 0;
        Set<X500Principal> subjects = new LinkedHashSet<>();
        for (X509Certificate certificate : certificates) {
            X500Principal subject = certificate.getSubjectX500Principal();
            if (subjects.add(subject)) {
                bytes += 2 + subject.getEncoded().length;
                if (bytes > LONGEST_AUTHORITIES) {
                    return List.of();
                }
            }
        }
        return List.copyOf(subjects);
    }

    // What can be negotiated

    public Negotiable negotiable() {
        return negotiable;
    }

    public Policy policy() {
        return policy;
    }

    /** Returns whether the security level permits a group. */
    boolean permits(Group group) {
        return SecurityLevel.permits(trust.limits().securityLevel(), group.strength());
    }

    /** Returns the minimum size, in bits, of the DHE prime that clients of this context accept from a server. */
    int minPrimeBits() {
        return SecurityLevel.primeBits(trust.limits().securityLevel());
    }

    /** Returns the standard names of the versions. */
    List<String> protocolNames() {
        return protocolNames;
    }

    /** Returns the standard names of the suites. */
    List<String> suiteNames() {
        return suiteNames;
    }

    /**
     * Returns all suites that the providers can run. Suites without encryption or authentication are included only if
     * the context's own list has them: many programs enable all supported suites, and none of them means these.
     */
    public List<Suite> runnableSuites() {
        return runnable;
    }

    /** Returns the settings of this context's last handshake. */
    SettingsCache settings() {
        return settings;
    }

    // The environment

    ProviderCrypto crypto() {
        return environment.crypto();
    }

    public InstantSource clock() {
        return environment.clock();
    }

    public SecureRandom random() {
        return environment.random();
    }
}
