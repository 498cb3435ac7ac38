package io.heddle;

import io.heddle.cipher.Group;
import io.heddle.cipher.Sigalg;
import io.heddle.cipher.Suite;
import io.heddle.engine.handshake.HandshakeSettings;
import io.heddle.failure.TlsFailure;
import io.heddle.protocol.TlsVersion;
import io.heddle.session.ClientCertificatePolicy;
import io.heddle.session.SessionState;
import java.security.AlgorithmConstraints;
import java.security.CryptoPrimitive;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIMatcher;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * What JSSE lets the user of a socket change before its handshake. Starts with what the context allows; in the terms of JSSE, a
 * null in {@link SSLParameters} leaves things as they are.
 *
 * <p>Not thread-safe: JSSE's rule is that a socket is set up before it is used.
 */
final class SocketParameters {
    private static final Set<String> RETIRED_PROTOCOLS = Set.of("SSLv2Hello", "SSLv3");

    private final SecureContext context;

    private List<String> protocols;
    private List<String> suites;
    private List<String> alpnProtocols;
    private List<Group> groups;
    private List<Sigalg> sigalgs;

    private @Nullable List<SNIServerName> serverNames;

    private List<SNIMatcher> sniMatchers = List.of();
    private String endpointIdentification;

    private @Nullable Boolean suiteOrder;

    private boolean needClientAuth;
    private boolean wantClientAuth;
    private boolean sessionCreation = true;

    private @Nullable SessionState session;

    private @Nullable AlgorithmConstraints constraints;

    /** In bytes, header included; 0 for as large as the protocol has them. */
    private int maximumPacketSize;

    /**
     * Makes them.
     *
     * @param enabled what is enabled at first
     */
    SocketParameters(
            SecureContext context, Enabled enabled, List<String> alpnProtocols, String endpointIdentification) {
        this.context = context;
        this.protocols = enabled.protocols().orElseGet(context::protocolNames);
        this.suites = enabled.suites().orElseGet(context::suiteNames);
        this.alpnProtocols = alpnProtocols;
        this.groups = context.groups();
        this.sigalgs = context.sigalgs();
        this.endpointIdentification = endpointIdentification;
    }

    /** Takes over what was changed in {@code given} since it was as {@code before}, and returns this. */
    SocketParameters changedLike(SocketParameters given, SocketParameters before) {
        protocols = changed(protocols, given.protocols, before.protocols);
        suites = changed(suites, given.suites, before.suites);
        alpnProtocols = changed(alpnProtocols, given.alpnProtocols, before.alpnProtocols);
        groups = changed(groups, given.groups, before.groups);
        sigalgs = changed(sigalgs, given.sigalgs, before.sigalgs);
        endpointIdentification =
                changed(endpointIdentification, given.endpointIdentification, before.endpointIdentification);
        serverNames = changed(serverNames, given.serverNames, before.serverNames);
        sniMatchers = changed(sniMatchers, given.sniMatchers, before.sniMatchers);
        suiteOrder = changed(suiteOrder, given.suiteOrder, before.suiteOrder);
        if (given.clientCertificates() != before.clientCertificates()) {
            needClientAuth = given.needClientAuth;
            wantClientAuth = given.wantClientAuth;
        }
        sessionCreation = changed(sessionCreation, given.sessionCreation, before.sessionCreation);
        session = changed(session, given.session, before.session);
        constraints = changed(constraints, given.constraints, before.constraints);
        maximumPacketSize = changed(maximumPacketSize, given.maximumPacketSize, before.maximumPacketSize);
        return this;
    }

    private static <T extends @Nullable Object> T changed(T own, T given, T before) {
        return Objects.equals(given, before) ? own : given;
    }

    String[] protocols() {
        return protocols.toArray(String[]::new);
    }

