package io.heddle;

import io.heddle.certificate.Identity;
import io.heddle.certificate.path.TrustStore;
import io.heddle.cipher.Group;
import io.heddle.cipher.Suite;
import io.heddle.endpoint.ContextSettings;
import io.heddle.failure.InvalidOption;
import io.heddle.protocol.TlsVersion;
import io.heddle.session.SessionIdContext;
import io.heddle.session.TicketKeyManager;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
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
    private final ContextSettings content;

    private SecureContext(ContextOptions options, Map<Path, String> fileContents, ContextSettings content) {
        this.options = options;
        this.fileContents = fileContents;
        this.content = content;
    }

    /** Returns a builder with Node's defaults. */
    public static Builder builder() {
        return new Builder(new ContextOptions());
    }

    /** Returns a context of these options, which are copied and checked. */
    static SecureContext of(ContextOptions given) {
        ContextOptions options = given.copy();
        Map<Path, String> fileContents = FileWatch.contents(options.files());
        return new SecureContext(options, fileContents, ContextReader.read(options));
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
        if (ready == null || ready.content.trust().store() != roots) {
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
        return content.identities();
    }

    /** Returns the roots that a peer's chain must end in. */
    public List<X509Certificate> trusted() {
        return content.trust().store().certificates();
    }

    /** Returns the versions that can be negotiated, the newest first. */
    public List<TlsVersion> versions() {
        return content.negotiable().versions();
    }

    /**
     * Returns the suites that can be negotiated, those of TLS 1.3 first, each in their order of preference; those with
     * pre-shared keys by connections only that have a {@code pskCallback}.
     */
    public List<Suite> suites() {
        return content.negotiable().suites();
    }

    /** Returns the groups for key exchange, in order of preference. */
    public List<Group> groups() {
        return content.negotiable().groups().groups();
    }

    /**
     * Returns the subjects of the local certificates, the number of trusted ones, and what can be negotiated; no keys.
     */
    @Override
    public String toString() {
        List<String> subjects = identities().stream()
                .map(identity -> identity.leaf().getSubjectX500Principal().getName())
                .toList();
        return "SecureContext[identities=%s, trusted=%d, versions=%s, suites=%d, groups=%s]"
                .formatted(subjects, trusted().size(), versions(), suites().size(), groups());
    }

    // For the connections and servers that use this context

    /** Returns what connections use of this context. */
    ContextSettings content() {
        return content;
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
