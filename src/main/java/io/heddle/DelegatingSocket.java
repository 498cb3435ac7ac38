package io.heddle;

import io.heddle.endpoint.Endpoint;
import io.heddle.endpoint.SocketObservers;
import io.heddle.endpoint.SslConfiguration;
import io.heddle.engine.transport.TransportSource;
import io.heddle.failure.InvalidOption;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * An {@code SSLSocket} whose addresses and socket options are those of its transport, whose TLS parameters are those of
 * an {@link SslConfiguration} and whose listeners are those of an {@link Endpoint}. It only delegates; the connection
 * is the subclass's.
 *
 * <p>Streams and channels have no socket options; setting one over them throws {@link SocketException}.
 */
abstract class DelegatingSocket extends SSLSocket {
    private final TransportSource transportSource;
    private final SslConfiguration configuration;
    private final Endpoint endpoint = Endpoint.of(this);

    private @Nullable BiFunction<SSLSocket, List<String>, String> protocolSelector;

    /**
     * Separate from the timeout of the socket below, which is read for other purposes as well, and initially equal to
     * it, as in the JDK's layered sockets. Written and read by any thread.
     */
    private volatile int soTimeout;

    DelegatingSocket(TransportSource transportSource, SslConfiguration configuration) {
        this.transportSource = transportSource;
        this.configuration = configuration;
        this.soTimeout = transportSource.soTimeout();
    }

    final TransportSource transportSource() {
        return transportSource;
    }

    final SslConfiguration configuration() {
        return configuration;
    }

    final Endpoint endpoint() {
        return endpoint;
    }

    /** Returns the socket below, unless this socket is closed: the one below may outlive it. */
    private Socket forOption() throws SocketException {
        if (isClosed()) {
            throw new SocketException("Socket is closed");
        }
        return transportSource.forOption();
    }

    @Override
    public final void connect(SocketAddress endpoint) throws IOException {
        connect(endpoint, 0);
    }

    @Override
    public final void connect(SocketAddress endpoint, int timeout) throws IOException {
        forOption().connect(endpoint, timeout);
        if (endpoint instanceof InetSocketAddress inet) {
            configuration.peer(inet.getHostString(), inet.getPort());
        }
    }

    @Override
    public final void bind(@Nullable SocketAddress local) throws IOException {
        forOption().bind(local);
    }

    @Override
    public final boolean isConnected() {
        return transportSource.isConnected();
    }

    @Override
    public final boolean isBound() {
        return transportSource.socket().map(Socket::isBound).orElse(true);
    }

    @Override
    public final @Nullable SocketAddress getRemoteSocketAddress() {
        return transportSource.remoteAddress();
    }

    @Override
    public final @Nullable SocketAddress getLocalSocketAddress() {
        return transportSource.localAddress();
    }

    @Override
    public final @Nullable InetAddress getInetAddress() {
        return transportSource.remoteAddress() instanceof InetSocketAddress inet ? inet.getAddress() : null;
    }

    @Override
    public final InetAddress getLocalAddress() {
        // Documented by the JDK: the wildcard address for a socket that is closed or not yet bound.
        return !isClosed() && transportSource.localAddress() instanceof InetSocketAddress inet
                ? inet.getAddress()
                : new InetSocketAddress(0).getAddress();
    }

    @Override
    public final int getPort() {
        return transportSource.remoteAddress() instanceof InetSocketAddress inet ? inet.getPort() : 0;
    }

    @Override
    public final int getLocalPort() {
        return transportSource.localAddress() instanceof InetSocketAddress inet ? inet.getPort() : -1;
    }

    // Node, addresses

    /** Returns true; in Node {@code encrypted} distinguishes TLS sockets from plain ones. */
    public final boolean encrypted() {
        return true;
    }

    /** Returns the local address; empty over streams, and once the socket is closed. */
    public final Optional<SocketAddress> address() {
        return isClosed() ? Optional.empty() : Optional.ofNullable(transportSource.localAddress());
    }

    /** Returns the text of the local IP address; empty over streams and paths, and once the socket is closed. */
    public final Optional<String> localAddress() {
        return address().flatMap(DelegatingSocket::ip).map(InetAddress::getHostAddress);
    }

    /** Returns the local port; empty as {@link #localAddress} is. */
    public final OptionalInt localPort() {
        return port(address());
    }

    /** Returns the text of the peer's IP address, also after close; empty over streams and paths. */
    public final Optional<String> remoteAddress() {
        return remote().flatMap(DelegatingSocket::ip).map(InetAddress::getHostAddress);
    }

    /**
     * Returns the family of the peer's address, {@code IPv4} or {@code IPv6}, also after close; empty over streams and
     * paths.
     */
    public final Optional<String> remoteFamily() {
        return remote().flatMap(DelegatingSocket::ip).map(ip -> ip instanceof Inet6Address ? "IPv6" : "IPv4");
    }

    /** Returns the peer's port, also after close; empty over streams and paths. */
    public final OptionalInt remotePort() {
        return port(remote());
    }

    private Optional<SocketAddress> remote() {
        return Optional.ofNullable(transportSource.remoteAddress());
    }

