/**
 * TLS for virtual threads: what Node.js's {@code tls} module does, as blocking sockets, one virtual thread a connection.
 *
 * <p>{@link io.heddle.Tls} is the door: {@link io.heddle.Tls#createServer} and {@link io.heddle.Tls#connect}, both with a {@link
 * io.heddle.SecureContext} of certificates, trust and preferences. A connection is a {@link io.heddle.TlsSocket}, which is an
 * {@link javax.net.ssl.SSLSocket} as well.
 *
 * <h2>Two flows</h2>
 *
 * Configuration is strict once and immutable after: texts and files become a builder, {@code build()} checks them and makes a
 * {@code SecureContext} that cannot be wrong later. To change something, make a new one; connections keep theirs.
 *
 * <p>A connection runs top to bottom on its own virtual thread: handshake under one absolute deadline, the peer verified, the
 * handler, a bounded close. Callbacks are plain functions on that thread; what they throw ends that connection and no other.
 *
 * <h2>Names</h2>
 *
 * What Node has keeps Node's name, a property as an accessor ({@code authorized()}), an event as a registration ({@code
 * onTlsClientError}). What JSSE has keeps JSSE's name and contract. What neither has is named after the RFC.
 *
 * <h2>Promises</h2>
 *
 * No monitor is held while a thread waits for the peer. Reading, writing and closing from three threads at once is legal. Every
 * failure of TLS is a {@link io.heddle.failure.TlsFailure} with the code that Node and OpenSSL users know; wrong options are an
 * {@link io.heddle.failure.InvalidOption} when they are built. Null is refused everywhere, but where JSSE's contract says otherwise.
 */
@NullMarked
package io.heddle;

import org.jspecify.annotations.NullMarked;