    /** Names of versions that nobody speaks any more are taken and never chosen, since programs list them beside others. */
    void protocols(String[] names) {
        List<String> checked = new ArrayList<>();
        for (String name : names) {
            if (name == null || !isKnown(name)) {
                throw new IllegalArgumentException(
                        "protocol: \"%s\" is not one of %s".formatted(name, List.of(supportedProtocols())));
            }
            checked.add(name);
        }
        protocols = List.copyOf(checked);
    }

    private static boolean isKnown(String protocol) {
        return RETIRED_PROTOCOLS.contains(protocol)
                || TlsVersion.ofProtocol(protocol).isPresent();
    }

    static String[] supportedProtocols() {
        List<String> names = new ArrayList<>();
        for (TlsVersion each : TlsVersion.values()) {
            names.addFirst(each.protocol());
        }
        return names.toArray(String[]::new);
    }

    String[] suites() {
        return suites.toArray(String[]::new);
    }

    /** Names that JSSE knows but nobody can run any more are taken and never chosen; invented ones are refused. */
    void suites(String[] names) {
        for (String name : names) {
            if (name == null || !Suite.isKnownName(name)) {
                throw new IllegalArgumentException("cipher suite: \"%s\" is unknown".formatted(name));
            }
        }
        suites = List.of(names);
    }

    String[] supportedSuites() {
        return context.runnableSuites().stream().map(Suite::standardName).toArray(String[]::new);
    }

    boolean needClientAuth() {
        return needClientAuth;
    }

    void needClientAuth(boolean need) {
        needClientAuth = need;
        wantClientAuth = false;
    }

    boolean wantClientAuth() {
        return wantClientAuth;
    }

    void wantClientAuth(boolean want) {
        wantClientAuth = want;
        needClientAuth = false;
    }

    /** Returns whether a server asks its client for a certificate. */
    boolean asksForCertificate() {
        return needClientAuth || wantClientAuth;
    }

    /** Returns the same in the terms of the engine. */
    ClientCertificatePolicy clientCertificates() {
        return needClientAuth
                ? ClientCertificatePolicy.REQUIRE
                : wantClientAuth ? ClientCertificatePolicy.REQUEST : ClientCertificatePolicy.NONE;
    }

    boolean sessionCreation() {
        return sessionCreation;
    }

    void sessionCreation(boolean allow) {
        sessionCreation = allow;
    }

    List<String> alpnProtocols() {
        return alpnProtocols;
    }

    /** Returns the session to resume in place of that of the options. */
    Optional<SessionState> session() {
        return Optional.ofNullable(session);
    }

    void session(SessionState offered) {
        session = offered;
    }

    void serverNames(List<SNIServerName> names) {
        serverNames = names;
    }

    Optional<List<SNIServerName>> serverNames() {
        return Optional.ofNullable(serverNames);
    }

    List<SNIMatcher> sniMatchers() {
        return sniMatchers;
    }

    /** Returns whether a server's name is to be checked, by the rules of HTTPS, which those of LDAPS are for Heddle. */
    boolean checksName() {
        return !endpointIdentification.isEmpty();
    }

    boolean honorCipherOrder() {
        return suiteOrder == null ? context.honorCipherOrder(true) : suiteOrder;
    }

    SSLParameters toSslParameters(boolean server, Optional<String> servername) {
        var parameters = new SSLParameters(suites(), protocols());
        parameters.setApplicationProtocols(alpnProtocols.toArray(String[]::new));
        if (needClientAuth) {
            parameters.setNeedClientAuth(true);
        } else {
            parameters.setWantClientAuth(wantClientAuth);
        }
        parameters.setUseCipherSuitesOrder(honorCipherOrder());
        if (!endpointIdentification.isEmpty()) {
            parameters.setEndpointIdentificationAlgorithm(endpointIdentification);
        }
        if (!sniMatchers.isEmpty()) {
            parameters.setSNIMatchers(sniMatchers);
        }
        List<SNIServerName> names = serverNames;
        if (names == null && !server) {
            names = servername
                    .map(name -> List.<SNIServerName>of(new SNIHostName(name)))
                    .orElse(null);
        }
        if (names != null) {
            parameters.setServerNames(names);
        }
        parameters.setAlgorithmConstraints(constraints);
        parameters.setMaximumPacketSize(maximumPacketSize);
        parameters.setNamedGroups(groups.stream().map(Group::standardName).toArray(String[]::new));
        parameters.setSignatureSchemes(
                sigalgs.stream().map(Sigalg::standardName).toArray(String[]::new));
        return parameters;
    }

