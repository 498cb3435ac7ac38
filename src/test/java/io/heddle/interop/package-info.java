/**
 * The other programs that Heddle is tested against, as fixtures: {@link io.heddle.interop.Openssl} and
 * {@link io.heddle.interop.Node} start them, a {@link io.heddle.interop.RunningProgram} is talked to and ended by
 * {@code close}. Each wait has an end, and what did not come fails with everything that the program printed. Tests that
 * use them carry {@code @Tag("interop")}. A program that is missing fails the test; it is never skipped.
 */
@NullMarked
package io.heddle.interop;

import org.jspecify.annotations.NullMarked;
