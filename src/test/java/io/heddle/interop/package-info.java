/**
 * Fixtures for the other programs that Heddle is tested against: {@link io.heddle.interop.Openssl} and {@link
 * io.heddle.interop.Node} start them, a {@link io.heddle.interop.RunningProgram} exchanges lines with them, and its
 * {@code close} ends them. Each wait is bounded and fails with the whole output of the program. Tests that use them
 * carry {@code @Tag("interop")}. A missing program fails the test; it is never skipped.
 */
@NullMarked
package io.heddle.interop;

import org.jspecify.annotations.NullMarked;
