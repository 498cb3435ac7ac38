package io.heddle;

import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** The part of {@link SSLSocket} that sets a socket up: which side it is, and what its handshake may agree on. */
abstract sealed class ConfigurableSocket extends ForwardingSocket permits NegotiatedSocket {
    private SocketRole role;
    private SocketParameters parameters;

    ConfigurableSocket(Underlay underlay, SocketRole role) {
        super(underlay);
        this.role = role;
        this.parameters = role.parameters();
    }

    final SocketRole role() {
        return role;
    }

    final SocketParameters parameters() {
        return parameters;
    }

    /** Returns whether it is too late to change the side. */
    abstract boolean hasBegun();

    @Override
    public final String[] getSupportedCipherSuites() {
        return parameters.supportedSuites();
    }

    @Override
    public final String[] getEnabledCipherSuites() {
        return parameters.suites();
    }

    @Override
    public final void setEnabledCipherSuites(String[] suites) {
        if (suites == null || suites.length == 0) {
            throw new IllegalArgumentException("no cipher suites");
        }
        parameters.suites(suites);
    }

    @Override
    public final String[] getSupportedProtocols() {
        return SocketParameters.supportedProtocols();
    }

    @Override
    public final String[] getEnabledProtocols() {
        return parameters.protocols();
    }

    @Override
    public final void setEnabledProtocols(String[] protocols) {
        if (protocols == null) {
            throw new IllegalArgumentException("no protocols");
        }
        parameters.protocols(protocols);
    }

    @Override
    public final SSLParameters getSSLParameters() {
        boolean server = role instanceof SocketRole.Server;
        Optional<String> name =
                role instanceof SocketRole.Client client ? client.options().servername() : Optional.empty();
        return parameters.toSslParameters(server, name);
    }

    @Override
    public final void setSSLParameters(SSLParameters given) {
        parameters.take(given);
    }

    @Override
    public final void setHandshakeApplicationProtocolSelector(
            @Nullable BiFunction<SSLSocket, List<String>, String> selector) {
        parameters.alpnSelector(selector);
    }

    @Override
    public final @Nullable BiFunction<SSLSocket, List<String>, String> getHandshakeApplicationProtocolSelector() {
        return parameters.alpnSelector().orElse(null);
    }

    @Override
    public final void setUseClientMode(boolean client) {
        if (client == getUseClientMode()) {
            return;
        }
        if (hasBegun()) {
            throw new IllegalArgumentException("the handshake has begun, the side cannot change any more");
        }
        SocketRole turned = role.turned();
        parameters = turned.parameters().changedLike(parameters, role.parameters());
        role = turned;
    }

    @Override
    public final boolean getUseClientMode() {
        return role instanceof SocketRole.Client;
    }

    @Override
    public final void setNeedClientAuth(boolean need) {
        parameters.needClientAuth(need);
    }

    @Override
    public final boolean getNeedClientAuth() {
        return parameters.needClientAuth();
    }

    @Override
    public final void setWantClientAuth(boolean want) {
        parameters.wantClientAuth(want);
    }

    @Override
    public final boolean getWantClientAuth() {
        return parameters.wantClientAuth();
    }

    @Override
    public final void setEnableSessionCreation(boolean allow) {
        parameters.sessionCreation(allow);
    }

    @Override
    public final boolean getEnableSessionCreation() {
        return parameters.sessionCreation();
    }
}
