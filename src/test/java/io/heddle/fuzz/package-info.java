/** Hostile peers: changed and cut handshakes against both sides. */
@NullMarked
package io.heddle.fuzz;

import org.jspecify.annotations.NullMarked;
