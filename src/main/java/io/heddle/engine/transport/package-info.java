/** The transports that carry records: sockets, channels and streams, with read deadlines and timeouts. Null is refused everywhere unless marked. */
@NullMarked
package io.heddle.engine.transport;

import org.jspecify.annotations.NullMarked;
