/** The vocabulary of TLS that all other packages share. Null is refused everywhere unless marked. */
@NullMarked
package io.heddle.protocol;

import org.jspecify.annotations.NullMarked;
