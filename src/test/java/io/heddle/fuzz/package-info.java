/** Hostile peers: modified and truncated handshakes, floods and faults against both sides. */
@NullMarked
package io.heddle.fuzz;

import org.jspecify.annotations.NullMarked;
