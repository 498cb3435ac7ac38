/**
 * Programs without any reference to Heddle, with Heddle in place of the JDK's TLS: server and client of each use a
 * context from {@link io.heddle.dropin.DropIn}, and {@link io.heddle.dropin.Handshakes} reports the handshakes of their
 * server. With {@code -Dheddle.dropin.provider=SunJSSE} the same tests run on the JDK's TLS, to see whether a failure
 * is the test's own.
 */
@NullMarked
package io.heddle.dropin;

import org.jspecify.annotations.NullMarked;
