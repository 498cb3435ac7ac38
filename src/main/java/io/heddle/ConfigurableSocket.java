package io.heddle;

import io.heddle.failure.InvalidOption;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** The part of {@link SSLSocket} that sets a socket up: which side it is, and what its handshake may agree on. */
abstract sealed class ConfigurableSocket extends ForwardingSocket permits NegotiatedSocket {
    private final Configuration configuration;
    private final SocketObservers observers = new SocketObservers();

    private @Nullable BiFunction<SSLSocket, List<String>, String> protocolSelector;

    ConfigurableSocket(Underlay underlay, SocketRole role) {
        super(underlay);
        this.configuration = new Configuration(role);
    }

    final SocketRole role() {
        return configuration.role();
    }

    final SocketParameters parameters() {
        return configuration.parameters();
    }

    final Configuration configuration() {
        return configuration;
    }

    @Override
    final void connectedTo(SocketAddress endpoint) {
        if (endpoint instanceof InetSocketAddress inet) {
            configuration.peer(inet.getHostString(), inet.getPort());
        }
    }

    final SocketObservers observers() {
        return observers;
    }

    /** Returns whether it is too late to change the side. */
    abstract boolean hasBegun();

    @Override
    public final String[] getSupportedCipherSuites() {
        return parameters().supportedSuites();
    }

    @Override
    public final String[] getEnabledCipherSuites() {
        return parameters().suites();
    }

    @Override
    public final void setEnabledCipherSuites(String[] suites) {
        configuration.suites(suites);
    }

    @Override
    public final String[] getSupportedProtocols() {
        return SocketParameters.supportedProtocols();
    }

    @Override
    public final String[] getEnabledProtocols() {
        return parameters().protocols();
    }

    @Override
    public final void setEnabledProtocols(String[] protocols) {
        configuration.protocols(protocols);
    }

    @Override
    public final SSLParameters getSSLParameters() {
        return configuration.toSslParameters();
    }

    @Override
    public final void setSSLParameters(SSLParameters given) {
        parameters().take(given);
    }

    @Override
    public final void setHandshakeApplicationProtocolSelector(
            @Nullable BiFunction<SSLSocket, List<String>, String> selector) {
        protocolSelector = selector;
    }

    @Override
    public final @Nullable BiFunction<SSLSocket, List<String>, String> getHandshakeApplicationProtocolSelector() {
        return protocolSelector;
    }

    @Override
    public final void setUseClientMode(boolean client) {
        if (client == getUseClientMode()) {
            return;
        }
        if (hasBegun()) {
            throw new IllegalArgumentException("the handshake has begun, the side cannot change any more");
        }
        configuration.client(client);
    }

    @Override
    public final boolean getUseClientMode() {
        return configuration.isClient();
    }

    // Node

    /**
     * Sets the name that SNI carries and that the certificate must be for; an empty one sends none. Before the handshake.
     *
     * @throws InvalidOption {@code ERR_TLS_SNI_FROM_SERVER} on a server's socket, {@code ERR_INVALID_ARG_VALUE} for an IP address
     *     or what is no host name
     * @throws IllegalStateException once the handshake has begun
     */
    public final void setServername(String name) {
        if (!getUseClientMode()) {
            throw new InvalidOption(
                    "ERR_TLS_SNI_FROM_SERVER", "setServername: cannot issue SNI from a TLS server-side socket");
        }
        checkNotBegun("setServername");
        String ascii = HostNames.toAscii("servername", Checks.servername(name));
        if (ascii.isEmpty()) {
            parameters().serverNames(List.of());
            return;
        }
        SNIHostName checked = HostNames.sni(ascii)
                .orElseThrow(() -> new InvalidOption(
                        "ERR_INVALID_ARG_VALUE", "servername: \"%s\" is not a host name".formatted(name)));
        parameters().serverNames(List.of(checked));
    }

