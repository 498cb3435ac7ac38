/**
 * TLS for virtual threads: the functions of Node.js's {@code tls} module as blocking sockets, one virtual thread a
 * connection.
 *
 * <p>{@link io.heddle.Tls} is the entry point: {@link io.heddle.Tls#createServer} and {@link io.heddle.Tls#connect},
 * both with a {@link io.heddle.SecureContext} of certificates, trust and preferences. A connection is a {@link
 * io.heddle.TlsSocket}, which is also an {@link javax.net.ssl.SSLSocket}.
 *
 * <h2>Two flows</h2>
 *
 * Configuration is checked once and immutable afterwards: texts and files go into a builder, and {@code build()} reads
 * and checks them (in {@code ContextReader}) and returns a {@code SecureContext} that cannot fail later for a reason that was
 * knowable before. A change is a
 * new context; connections keep theirs.
 *
 * <p>A connection runs from top to bottom on its own virtual thread: the handshake under one absolute deadline, the
 * verification of the peer, the handler, a bounded close. Callbacks are plain functions on that thread; an exception
 * from one ends its connection only.
 *
 * <h2>Names</h2>
 *
 * Functions of Node keep Node's name, a property as an accessor ({@code authorized()}), an event as a registration
 * ({@code onTlsClientError}). Those of JSSE keep JSSE's name and contract. All others are named after the RFC.
 *
 * <h2>Promises</h2>
 *
 * No monitor is held while a thread waits for the peer. One thread may read, one write and a third close at the same
 * time. Every failure of TLS is a {@link io.heddle.failure.TlsFailure} with the code of Node and OpenSSL; invalid
 * options are an {@link io.heddle.failure.InvalidOption} when they are built. Null is refused everywhere, except where
 * JSSE's contract permits it.
 */
@NullMarked
package io.heddle;

import org.jspecify.annotations.NullMarked;
