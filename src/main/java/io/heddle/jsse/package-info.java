/**
 * The classes behind an {@code SSLContext}: service provider, factories, server socket, {@code SSLEngine}, and the session
 * contexts. They translate JSSE's methods to roles and configurations of {@link io.heddle.endpoint}. Not exported:
 * {@code HeddleProvider}, {@code SslContexts} and {@code ReloadableSslContext} of {@code io.heddle} create them, and give
 * them a {@link io.heddle.jsse.JsseRoles.Environment} for the sockets of the public API.
 */
@NullMarked
package io.heddle.jsse;

import org.jspecify.annotations.NullMarked;
