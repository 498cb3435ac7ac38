package io.heddle.endpoint;

import io.heddle.cipher.Group;
import io.heddle.cipher.GroupList;
import io.heddle.cipher.Sigalg;
import io.heddle.cipher.Suite;
import io.heddle.engine.handshake.HandshakeSettings;
import io.heddle.failure.Alert;
import io.heddle.failure.InvalidOption;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.TlsVersion;
import io.heddle.session.ClientCertificatePolicy;
import io.heddle.session.SessionState;
import java.security.AlgorithmConstraints;
import java.security.CryptoPrimitive;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIMatcher;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * The TLS configuration of a socket, a server socket or an engine before its handshake: its role, and the parameters
 * that JSSE allows to be changed. A parameter has the value of the role's options until it is set, so that the changes,
 * and only they, survive a change of the role and can be copied to an accepted socket.
 *
 * <p>Not thread-safe: JSSE requires configuration to precede use.
 */
public final class SslConfiguration {
    /** Protocols that are accepted and never negotiated, since programs list them beside others. */
    private static final Set<String> RETIRED_PROTOCOLS = Set.of("SSLv2Hello", "SSLv3");

    private ConnectionRole role;

    /** Written once, when the handshake begins; read by any thread. */
    private volatile boolean begun;

    // Null while the value of the role applies
    private @Nullable List<String> protocols;
    private @Nullable List<String> suites;
    private @Nullable List<String> alpnProtocols;
    private @Nullable GroupList groups;
    private @Nullable List<Sigalg> sigalgs;
    private @Nullable ClientCertificatePolicy clientCertificates;
    private @Nullable String endpointIdentification;
    private @Nullable Boolean suiteOrder;
    private @Nullable List<SNIServerName> serverNames;
    private @Nullable SessionState session;
    private @Nullable AlgorithmConstraints constraints;
    private List<SNIMatcher> sniMatchers = List.of();
    private boolean sessionCreation = true;

    /** In bytes, header included; 0 for the protocol's maximum. */
    private int maximumPacketSize;

    public SslConfiguration(ConnectionRole role) {
        this.role = role;
    }

    /** Returns the initial parameters of sockets of this role. */
    public static SSLParameters defaults(ConnectionRole role) {
        return new SslConfiguration(role).toSslParameters();
    }

    /** Returns the parameters of this role with everything enabled that is supported. */
    public static SSLParameters supported(ConnectionRole role) {
        SSLParameters all = defaults(role);
        all.setCipherSuites(supportedCipherSuites(role.context()));
        all.setProtocols(supportedProtocols());
        return all;
    }

    /** Copies what was changed here, including the role, to the configuration of a socket that was just accepted. */
    public void copyTo(SslConfiguration accepted) {
        accepted.clientMode(clientMode());
        accepted.protocols = protocols;
        accepted.suites = suites;
        accepted.alpnProtocols = alpnProtocols;
        accepted.groups = groups;
        accepted.sigalgs = sigalgs;
        accepted.clientCertificates = clientCertificates;
        accepted.endpointIdentification = endpointIdentification;
        accepted.suiteOrder = suiteOrder;
        accepted.serverNames = serverNames;
        accepted.session = session;
        accepted.constraints = constraints;
        accepted.sniMatchers = sniMatchers;
        accepted.sessionCreation = sessionCreation;
        accepted.maximumPacketSize = maximumPacketSize;
    }

    private static <T> T valueOf(@Nullable T changed, T initial) {
        return changed == null ? initial : changed;
    }

    private static <T> @Nullable T changed(T value, T initial) {
        return value.equals(initial) ? null : value;
    }

    // The role

    public ConnectionRole role() {
        return role;
    }

    public boolean clientMode() {
        return role.isClient();
    }

    /**
     * Sets the role and keeps the parameters that were changed.
     *
     * @throws IllegalArgumentException if that is another role and the handshake has begun
     */
    public void clientMode(boolean client) {
        if (client == clientMode()) {
            return;
        }
        if (begun) {
            throw new IllegalArgumentException("the handshake has begun, the side cannot change any more");
        }
        role = client
                ? role.source().client(role.peerHost(), role.peerPort())
                : role.source().server();
    }

    /** Sets the host a client is connected to, unless it is known already. */
    public void peer(@Nullable String host, int port) {
        if (clientMode() && role.peerHost() == null) {
            role = role.source().client(host, port);
        }
    }

    /** Makes the role and everything that {@link #requireNotBegun} guards final. */
    public void begin() {
        begun = true;
    }

    public void requireNotBegun(String method) {
        if (begun) {
            throw new IllegalStateException(method + ": the handshake has begun, it is too late");
        }
    }

    // Protocols and cipher suites

