/**
 * One end of a connection, below the public API and above the engine. Not exported.
 *
 * <p>{@link io.heddle.endpoint.ContextSettings} is the content of a context, {@link io.heddle.endpoint.ClientConfig} and {@link
 * io.heddle.endpoint.ServerConfig} are the checked options of a side. {@link io.heddle.endpoint.ClientRole} and {@link
 * io.heddle.endpoint.ServerRole} make of them, in their methods {@code settings}, the settings of the engine's handshake; the
 * part that JSSE allows to be changed on a socket comes from {@code SslConfiguration.handshakeSettings}.
 * An {@link io.heddle.endpoint.Endpoint} is the socket or engine as its handshakes see it, and {@link
 * io.heddle.endpoint.SocketSession} is JSSE's view of their result.
 */
@NullMarked
package io.heddle.endpoint;

import org.jspecify.annotations.NullMarked;
