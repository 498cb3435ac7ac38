package io.heddle.cli;

import io.heddle.failure.InvalidOption;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import org.jspecify.annotations.Nullable;

/** The text form of addresses: {@code HOST:PORT}, {@code [IPv6]:PORT}, or the path of a Unix socket. */
final class Addresses {
    private Addresses() {}

    /** The address of a server. */
    record HostAndPort(String host, int port) {
        @Override
        public String toString() {
            return text(host, port);
        }
    }

    /**
     * Parses {@code HOST:PORT} or {@code [IPv6]:PORT}.
     *
     * @throws InvalidOption if it is neither
     */
    static HostAndPort parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 1) {
            throw invalid(text, "HOST:PORT is needed");
        }
        String host = text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.indexOf(':') >= 0) {
            throw invalid(text, "an IPv6 address stands in brackets, as in [::1]:443");
        }
        if (host.isEmpty()) {
            throw invalid(text, "HOST:PORT is needed");
        }
        return new HostAndPort(host, port(text, text.substring(colon + 1)));
    }

    private static int port(String text, String digits) {
        if (!digits.matches("\\d{1,5}") || Integer.parseInt(digits) > 65535 || Integer.parseInt(digits) == 0) {
            throw invalid(text, "the port is a number from 1 to 65535");
        }
        return Integer.parseInt(digits);
    }

    private static InvalidOption invalid(String text, String rule) {
        return new InvalidOption("ERR_INVALID_ARG_VALUE", "\"%s\": %s".formatted(text, rule));
    }

    static String text(String host, int port) {
        return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
    }

    /** Formats an address for an event; null if there is none, as for the client side of a Unix socket. */
    static @Nullable String text(@Nullable SocketAddress address) {
        return switch (address) {
            case null -> null;
            case InetSocketAddress inet -> text(host(inet), inet.getPort());
            case UnixDomainSocketAddress unix -> unix.getPath().toString().isEmpty() ? null : unix.toString();
            default -> address.toString();
        };
    }

    private static String host(InetSocketAddress address) {
        InetAddress resolved = address.getAddress();
        if (resolved == null) {
            return address.getHostString();
        }
        // Without the zone of a link-local address, which has a meaning only on this machine.
        String host = resolved.getHostAddress();
        int zone = host.indexOf('%');
        return zone < 0 ? host : host.substring(0, zone);
    }
}