    public static String[] supportedProtocols() {
        List<String> names = new ArrayList<>();
        for (TlsVersion version : TlsVersion.values()) {
            names.addFirst(version.protocol());
        }
        return names.toArray(String[]::new);
    }

    private List<String> protocols() {
        return valueOf(protocols, role.protocols());
    }

    public String[] enabledProtocols() {
        return protocols().toArray(String[]::new);
    }

    public void enableProtocols(String @Nullable [] names) {
        if (names == null) {
            throw new IllegalArgumentException("no protocols");
        }
        for (String name : names) {
            if (name == null || !isProtocol(name)) {
                throw new IllegalArgumentException(
                        "protocol: \"%s\" is not one of %s".formatted(name, List.of(supportedProtocols())));
            }
        }
        protocols = changed(List.of(names), role.protocols());
    }

    private static boolean isProtocol(String name) {
        return RETIRED_PROTOCOLS.contains(name) || TlsVersion.ofProtocol(name).isPresent();
    }

    public static String[] supportedCipherSuites(ContextSettings context) {
        return context.runnableSuites().stream().map(Suite::standardName).toArray(String[]::new);
    }

    public String[] supportedCipherSuites() {
        return supportedCipherSuites(role.context());
    }

    private List<String> suites() {
        return valueOf(suites, role.cipherSuites());
    }

    public String[] enabledCipherSuites() {
        return suites().toArray(String[]::new);
    }

    public void enableCipherSuites(String @Nullable [] names) {
        if (names == null || names.length == 0) {
            throw new IllegalArgumentException("no cipher suites");
        }
        cipherSuites(names);
    }

    /**
     * Enables suites. The JSSE names of unsupported suites are accepted but never negotiated; unknown names are
     * refused.
     */
    private void cipherSuites(String[] names) {
        for (String name : names) {
            if (name == null || !Suite.isKnownName(name)) {
                throw new IllegalArgumentException("cipher suite: \"%s\" is unknown".formatted(name));
            }
        }
        suites = changed(List.of(names), role.cipherSuites());
    }

    boolean honorCipherOrder() {
        return valueOf(suiteOrder, role.context().policy().honorCipherOrder());
    }

    // The certificate of the client

    /** Returns whether a server requests, or requires, a certificate of its client. */
    public ClientCertificatePolicy clientCertificates() {
        return valueOf(clientCertificates, role.clientCertificates());
    }

    public boolean needClientAuth() {
        return clientCertificates() == ClientCertificatePolicy.REQUIRE;
    }

    public void needClientAuth(boolean need) {
        clientCertificates(need ? ClientCertificatePolicy.REQUIRE : ClientCertificatePolicy.NONE);
    }

    public boolean wantClientAuth() {
        return clientCertificates() == ClientCertificatePolicy.REQUEST;
    }

    public void wantClientAuth(boolean want) {
        clientCertificates(want ? ClientCertificatePolicy.REQUEST : ClientCertificatePolicy.NONE);
    }

    private void clientCertificates(ClientCertificatePolicy policy) {
        clientCertificates = changed(policy, role.clientCertificates());
    }

    // Sessions

    public boolean sessionCreation() {
        return sessionCreation;
    }

    public void sessionCreation(boolean allow) {
        sessionCreation = allow;
    }

    /** Returns the session to resume in place of that of the options. */
    public Optional<SessionState> session() {
        return Optional.ofNullable(session);
    }

    /** Sets the session that a client resumes; for {@code TlsSocket.setSession}. */
    public void session(byte[] data) {
        if (!clientMode()) {
            throw new IllegalStateException("setSession: a server's socket resumes what its client asks for");
        }
        requireNotBegun("setSession");
        session = OptionChecks.session(data);
    }

    // Names

    /** Returns the host name in SNI: that of the role's options unless server names were set. */
    public Optional<String> servername() {
        List<SNIServerName> names = serverNames;
        return names == null
                ? role.servername()
                : names.stream()
                        .filter(SNIHostName.class::isInstance)
                        .map(name -> ((SNIHostName) name).getAsciiName())
                        .findFirst();
    }

    /** Sets the host name in SNI, empty for none; for {@code TlsSocket.setServername}. */
    public void servername(String name) {
        if (!clientMode()) {
            throw new InvalidOption(
                    "ERR_TLS_SNI_FROM_SERVER", "setServername: cannot issue SNI from a TLS server-side socket");
        }
        requireNotBegun("setServername");
        String ascii = HostNames.toAscii("servername", OptionChecks.servername(name));
        serverNames = ascii.isEmpty()
                ? List.of()
                : List.of(HostNames.sni(ascii)
                        .orElseThrow(() -> new InvalidOption(
                                "ERR_INVALID_ARG_VALUE", "servername: \"%s\" is not a host name".formatted(name))));
    }

