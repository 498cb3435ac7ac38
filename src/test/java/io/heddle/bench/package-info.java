/**
 * Measurements: Heddle and the JDK's own TLS, in one JVM and in turns, so that both run on the same machine. Run by
 * {@code make bench}, explained in docs/benchmarks.md.
 */
@NullMarked
package io.heddle.bench;

import org.jspecify.annotations.NullMarked;