    private static Optional<InetAddress> ip(SocketAddress address) {
        return address instanceof InetSocketAddress inet ? Optional.ofNullable(inet.getAddress()) : Optional.empty();
    }

    private static OptionalInt port(Optional<SocketAddress> address) {
        return address.orElse(null) instanceof InetSocketAddress inet
                ? OptionalInt.of(inet.getPort())
                : OptionalInt.empty();
    }

    /** Returns null: bytes written to the channel below would bypass TLS. */
    @Override
    public final @Nullable SocketChannel getChannel() {
        return null;
    }

    @Override
    public final void setTcpNoDelay(boolean on) throws SocketException {
        forOption().setTcpNoDelay(on);
    }

    @Override
    public final boolean getTcpNoDelay() throws SocketException {
        return forOption().getTcpNoDelay();
    }

    @Override
    public final void setSoLinger(boolean on, int seconds) throws SocketException {
        forOption().setSoLinger(on, seconds);
    }

    @Override
    public final int getSoLinger() throws SocketException {
        return forOption().getSoLinger();
    }

    /** Refused, since urgent data would bypass TLS. */
    @Override
    public final void sendUrgentData(int data) throws IOException {
        throw new SocketException("not supported: urgent data has no place in TLS");
    }

    @Override
    public final void setOOBInline(boolean on) throws SocketException {
        throw new SocketException("not supported: urgent data has no place in TLS");
    }

    @Override
    public final boolean getOOBInline() throws SocketException {
        throw new SocketException("not supported: urgent data has no place in TLS");
    }

    @Override
    public final void setSendBufferSize(int bytes) throws SocketException {
        forOption().setSendBufferSize(bytes);
    }

    @Override
    public final int getSendBufferSize() throws SocketException {
        return forOption().getSendBufferSize();
    }

    @Override
    public final void setReceiveBufferSize(int bytes) throws SocketException {
        forOption().setReceiveBufferSize(bytes);
    }

    @Override
    public final int getReceiveBufferSize() throws SocketException {
        return forOption().getReceiveBufferSize();
    }

    @Override
    public final void setKeepAlive(boolean on) throws SocketException {
        forOption().setKeepAlive(on);
    }

    @Override
    public final boolean getKeepAlive() throws SocketException {
        return forOption().getKeepAlive();
    }

    @Override
    public final void setTrafficClass(int trafficClass) throws SocketException {
        forOption().setTrafficClass(trafficClass);
    }

    @Override
    public final int getTrafficClass() throws SocketException {
        return forOption().getTrafficClass();
    }

    @Override
    public final void setReuseAddress(boolean on) throws SocketException {
        forOption().setReuseAddress(on);
    }

    @Override
    public final boolean getReuseAddress() throws SocketException {
        return forOption().getReuseAddress();
    }

    @Override
    public final void setPerformancePreferences(int connectionTime, int latency, int bandwidth) {
        transportSource
                .socket()
                .ifPresent(below -> below.setPerformancePreferences(connectionTime, latency, bandwidth));
    }

    @Override
    public final <T> Socket setOption(SocketOption<T> name, T value) throws IOException {
        forOption().setOption(name, value);
        return this;
    }

    @Override
    public final <T> T getOption(SocketOption<T> name) throws IOException {
        return forOption().getOption(name);
    }

    @Override
    public final Set<SocketOption<?>> supportedOptions() {
        return transportSource.socket().map(Socket::supportedOptions).orElse(Set.of());
    }

    @Override
    public final void setSoTimeout(int millis) throws SocketException {
        if (millis < 0) {
            throw new IllegalArgumentException("timeout can't be negative");
        }
        if (isClosed()) {
            throw new SocketException("Socket is closed");
        }
        soTimeout = millis;
    }

    @Override
    public final int getSoTimeout() throws SocketException {
        if (isClosed()) {
            throw new SocketException("Socket is closed");
        }
        return soTimeout;
    }

    /** Returns the time limit of a read in milliseconds, 0 for none; unlike {@link #getSoTimeout} also after close. */
    final int soTimeout() {
        return soTimeout;
    }

    // The TLS parameters

    @Override
    public final String[] getSupportedCipherSuites() {
        return configuration.supportedCipherSuites();
    }

    @Override
    public final String[] getEnabledCipherSuites() {
        return configuration.enabledCipherSuites();
    }

    @Override
    public final void setEnabledCipherSuites(String[] suites) {
        configuration.enableCipherSuites(suites);
    }

    @Override
    public final String[] getSupportedProtocols() {
        return SslConfiguration.supportedProtocols();
    }

    @Override
    public final String[] getEnabledProtocols() {
        return configuration.enabledProtocols();
    }

    @Override
    public final void setEnabledProtocols(String[] protocols) {
        configuration.enableProtocols(protocols);
    }

    @Override
    public final SSLParameters getSSLParameters() {
        return configuration.toSslParameters();
    }

    @Override
    public final void setSSLParameters(SSLParameters parameters) {
        configuration.apply(parameters);
    }

