package io.heddle;

import java.net.SocketAddress;
import java.util.Optional;

/**
 * A connection that a server closed as soon as it came, because it had as many as it may have, or because the
 * client's address is blocked.
 *
 * @param remoteAddress where it came from, empty if the client has left already
 * @param localAddress where it came to
 * @param blocked whether the client's address is on the {@linkplain ServerOptions.Builder#blockList block list}
 * @see <a href="https://nodejs.org/api/net.html#event-drop">Node event drop</a>
 */
public record DroppedConnection(
        Optional<SocketAddress> remoteAddress, Optional<SocketAddress> localAddress, boolean blocked) {}
