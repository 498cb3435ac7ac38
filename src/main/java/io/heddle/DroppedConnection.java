package io.heddle;

import java.net.SocketAddress;
import java.util.Optional;

/**
 * A connection that a server closed as soon as it came, because it had as many as it may have.
 *
 * @param remoteAddress where it came from, empty if the client has left already
 * @param localAddress where it came to
 * @see <a href="https://nodejs.org/api/net.html#event-drop">Node event drop</a>
 */
public record DroppedConnection(Optional<SocketAddress> remoteAddress, Optional<SocketAddress> localAddress) {}