    /**
     * Sets the session to resume, as {@link ConnectOptions.Builder#session} does. Before the handshake, which fails before it
     * sends anything with {@code ERR_INVALID_ARG_VALUE} if the session is bound to another server.
     *
     * @throws InvalidOption {@code ERR_INVALID_ARG_VALUE} if it is no session
     * @throws IllegalStateException on a server's socket, and once the handshake has begun
     */
    public final void setSession(byte[] data) {
        if (!getUseClientMode()) {
            throw new IllegalStateException("setSession: a server's socket resumes what its client asks for");
        }
        checkNotBegun("setSession");
        parameters().session(Checks.session(data));
    }

    /**
     * Adds a listener for the key log, with which who has captured the connection can read it: a line for each secret, in NSS'
     * format ({@code LABEL client-random secret}, in hexadecimal), its line end included. TLS 1.2 and below have one line, TLS
     * 1.3 five; each comes before the secret is used, so that a handshake that fails can be read too. Without a listener nothing
     * is extracted.
     *
     * <p>It runs on the thread that shakes hands. What it throws ends the connection, {@code ERR_TLS_CALLBACK}.
     *
     * @throws IllegalStateException once the handshake has begun
     * @see <a href="https://nodejs.org/api/tls.html#event-keylog_1">Node event keylog</a>
     */
    public final void onKeylog(Consumer<String> listener) {
        checkNotBegun("onKeylog");
        observers.keylog(listener);
    }

    /**
     * Adds a listener for sessions that a later connection can resume, as {@link TlsSocket#getSessionData} returns them. In TLS
     * 1.3 that is one for each ticket that the server sends; in TLS 1.2 and below one after a full handshake, and after a
     * resumed one only if the server renewed the ticket. A server's socket has none.
     *
     * <p>It runs on the thread that shakes hands, at the end of the handshake, or on the one that reads, for tickets of TLS 1.3
     * come among the application's data: who never reads hears of none. It may write and close, but should leave reading to the
     * thread that it interrupts. What it throws ends the connection, {@code ERR_TLS_CALLBACK}.
     *
     * @throws IllegalStateException once the handshake has begun
     * @see <a href="https://nodejs.org/api/tls.html#event-session">Node event session</a>
     */
    public final void onSession(Consumer<byte[]> listener) {
        checkNotBegun("onSession");
        observers.session(listener);
    }

    /**
     * Traces the connection into the log {@code io.heddle.trace} at level INFO; see {@link #enableTrace(Consumer)}.
     *
     * @throws IllegalStateException once the handshake has begun
     * @see <a href="https://nodejs.org/api/tls.html#tlssocketenabletrace">Node enableTrace</a>
     */
    public abstract void enableTrace();

    /**
     * Traces the connection: a line, without line end, about each record, handshake message and alert of both directions and each
     * change of keys, such as {@code Received Message: ClientHello, 508 bytes}. Kinds and lengths only; no secrets, no
     * application data. The wording may change.
     *
     * <p>The listener is called while the connection is locked, by the threads that read and write, perhaps at the same time: it
     * is quick, thread-safe, and does not use the socket. One that throws gets nothing more; the connection goes on.
     *
     * @throws IllegalStateException once the handshake has begun
     */
    public final void enableTrace(Consumer<String> listener) {
        checkNotBegun("enableTrace");
        observers.trace(listener);
    }

    private void checkNotBegun(String method) {
        if (hasBegun()) {
            throw new IllegalStateException(method + ": the handshake has begun, it is too late");
        }
    }

    @Override
    public final void setNeedClientAuth(boolean need) {
        parameters().needClientAuth(need);
    }

    @Override
    public final boolean getNeedClientAuth() {
        return parameters().needClientAuth();
    }

    @Override
    public final void setWantClientAuth(boolean want) {
        parameters().wantClientAuth(want);
    }

    @Override
    public final boolean getWantClientAuth() {
        return parameters().wantClientAuth();
    }

    @Override
    public final void setEnableSessionCreation(boolean allow) {
        parameters().sessionCreation(allow);
    }

    @Override
    public final boolean getEnableSessionCreation() {
        return parameters().sessionCreation();
    }
}
