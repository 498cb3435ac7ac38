/**
 * Programs that know nothing of Heddle, with it in the place of the JDK's TLS: server and client of each run on a context from
 * {@link io.heddle.dropin.DropIn}, and {@link io.heddle.dropin.Handshakes} tells what their server did. With
 * {@code -Dheddle.dropin.provider=SunJSSE} the same tests run on the JDK's TLS, to see whether a failure is the test's own.
 */
@NullMarked
package io.heddle.dropin;

import org.jspecify.annotations.NullMarked;