    @Override
    public final void setUseClientMode(boolean client) {
        configuration.clientMode(client);
    }

    @Override
    public final boolean getUseClientMode() {
        return configuration.clientMode();
    }

    @Override
    public final void setNeedClientAuth(boolean need) {
        configuration.needClientAuth(need);
    }

    @Override
    public final boolean getNeedClientAuth() {
        return configuration.needClientAuth();
    }

    @Override
    public final void setWantClientAuth(boolean want) {
        configuration.wantClientAuth(want);
    }

    @Override
    public final boolean getWantClientAuth() {
        return configuration.wantClientAuth();
    }

    @Override
    public final void setEnableSessionCreation(boolean allow) {
        configuration.sessionCreation(allow);
    }

    @Override
    public final boolean getEnableSessionCreation() {
        return configuration.sessionCreation();
    }

    // Node, before the handshake

    /**
     * Sets the name that SNI carries and that the certificate must be valid for; an empty one sends none. Before the
     * handshake.
     *
     * @throws InvalidOption {@code ERR_TLS_SNI_FROM_SERVER} on a server's socket, {@code ERR_INVALID_ARG_VALUE} for an
     *     IP address or a text that is not a host name
     * @throws IllegalStateException once the handshake has begun
     */
    public final void setServername(String name) {
        configuration.servername(name);
    }

    /**
     * Sets the session to resume, as {@link ConnectOptions.Builder#session} does. Before the handshake, which fails
     * before it sends anything with {@code ERR_INVALID_ARG_VALUE} if the session is bound to another server.
     *
     * @throws InvalidOption {@code ERR_INVALID_ARG_VALUE} if it is not a session
     * @throws IllegalStateException on a server's socket, and once the handshake has begun
     */
    public final void setSession(byte[] data) {
        configuration.session(data);
    }

    /**
     * Adds a listener for the key log, which allows a capture of the connection to be decrypted: a line for each
     * secret, in NSS' format ({@code LABEL client-random secret}, in hexadecimal), its line end included. TLS 1.2 and
     * below have one line, TLS 1.3 five; each comes before the secret is used, so that a handshake that fails can be
     * read too. Without a listener nothing is extracted.
     *
     * <p>It runs on the thread that performs the handshake. An exception from it ends the connection, {@code
     * ERR_TLS_CALLBACK}.
     *
     * @throws IllegalStateException once the handshake has begun
     * @see <a href="https://nodejs.org/api/tls.html#event-keylog_1">Node event keylog</a>
     */
    public final void onKeylog(Consumer<String> listener) {
        configuration.requireNotBegun("onKeylog");
        endpoint.observers().keylog(listener);
    }

    /**
     * Adds a listener for sessions that a later connection can resume, as {@link TlsSocket#getSessionData} returns
     * them. In TLS 1.3 that is one for each ticket that the server sends; in TLS 1.2 and below one after a full
     * handshake, and after a resumed one only if the server renewed the ticket. A server's socket has none.
     *
     * <p>It runs at the end of the handshake, on its thread, or on the thread that reads, since tickets of TLS 1.3 come
     * among the application data: without reading there are none. It may write and close, but should leave reading to
     * the thread it interrupts. An exception from it ends the connection, {@code ERR_TLS_CALLBACK}.
     *
     * @throws IllegalStateException once the handshake has begun
     * @see <a href="https://nodejs.org/api/tls.html#event-session">Node event session</a>
     */
    public final void onSession(Consumer<byte[]> listener) {
        configuration.requireNotBegun("onSession");
        endpoint.observers().session(listener);
    }

    /**
     * Traces the connection into the log {@code io.heddle.trace} at level INFO; see {@link #enableTrace(Consumer)}.
     *
     * @throws IllegalStateException once the handshake has begun
     * @see <a href="https://nodejs.org/api/tls.html#tlssocketenabletrace">Node enableTrace</a>
     */
    public final void enableTrace() {
        enableTrace(line -> SocketObservers.log(line, getRemoteSocketAddress()));
    }

    /**
     * Traces the connection: a line, without line end, for each record, handshake message and alert of both directions
     * and each change of keys, such as {@code Received Message: ClientHello, 508 bytes}. Kinds and lengths only; no
     * secrets, no application data. The wording may change.
     *
     * <p>The listener is called with the connection locked, by the threads that read and write, perhaps at the same
     * time: it must be quick and thread-safe and must not use the socket. After an exception from it, it is not called
     * again; the connection goes on.
     *
     * @throws IllegalStateException once the handshake has begun
     */
    public final void enableTrace(Consumer<String> listener) {
        configuration.requireNotBegun("enableTrace");
        endpoint.observers().trace(listener);
    }

    @Override
    public final void setHandshakeApplicationProtocolSelector(
            @Nullable BiFunction<SSLSocket, List<String>, String> selector) {
        protocolSelector = selector;
        endpoint.protocolSelector(selector == null ? null : offered -> selector.apply(this, offered));
    }

    @Override
    public final @Nullable BiFunction<SSLSocket, List<String>, String> getHandshakeApplicationProtocolSelector() {
        return protocolSelector;
    }
}
