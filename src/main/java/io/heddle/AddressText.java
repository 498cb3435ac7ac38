package io.heddle;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Addresses as JMX and JFR show them: {@code HOST:PORT} in numbers, {@code [IPv6]:PORT}, or the path of a Unix socket.
 */
final class AddressText {
    private AddressText() {}

    /** Returns an address as text, empty if there is none. */
    static String of(@Nullable SocketAddress address) {
        if (!(address instanceof InetSocketAddress inet)) {
            return address == null ? "" : address.toString();
        }
        InetAddress resolved = inet.getAddress();
        String host = resolved == null ? inet.getHostString() : resolved.getHostAddress();
        return (host.indexOf(':') >= 0 ? "[" + host + "]:" : host + ":") + inet.getPort();
    }
}
