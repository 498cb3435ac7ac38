/** What outlives a connection: session state and its encoding, ticket keys, stores. Null is refused everywhere unless marked. */
@NullMarked
package io.heddle.session;

import org.jspecify.annotations.NullMarked;
