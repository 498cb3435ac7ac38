package io.heddle;

import io.heddle.failure.TlsFailure;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;

/** The TCP connection of a client: resolves the host, and tries its addresses in turn. */
final class TcpConnect {
    /** The longest time for an address that is not the last one. */
    private static final Duration MAX_BEFORE_LAST = Duration.ofSeconds(10);

    private TcpConnect() {}

    /** Returns a connected socket; {@code endNanos} is the deadline of connecting and the handshake. */
    static Socket open(ConnectOptions options, long endNanos) throws IOException {
        Iterator<InetAddress> left = addresses(options).iterator();
        IOException first = null;
        while (true) {
            InetAddress address = left.next();
            Duration limit = Duration.ofNanos(endNanos - System.nanoTime());
            if (left.hasNext()) {
                Duration share = limit.dividedBy(2);
                limit = share.compareTo(MAX_BEFORE_LAST) < 0 ? share : MAX_BEFORE_LAST;
            }
            try {
                return open(options, address, limit);
            } catch (IOException e) {
                if (first == null) {
                    first = e;
                } else {
                    first.addSuppressed(e);
                }
                if (!left.hasNext() || Thread.currentThread().isInterrupted()) {
                    throw first;
                }
            }
        }
    }

    private static Socket open(ConnectOptions options, InetAddress address, Duration limit) throws IOException {
        if (limit.toMillis() <= 0) {
            throw new SocketTimeoutException("connect to %s timed out".formatted(address));
        }
        var socket = new Socket();
        try {
            options.tcp().applyTo(socket);
            if (options.localAddress().isPresent() || options.localPort() > 0) {
                socket.bind(new InetSocketAddress(options.localAddress().orElse(null), options.localPort()));
            }
            socket.connect(new InetSocketAddress(address, options.port()), (int)
                    Math.min(Integer.MAX_VALUE, limit.toMillis()));
            return socket;
        } catch (IOException | RuntimeException | Error e) {
            socket.close();
            throw e;
        }
    }

    private static List<InetAddress> addresses(ConnectOptions options) throws IOException {
        int family = options.family();
        List<InetAddress> addresses = options.lookup().lookup(options.host(), family).stream()
                .filter(address -> family == 0 || family == (address instanceof Inet6Address ? 6 : 4))
                .toList();
        if (addresses.isEmpty()) {
            throw new UnknownHostException(
                    "host: \"%s\" has no %saddress".formatted(options.host(), family == 0 ? "" : "IPv" + family + " "));
        }
        List<InetAddress> allowed =
                addresses.stream().filter(address -> !options.blocks(address)).toList();
        if (allowed.isEmpty()) {
            throw TlsFailure.Code.ERR_IP_BLOCKED.failure(
                    "host: \"%s\" has only addresses that blockList blocks, the first is %s",
                    TlsFailure.printable(options.host()), addresses.getFirst().getHostAddress());
        }
        return allowed;
    }
}
