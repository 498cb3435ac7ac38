package io.heddle;

import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * What JSSE lets a user set on a socket, a server socket or an engine before its handshake: which side it is, and what that may
 * agree on.
 *
 * <p>Not thread-safe: JSSE's rule is that things are set up before they are used.
 */
final class Configuration {
    private SocketRole role;
    private SocketParameters parameters;

    Configuration(SocketRole role) {
        this.role = role;
        this.parameters = role.parameters();
    }

    SocketRole role() {
        return role;
    }

    SocketParameters parameters() {
        return parameters;
    }

    boolean isClient() {
        return role instanceof SocketRole.Client;
    }

    /** Takes the side; what was set and differs between the sides' defaults is kept. */
    void client(boolean client) {
        if (client == isClient()) {
            return;
        }
        Sides sides = role.sides();
        become(client ? sides.client(role.peerHost(), role.peerPort()) : sides.server());
    }

    /** Says whom a client is connected to. */
    void peer(@Nullable String host, int port) {
        if (isClient() && role.peerHost() == null) {
            become(role.sides().client(host, port));
        }
    }

    private void become(SocketRole other) {
        parameters = other.parameters().changedLike(parameters, role.parameters());
        role = other;
    }

    /** Takes over what was set on another, a server socket's for a connection that it has accepted. */
    void setLike(Configuration given) {
        client(given.isClient());
        parameters.changedLike(given.parameters, given.role.parameters());
    }

    void suites(String[] suites) {
        if (suites == null || suites.length == 0) {
            throw new IllegalArgumentException("no cipher suites");
        }
        parameters.suites(suites);
    }

    void protocols(String[] protocols) {
        if (protocols == null) {
            throw new IllegalArgumentException("no protocols");
        }
        parameters.protocols(protocols);
    }

    SSLParameters toSslParameters() {
        return parameters.toSslParameters(!isClient(), role.servername());
    }

    /** Returns what the sides' sockets begin with. */
    static SSLParameters defaults(SocketRole role) {
        return new Configuration(role).toSslParameters();
    }

    /** Returns what the sides' sockets could be set to. */
    static SSLParameters supported(SocketRole role) {
        SSLParameters all = defaults(role);
        all.setCipherSuites(role.parameters().supportedSuites());
        all.setProtocols(SocketParameters.supportedProtocols());
        return all;
    }
}
