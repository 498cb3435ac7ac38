/**
 * The layout of records, the buffers that hold them, and the limits on records of a peer. Null is refused everywhere
 * unless marked.
 */
@NullMarked
package io.heddle.engine.record;

import org.jspecify.annotations.NullMarked;
