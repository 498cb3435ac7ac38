/**
 * One end of a connection, below the public API and above the engine. Not exported.
 *
 * <p>{@link io.heddle.endpoint.TlsContext} is the content of a context, {@link io.heddle.endpoint.ClientConfig} and {@link
 * io.heddle.endpoint.ServerConfig} are the checked options of a side. A {@link io.heddle.endpoint.ConnectionRole} turns
 * them, with the changes of an {@link io.heddle.endpoint.SslConfiguration}, into the settings of the engine's handshake.
 * An {@link io.heddle.endpoint.Endpoint} is the socket or engine as its handshakes see it, and {@link
 * io.heddle.endpoint.SocketSession} is JSSE's view of their result.
 */
@NullMarked
package io.heddle.endpoint;

import org.jspecify.annotations.NullMarked;
