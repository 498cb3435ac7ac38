/** How Heddle says that something went wrong: one exception, its codes, the alerts. A leaf that every other room may use. Null is refused everywhere unless marked. */
@NullMarked
package io.heddle.failure;

import org.jspecify.annotations.NullMarked;
