/**
 * State that outlives a connection: sessions and their encoding, ticket keys, stores. Null is refused everywhere
 * unless marked.
 */
@NullMarked
package io.heddle.session;

import org.jspecify.annotations.NullMarked;
