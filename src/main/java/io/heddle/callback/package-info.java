/**
 * The callbacks and listeners of the application that need no {@link io.heddle.TlsSocket}. A callback is asked for an
 * answer, a listener is informed of an event. Each is called on the thread of the connection unless its page says
 * otherwise, with no monitor held, and may block; an exception that it throws ends that connection.
 */
@NullMarked
package io.heddle.callback;

import org.jspecify.annotations.NullMarked;
