/**
 * Measurements: Heddle and other TLS implementations, each in a JVM of its own and in turns, on the same machine. Run by
 * {@code make bench}, explained in docs/benchmarks.md.
 */
@NullMarked
package io.heddle.bench;

import org.jspecify.annotations.NullMarked;
