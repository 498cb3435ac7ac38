/**
 * Failures: one exception for connections, its codes and alerts, and one for options. Every other package may use it.
 * Null is refused everywhere unless marked.
 */
@NullMarked
package io.heddle.failure;

import org.jspecify.annotations.NullMarked;
