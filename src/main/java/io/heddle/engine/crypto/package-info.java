/** Crypto providers, record ciphers, signers and the exporter, on the crypto interfaces of BouncyCastle's bctls, and the translation of failures to its alerts. Null is refused everywhere unless marked. */
@NullMarked
package io.heddle.engine.crypto;

import org.jspecify.annotations.NullMarked;
