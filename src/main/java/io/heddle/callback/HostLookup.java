package io.heddle.callback;

import java.io.IOException;
import java.net.InetAddress;
import java.util.List;

/**
 * A resolver of host names, used in place of the JDK's. May block.
 *
 * @see <a href="https://nodejs.org/api/tls.html#tlsconnectoptions-callback">Node option lookup</a>
 */
@FunctionalInterface
public interface HostLookup {
    /**
     * Returns the addresses of a host, which are tried in this order.
     *
     * @param hostname the host as the options have it
     * @param family 4 or 6 if only addresses of that family are wanted, 0 for both
     * @throws IOException if there are none, usually an {@link java.net.UnknownHostException}
     */
    List<InetAddress> lookup(String hostname, int family) throws IOException;
}
