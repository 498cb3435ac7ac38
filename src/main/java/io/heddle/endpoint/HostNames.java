package io.heddle.endpoint;

import io.heddle.failure.InvalidOption;
import io.heddle.failure.TlsFailure;
import io.heddle.protocol.rules.HostName;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import javax.net.ssl.SNIHostName;
import org.jspecify.annotations.Nullable;

/** The forms of host names and addresses. */
public final class HostNames {
    private HostNames() {}

    /**
     * Returns whether a text is an IPv4 address in four decimal parts, or has a colon, which only IPv6 addresses have.
     */
    public static boolean isIpAddress(String name) {
        if (name.indexOf(':') >= 0) {
            return true;
        }
        String[] parts = name.split("\\.", -1);
        if (parts.length != 4) {
            return false;
        }
        for (String part : parts) {
            if (part.isEmpty() || part.length() > 3 || !part.chars().allMatch(c -> c >= '0' && c <= '9')) {
                return false;
            }
            if (Integer.parseInt(part) > 255) {
                return false;
            }
        }
        return true;
    }

    /** Returns whether two names or addresses are equal, in whatever spelling. */
    static boolean areSame(String name, String other) {
        return canonical(name).equals(canonical(other));
    }

    private static String canonical(String name) {
        try {
            if (name.indexOf(':') >= 0) {
                // With a colon nothing is looked up.
                return InetAddress.getByName(name).getHostAddress();
            }
            return HostName.lowerCase(toAscii("host", name));
        } catch (UnknownHostException | InvalidOption neither) {
            return name;
        }
    }

    /** Returns JSSE's form of a server name, empty if JSSE has none. */
    static Optional<SNIHostName> sni(String servername) {
        try {
            return Optional.of(new SNIHostName(servername));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /**
     * Returns the name that SNI carries for a host, empty if the host is not a host name or not one that SNI can carry.
     */
    public static Optional<String> sniName(String host) {
        try {
            return sni(toAscii("host", host)).map(SNIHostName::getAsciiName);
        } catch (InvalidOption e) {
            return Optional.empty();
        }
    }

    /**
     * Returns the form of a name that certificates and SNI have.
     *
     * @param option the option that has the name, for the message
     * @throws InvalidOption if it has none; host names have no blanks and no control characters, see {@link
     *     HostName#toAscii}
     */
    public static String toAscii(String option, String name) {
        return HostName.toAscii(name)
                .orElseThrow(() -> new InvalidOption(
                        "ERR_INVALID_ARG_VALUE",
                        "%s: \"%s\" %s"
                                .formatted(
                                        option,
                                        TlsFailure.printable(name),
                                        HostName.isAmbiguous(name)
                                                ? "has a character that IDNA 2003 and 2008 map to different names, its ASCII form is required"
                                                : "is not a host name")));
    }

    /**
     * Returns an address as JMX and JFR show it: {@code HOST:PORT} in numbers, {@code [IPv6]:PORT}, or the path of a
     * Unix socket; empty if there is none.
     */
    public static String addressText(@Nullable SocketAddress address) {
        if (!(address instanceof InetSocketAddress inet)) {
            return address == null ? "" : address.toString();
        }
        InetAddress resolved = inet.getAddress();
        String host = resolved == null ? inet.getHostString() : resolved.getHostAddress();
        return (host.indexOf(':') >= 0 ? "[" + host + "]:" : host + ":") + inet.getPort();
    }
}
