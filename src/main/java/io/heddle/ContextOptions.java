package io.heddle;

import io.heddle.certificate.Identity;
import io.heddle.certificate.x509.BouncyCastleVersion;
import io.heddle.endpoint.ContextManagers;
import io.heddle.protocol.TlsVersion;
import io.heddle.session.SessionIdContext;
import io.heddle.session.TicketKeyManager;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The options of a context as they were given; texts and files are read by {@link ContextMaterial}.
 *
 * <p>Each field has an immutable value and is replaced as a whole, so that {@link #copy} is independent of
 * its original.
 */
final class ContextOptions implements Cloneable {
    static final TlsVersion DEFAULT_MIN_VERSION = TlsVersion.TLS_1_2;
    static final TlsVersion DEFAULT_MAX_VERSION = TlsVersion.TLS_1_3;
    static final String DEFAULT_ECDH_CURVE = "auto";

    List<Source> certs = List.of();
    List<Source> keys = List.of();
    List<Source> pfxs = List.of();
    List<Identity> identities = List.of();
    List<Source> cas = List.of();
    List<X509Certificate> caCertificates = List.of();

    /** Sources of roots, each with the option that named it first. */
    Map<CaSource, String> caSources = Map.of();

    boolean caReplaces;
    List<Source> crls = List.of();
    List<X509CRL> crlObjects = List.of();

    /** Never changed after it is set. */
    char @Nullable [] passphrase;

    boolean allowPartialTrustChain;

    @Nullable
    String ciphers;

    String ecdhCurve = DEFAULT_ECDH_CURVE;

    @Nullable
    String sigalgs;

    List<String> certificateCompression = List.of();

    TlsVersion minVersion = DEFAULT_MIN_VERSION;
    TlsVersion maxVersion = DEFAULT_MAX_VERSION;
    boolean versionsSet;
    boolean protocolSet;
    Set<SecureOption> secureOptions = Set.of();

    // Of servers alone

    @Nullable
    Source dhparam;

    boolean dhAuto;

    @Nullable
    Boolean honorCipherOrder;

    @Nullable
    SessionIdContext sessionIdContext;

    @Nullable
    Duration sessionTimeout;

    @Nullable
    TicketKeyManager ticketKeys;

    // The environment

    /** The managers of an {@code SSLContext}, which replace certificates and trust. */
    @Nullable
    ContextManagers managers;

    InstantSource clock = InstantSource.system();
    SecureRandom random = new SecureRandom();

    ContextOptions() {
        BouncyCastleVersion.require();
    }

    ContextOptions copy() {
        try {
            return (ContextOptions) clone();
        } catch (CloneNotSupportedException e) {
            throw new AssertionError(e);
        }
    }

    static <T> List<T> with(List<T> values, T added) {
        return with(values, List.of(added));
    }

    static <T> List<T> with(List<T> values, Collection<? extends T> added) {
        List<T> all = new ArrayList<>(values);
        all.addAll(added);
        return List.copyOf(all);
    }

    /**
     * Returns whether an option is set that a finished context excludes: not the clock and the randomness, and not the
     * options of sessions, which a server may have beside its context.
     */
    boolean demandOwnContext() {
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
                || !ecdhCurve.equals(DEFAULT_ECDH_CURVE)
                || sigalgs != null
                || !certificateCompression.isEmpty()
                || minVersion != DEFAULT_MIN_VERSION
                || maxVersion != DEFAULT_MAX_VERSION
                || honorCipherOrder != null;
    }

    boolean hasOwnTrust() {
        return caReplaces || !cas.isEmpty() || !caCertificates.isEmpty() || !caSources.isEmpty();
    }

    /** Returns the files that {@link ContextMaterial#of} reads. */
    Set<Path> files() {
        return Stream.of(certs, keys, pfxs, cas, crls, dhparam == null ? List.<Source>of() : List.of(dhparam))
                .flatMap(List::stream)
                .flatMap(source -> Stream.ofNullable(source.file()))
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }
}
