/** The handshake of a server and of a client, on BouncyCastle's bctls. Null is refused everywhere unless marked. */
@NullMarked
package io.heddle.engine.handshake;

import org.jspecify.annotations.NullMarked;
