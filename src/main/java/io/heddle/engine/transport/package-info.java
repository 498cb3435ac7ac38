/**
 * The transports of records: sockets, channels and streams, with deadlines, and the threads that enforce them. Null is
 * refused everywhere unless marked.
 */
@NullMarked
package io.heddle.engine.transport;

import org.jspecify.annotations.NullMarked;
