package io.heddle;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * The part of {@link Socket} that has nothing to do with TLS: addresses and options, which belong to what is below.
 *
 * <p>Over streams or a channel there are no such options; setting one throws {@link SocketException} and says so.
 */
abstract sealed class ForwardingSocket extends SSLSocket permits ConfigurableSocket {
    private final Underlay underlay;

    /**
     * Ours and not that of what is below, which is read for several reasons; it begins with the one that the socket below has, as
     * the JDK's layered sockets do. Written by anyone.
     */
    private volatile int soTimeout;

    ForwardingSocket(Underlay underlay) {
        this.underlay = underlay;
        this.soTimeout = underlay.soTimeout();
    }

    final Underlay underlay() {
        return underlay;
    }

    /** The socket below may live longer than this one, but its options are no longer ours. */
    private Socket forOption() throws SocketException {
        if (isClosed()) {
            throw new SocketException("Socket is closed");
        }
        return underlay.forOption();
    }

    @Override
    public final void connect(SocketAddress endpoint) throws IOException {
        connect(endpoint, 0);
    }

    @Override
    public final void connect(SocketAddress endpoint, int timeout) throws IOException {
        forOption().connect(endpoint, timeout);
        connectedTo(endpoint);
    }

    /** The socket below has been connected. */
    abstract void connectedTo(SocketAddress endpoint);

    @Override
    public final void bind(@Nullable SocketAddress local) throws IOException {
        forOption().bind(local);
    }

    @Override
    public final boolean isConnected() {
        return underlay.isConnected();
    }

    @Override
    public final boolean isBound() {
        return underlay.socket().map(Socket::isBound).orElse(true);
    }

    @Override
    public final @Nullable SocketAddress getRemoteSocketAddress() {
        return underlay.remoteAddress();
    }

    @Override
    public final @Nullable SocketAddress getLocalSocketAddress() {
        return underlay.localAddress();
    }

    @Override
    public final @Nullable InetAddress getInetAddress() {
        return underlay.remoteAddress() instanceof InetSocketAddress inet ? inet.getAddress() : null;
    }

    @Override
    public final InetAddress getLocalAddress() {
        // The JDK's documentation: the wildcard address once the socket is closed, or as long as it is not bound.
        return !isClosed() && underlay.localAddress() instanceof InetSocketAddress inet
                ? inet.getAddress()
                : new InetSocketAddress(0).getAddress();
    }

    @Override
    public final int getPort() {
        return underlay.remoteAddress() instanceof InetSocketAddress inet ? inet.getPort() : 0;
    }

    @Override
    public final int getLocalPort() {
        return underlay.localAddress() instanceof InetSocketAddress inet ? inet.getPort() : -1;
    }

    // Node

    /** Returns true: a socket of this class is always an encrypted one, in Node {@code encrypted} tells it from others. */
    public final boolean encrypted() {
        return true;
    }

    /** Returns the local address, empty where there is none: over streams, and once the socket is closed. */
    public final Optional<SocketAddress> address() {
        return isClosed() ? Optional.empty() : Optional.ofNullable(underlay.localAddress());
    }

    /** Returns the text of the local IP address, empty where there is none: over streams and paths, and once it is closed. */
    public final Optional<String> localAddress() {
        return address().flatMap(ForwardingSocket::ip).map(InetAddress::getHostAddress);
    }

    /** Returns the local port, empty where there is none; see {@link #localAddress}. */
    public final OptionalInt localPort() {
        return port(address());
    }

    /** Returns the text of the peer's IP address, empty where there is none: over streams and paths. Stays after close. */
    public final Optional<String> remoteAddress() {
        return remote().flatMap(ForwardingSocket::ip).map(InetAddress::getHostAddress);
    }

    /** Returns {@code IPv4} or {@code IPv6} as the peer's address is, empty where there is none. Stays after close. */
    public final Optional<String> remoteFamily() {
        return remote().flatMap(ForwardingSocket::ip).map(ip -> ip instanceof Inet6Address ? "IPv6" : "IPv4");
    }

    /** Returns the peer's port, empty where there is none. Stays after close. */
    public final OptionalInt remotePort() {
        return port(remote());
    }

    private Optional<SocketAddress> remote() {
        return Optional.ofNullable(underlay.remoteAddress());
    }

    private static Optional<InetAddress> ip(SocketAddress address) {
        return address instanceof InetSocketAddress inet ? Optional.ofNullable(inet.getAddress()) : Optional.empty();
    }

    private static OptionalInt port(Optional<SocketAddress> address) {
        return address.orElse(null) instanceof InetSocketAddress inet
                ? OptionalInt.of(inet.getPort())
                : OptionalInt.empty();
    }

    /** Returns null: bytes of a channel below would go past TLS. */
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

    /** Urgent data would go past TLS. */
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
        underlay.socket().ifPresent(below -> below.setPerformancePreferences(connectionTime, latency, bandwidth));
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
        return underlay.socket().map(Socket::supportedOptions).orElse(Set.of());
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

    /** Returns how long a read may take in milliseconds, 0 for as long as it takes. */
    final int soTimeout() {
        return soTimeout;
    }
}