    /** Returns whether a server's name is checked; the rules of HTTPS and LDAPS are the same here. */
    boolean checksName() {
        return !endpointIdentification().isEmpty();
    }

    private String endpointIdentification() {
        return valueOf(endpointIdentification, role.endpointIdentification());
    }

    /** Refuses the name that a client requests if matchers are set and none of them accepts it. */
    void requireMatched(String servername) throws TlsFailure {
        if (sniMatchers.isEmpty()) {
            return;
        }
        boolean accepted = HostNames.sni(servername)
                .map(name -> sniMatchers.stream()
                        .anyMatch(matcher -> matcher.getType() == name.getType() && matcher.matches(name)))
                .orElse(false);
        if (!accepted) {
            throw Code.ERR_SSL_HANDSHAKE_FAILURE.failure(
                    Alert.UNRECOGNIZED_NAME,
                    "servername: the client asked for \"%s\", which no matcher accepts",
                    TlsFailure.printable(servername));
        }
    }

    List<String> alpnProtocols() {
        return valueOf(alpnProtocols, role.alpnProtocols());
    }

    /** Returns the maximum length of a record, header included; 0 for the protocol's maximum. */
    public int maximumPacketSize() {
        return maximumPacketSize;
    }

    // SSLParameters

    public SSLParameters toSslParameters() {
        var parameters = new SSLParameters(enabledCipherSuites(), enabledProtocols());
        parameters.setApplicationProtocols(alpnProtocols().toArray(String[]::new));
        if (needClientAuth()) {
            parameters.setNeedClientAuth(true);
        } else {
            parameters.setWantClientAuth(wantClientAuth());
        }
        parameters.setUseCipherSuitesOrder(honorCipherOrder());
        if (checksName()) {
            parameters.setEndpointIdentificationAlgorithm(endpointIdentification());
        }
        if (!sniMatchers.isEmpty()) {
            parameters.setSNIMatchers(sniMatchers);
        }
        if (serverNames != null) {
            parameters.setServerNames(serverNames);
        } else {
            servername().ifPresent(name -> parameters.setServerNames(List.of(new SNIHostName(name))));
        }
        parameters.setAlgorithmConstraints(constraints);
        parameters.setMaximumPacketSize(maximumPacketSize);
        parameters.setNamedGroups(
                groups().groups().stream().map(Group::standardName).toArray(String[]::new));
        parameters.setSignatureSchemes(
                sigalgs().stream().map(Sigalg::standardName).toArray(String[]::new));
        return parameters;
    }

    /** Applies parameters; as JSSE specifies, null leaves the current value of most of them unchanged. */
    public void apply(SSLParameters given) {
        constraints = given.getAlgorithmConstraints();
        maximumPacketSize = given.getMaximumPacketSize();
        if (given.getProtocols() != null) {
            enableProtocols(given.getProtocols());
        }
        if (given.getCipherSuites() != null) {
            cipherSuites(given.getCipherSuites());
        }
        if (given.getNeedClientAuth()) {
            needClientAuth(true);
        } else {
            wantClientAuth(given.getWantClientAuth());
        }
        List<SNIServerName> names = given.getServerNames();
        if (names != null) {
            serverNames = List.copyOf(names);
        }
        Collection<SNIMatcher> matchers = given.getSNIMatchers();
        if (matchers != null) {
            sniMatchers = List.copyOf(matchers);
        }
        applyEndpointIdentification(given.getEndpointIdentificationAlgorithm());
        suiteOrder = given.getUseCipherSuitesOrder();
        String[] applicationProtocols = given.getApplicationProtocols();
        if (applicationProtocols != null) {
            // In JSSE an empty array stands for no protocol at all.
            alpnProtocols = changed(OptionChecks.alpnProtocols(List.of(applicationProtocols)), role.alpnProtocols());
        }
        String[] namedGroups = given.getNamedGroups();
        if (namedGroups != null) {
            GroupList initial = role.context().negotiable().groups();
            List<Group> named = named(namedGroups, Group::ofName);
            groups = named.equals(initial.groups()) ? null : GroupList.of(named).filtered(role.context()::permits);
        }
        String[] schemes = given.getSignatureSchemes();
        if (schemes != null) {
            sigalgs = changed(
                    named(schemes, Sigalg::ofName), role.context().negotiable().sigalgs());
        }
    }

    private void applyEndpointIdentification(@Nullable String algorithm) {
        if (algorithm == null) {
            return;
        }
        if (!algorithm.isEmpty() && !algorithm.equalsIgnoreCase("HTTPS") && !algorithm.equalsIgnoreCase("LDAPS")) {
            throw new IllegalArgumentException(
                    "endpoint identification: \"%s\" is not one of HTTPS, LDAPS".formatted(algorithm));
        }
        endpointIdentification = changed(algorithm, role.endpointIdentification());
    }

