/** One connection's machinery on BouncyCastle's bctls. Not exported. Null is refused everywhere unless marked. */
@NullMarked
package io.heddle.engine;

import org.jspecify.annotations.NullMarked;
