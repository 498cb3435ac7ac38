/** The heddle command. Null is refused everywhere unless marked. */
@NullMarked
package io.heddle.cli;

import org.jspecify.annotations.NullMarked;
