/**
 * Comparison of load runs: the figures of a run under their names, thresholds for them, and the changes between two runs with their
 * confidence intervals. Not exported: only the command uses it.
 *
 * <p>No method takes or returns null.
 */
@NullMarked
package io.heddle.load.compare;

import org.jspecify.annotations.NullMarked;
