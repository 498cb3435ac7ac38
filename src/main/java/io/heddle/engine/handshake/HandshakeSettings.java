package io.heddle.engine.handshake;

import io.heddle.cipher.GroupList;
import io.heddle.cipher.Sigalg;
import io.heddle.cipher.Suite;
import io.heddle.engine.compression.CertificateCompressionAlgorithm;
import io.heddle.engine.crypto.FatalAlerts;
import io.heddle.engine.crypto.ProviderCrypto;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.bouncycastle.tls.ProtocolName;
import org.bouncycastle.tls.ProtocolVersion;

/**
 * The settings of a handshake that a server and a client have alike, each list in order of preference. Checked where
 * they are made; immutable, and shared by the connections of a context.
 */
public final class HandshakeSettings {
    /**
     * The limit on renegotiations that a peer begins.
     *
     * @param allowed whether there is renegotiation at all
     * @param limit how many negotiations in a row, each begun within {@code window} of the one before, the peer may
     *     begin
     * @param window the time after which counting starts again
     */
    public record RenegotiationLimit(boolean allowed, int limit, Duration window) {
        /** No renegotiation: the peer gets {@code no_renegotiation}. */
        public static final RenegotiationLimit NONE = new RenegotiationLimit(false, 0, Duration.ZERO);

        /** No limit: a client pays as much for a renegotiation as its server. */
        public static final RenegotiationLimit UNLIMITED =
                new RenegotiationLimit(true, Integer.MAX_VALUE, Duration.ZERO);
    }

    private final ProviderCrypto crypto;
    private final List<TlsVersion> versions;
    private final List<Suite> suites;
    private final GroupList groups;
    private final List<Sigalg> sigalgs;
    private final List<String> alpnProtocols;
    private final List<CertificateCompressionAlgorithm> certificateCompression;
    private final boolean newSessions;
    private final InstantSource clock;

    // The same in bctls' types, made once for all connections.
    private final ProtocolVersion[] protocolVersions;
    private final int[] suiteNumbers;
    private final List<ProtocolName> protocolNames;

    private final SessionFactory sessionFactory = new SessionFactory(this);

    /**
     * Makes settings; copies the lists.
     *
     * @param versions the newest first, without gaps
     * @param suites those of TLS 1.3 and those below, each in their order
     * @param certificateCompression the algorithms for certificates of TLS 1.3, empty for none
     * @param newSessions whether a full handshake may be made; else only a session is resumed, or the handshake fails
     */
    public HandshakeSettings(
            ProviderCrypto crypto,
            List<TlsVersion> versions,
            List<Suite> suites,
            GroupList groups,
            List<Sigalg> sigalgs,
            List<String> alpnProtocols,
            List<CertificateCompressionAlgorithm> certificateCompression,
            boolean newSessions,
            InstantSource clock) {
        this.crypto = crypto;
        this.versions = List.copyOf(versions);
        this.suites = List.copyOf(suites);
        this.groups = groups;
        this.sigalgs = List.copyOf(sigalgs);
        this.alpnProtocols = List.copyOf(alpnProtocols);
        this.certificateCompression = List.copyOf(certificateCompression);
        this.newSessions = newSessions;
        this.clock = clock;
        this.protocolVersions =
                versions.stream().map(HandshakeSettings::protocolVersion).toArray(ProtocolVersion[]::new);
        this.suiteNumbers = numbers(this.suites);
        this.protocolNames =
                alpnProtocols.stream().map(ProtocolName::asUtf8Encoding).toList();
    }

    public ProviderCrypto crypto() {
        return crypto;
    }

    List<TlsVersion> versions() {
        return versions;
    }

    List<Suite> suites() {
        return suites;
    }

    GroupList groups() {
        return groups;
    }

    List<Sigalg> sigalgs() {
        return sigalgs;
    }

    List<String> alpnProtocols() {
        return alpnProtocols;
    }

    List<CertificateCompressionAlgorithm> certificateCompression() {
        return certificateCompression;
    }

    public InstantSource clock() {
        return clock;
    }

    /**
     * Returns the time of a session that is made now. A session has no time before 1970. If the clock is before it,
     * the session gets the earliest time and is never resumed: for such a clock it is from the future, for a right
     * one too old.
     */
    Instant sessionTime() {
        Instant now = clock.instant();
        return now.isBefore(Instant.EPOCH) ? Instant.EPOCH : now;
    }

    ProtocolVersion[] protocolVersions() {
        return protocolVersions.clone();
    }

    int[] suiteNumbers() {
        return suiteNumbers.clone();
    }

    /** Returns the numbers of the local suites in another order, which is most often the local one. */
    int[] suiteNumbers(List<Suite> ordered) {
        return ordered.equals(suites) ? suiteNumbers() : numbers(ordered);
    }

    private static int[] numbers(List<Suite> suites) {
        return suites.stream().mapToInt(Suite::number).toArray();
    }

    List<ProtocolName> protocolNames() {
        return protocolNames;
    }

    SessionFactory sessionFactory() {
        return sessionFactory;
    }

    void requireNewSessions() throws IOException {
        if (!newSessions) {
            throw FatalAlerts.alert(Code.ERR_SSL_HANDSHAKE_FAILURE.failure(
                    "session: none was resumed, and new ones are not allowed (setEnableSessionCreation)"));
        }
    }

    public static ProtocolVersion protocolVersion(TlsVersion version) {
        return ProtocolVersion.get(version.code() >>> 8, version.code() & 0xff);
    }

    public static TlsVersion version(ProtocolVersion version) {
        return TlsVersion.of(version.getFullVersion()).orElseThrow();
    }
}
