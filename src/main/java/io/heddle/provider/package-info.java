/**
 * The providers of cryptographic algorithms: the table that decides which provider runs what, the native providers that
 * are optional parts, and BouncyCastle's for what no other has. All are used as objects and never registered with the
 * JDK. Not exported. Null is refused everywhere unless marked.
 */
@NullMarked
package io.heddle.provider;

import org.jspecify.annotations.NullMarked;
