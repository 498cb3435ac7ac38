/**
 * The sessions of a server as its connections use them: tickets, the store, and the application's listeners. Null is
 * refused everywhere unless marked.
 */
@NullMarked
package io.heddle.engine.handshake.sessions;

import org.jspecify.annotations.NullMarked;