    void take(SSLParameters given) {
        constraints = given.getAlgorithmConstraints();
        maximumPacketSize = given.getMaximumPacketSize();
        if (given.getProtocols() != null) {
            protocols(given.getProtocols());
        }
        if (given.getCipherSuites() != null) {
            suites(given.getCipherSuites());
        }
        if (given.getNeedClientAuth()) {
            needClientAuth(true);
        } else if (given.getWantClientAuth()) {
            wantClientAuth(true);
        } else {
            wantClientAuth(false);
        }
        List<SNIServerName> names = given.getServerNames();
        if (names != null) {
            serverNames = List.copyOf(names);
        }
        Collection<SNIMatcher> matchers = given.getSNIMatchers();
        if (matchers != null) {
            sniMatchers = List.copyOf(matchers);
        }
        String algorithm = given.getEndpointIdentificationAlgorithm();
        if (algorithm != null) {
            if (!algorithm.isEmpty() && !algorithm.equalsIgnoreCase("HTTPS") && !algorithm.equalsIgnoreCase("LDAPS")) {
                throw new IllegalArgumentException(
                        "endpoint identification: \"%s\" is not one of HTTPS, LDAPS".formatted(algorithm));
            }
            endpointIdentification = algorithm;
        }
        suiteOrder = given.getUseCipherSuitesOrder();
        String[] applicationProtocols = given.getApplicationProtocols();
        if (applicationProtocols != null) {
            // An empty array is JSSE's word for none at all.
            alpnProtocols = Checks.alpnProtocols(List.of(applicationProtocols));
        }
        takeNamedLists(given);
    }

    private void takeNamedLists(SSLParameters given) {
        String[] groupNames = given.getNamedGroups();
        if (groupNames != null) {
            List<Group> known = new ArrayList<>();
            for (String name : groupNames) {
                Group.ofName(name).ifPresent(known::add);
            }
            groups = List.copyOf(known);
        }
        String[] schemeNames = given.getSignatureSchemes();
        if (schemeNames != null) {
            List<Sigalg> known = new ArrayList<>();
            for (String name : schemeNames) {
                Sigalg.ofName(name).ifPresent(known::add);
            }
            sigalgs = List.copyOf(known);
        }
    }

    /**
     * Returns what the handshake may use. A version without a suite is left out, as by the JDK and OpenSSL.
     *
     * @param sharedKeys whether there is somebody who knows pre-shared keys; else their suites are left out as well
     * @throws TlsFailure if nothing is left
     */
    HandshakeSettings settings(boolean sharedKeys) throws TlsFailure {
        return context.settings(new SecureContext.Narrowed(
                permitted(protocols, Function.identity(), CryptoPrimitive.KEY_AGREEMENT),
                permitted(suites, Function.identity(), CryptoPrimitive.KEY_AGREEMENT),
                permitted(groups, Group::standardName, CryptoPrimitive.KEY_AGREEMENT),
                permitted(sigalgs, Sigalg::standardName, CryptoPrimitive.SIGNATURE),
                alpnProtocols,
                sessionCreation,
                sharedKeys));
    }

    /** Certificates are the trust manager's matter, which finds the constraints in the parameters of its socket or engine. */
    private <T> List<T> permitted(List<T> all, Function<T, String> name, CryptoPrimitive use) {
        AlgorithmConstraints given = constraints;
        return given == null
                ? all
                : all.stream()
                        .filter(each -> given.permits(EnumSet.of(use), name.apply(each), null))
                        .toList();
    }

    /** Returns how long a record may be, header included; 0 for as long as the protocol has them. */
    int maximumPacketSize() {
        return maximumPacketSize;
    }
}
