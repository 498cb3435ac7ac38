/**
 * Reports of one connection to its observers: a trace, the key log, and new sessions. Observers have no influence on
 * the connection. Null is refused everywhere unless marked.
 */
@NullMarked
package io.heddle.engine.handshake.trace;

import org.jspecify.annotations.NullMarked;