    private static <T> List<T> named(String[] names, Function<String, Optional<T>> lookup) {
        return Arrays.stream(names).flatMap(name -> lookup.apply(name).stream()).toList();
    }

    private GroupList groups() {
        return valueOf(groups, role.context().negotiable().groups());
    }

    private List<Sigalg> sigalgs() {
        return valueOf(sigalgs, role.context().negotiable().sigalgs());
    }

    // The handshake

    /**
     * Returns the settings of the handshake. A version without a suite is left out, as by the JDK and OpenSSL.
     *
     * @param sharedKeys whether there is a callback for pre-shared keys; else their suites are left out as well
     * @throws TlsFailure if nothing is left
     */
    public HandshakeSettings handshakeSettings(boolean sharedKeys) throws TlsFailure {
        ContextSettings context = role.context();
        var key = new SettingsCache.Key(
                permitted(protocols(), Function.identity(), CryptoPrimitive.KEY_AGREEMENT),
                permitted(suites(), Function.identity(), CryptoPrimitive.KEY_AGREEMENT),
                permittedGroups(),
                permitted(sigalgs(), Sigalg::standardName, CryptoPrimitive.SIGNATURE),
                alpnProtocols(),
                sessionCreation,
                sharedKeys);
        return context.settings().get(key, wanted -> handshakeSettings(context, wanted));
    }

    /**
     * Returns what the constraints permit. Certificates are left to the trust manager, which reads them from the
     * parameters.
     */
    private <T> List<T> permitted(List<T> all, Function<T, String> name, CryptoPrimitive use) {
        AlgorithmConstraints given = constraints;
        return given == null
                ? all
                : all.stream()
                        .filter(value -> given.permits(EnumSet.of(use), name.apply(value), null))
                        .toList();
    }

    private GroupList permittedGroups() {
        AlgorithmConstraints given = constraints;
        return given == null
                ? groups()
                : groups().filtered(group ->
                        given.permits(EnumSet.of(CryptoPrimitive.KEY_AGREEMENT), group.standardName(), null));
    }

    private static HandshakeSettings handshakeSettings(ContextSettings context, SettingsCache.Key wanted)
            throws TlsFailure {
        List<TlsVersion> versions = Arrays.stream(TlsVersion.values())
                .filter(version -> wanted.protocols().contains(version.protocol()))
                .sorted(Comparator.reverseOrder())
                .toList();
        List<Suite> suites = wanted.suites().stream()
                .flatMap(name -> Suite.ofStandardName(name).stream())
                .filter(context.runnableSuites()::contains)
                .filter(suite -> versions.stream().anyMatch(suite::fits))
                .filter(suite -> hasGroup(suite, wanted.groups()))
                .filter(suite -> wanted.sharedKeys() || !suite.keyExchange().isPsk())
                .toList();
        List<TlsVersion> usable = versions.stream()
                .filter(version -> suites.stream().anyMatch(suite -> suite.fits(version)))
                .toList();
        if (usable.isEmpty()) {
            throw Code.ERR_SSL_NO_PROTOCOLS_AVAILABLE.failure(
                    "handshake: no protocol is left, enabled are %s with the cipher suites %s and the groups %s",
                    wanted.protocols(), wanted.suites(), wanted.groups().groups());
        }
        // Before TLS 1.2 none are negotiated, and there a list without one means SHA-1 (RFC 5246 7.4.1.4.1).
        if (usable.getFirst().isAtLeast(TlsVersion.TLS_1_2)
                && wanted.sigalgs().stream().noneMatch(sigalg -> usable.stream().anyMatch(sigalg::signsIn))) {
            throw Code.ERR_SSL_NO_SUITABLE_SIGNATURE_ALGORITHM.failure(
                    "handshake: none of the signature algorithms %s can sign in %s", wanted.sigalgs(), usable);
        }
        return new HandshakeSettings(
                context.crypto(),
                usable,
                suites,
                wanted.groups(),
                wanted.sigalgs(),
                wanted.alpnProtocols(),
                context.negotiable().certificateCompression(),
                wanted.newSessions(),
                context.clock());
    }

    /**
     * Returns whether there is a group for the key exchange of a suite. Without one it must not be offered: a ClientHello
     * without groups permits every curve (RFC 8422 4), and in TLS 1.3 it is malformed.
     */
    private static boolean hasGroup(Suite suite, GroupList groups) {
        if (suite.isTls13()) {
            return groups.groups().stream().anyMatch(group -> group.fits(TlsVersion.TLS_1_3));
        }
        return switch (suite.keyExchange()) {
            case ECDHE, ECDHE_PSK -> groups.groups().stream().anyMatch(group -> group.kind() == Group.Kind.ECDH);
            default -> true;
        };
    }
}
