/**
 * Load runs beside each other: the figures of a run under their names, conditions on them, and what differs between two runs, with
 * how sure that is. Not exported: it serves the command.
 *
 * <p>No method takes or returns null.
 */
@NullMarked
package io.heddle.load.compare;

import org.jspecify.annotations.NullMarked;
