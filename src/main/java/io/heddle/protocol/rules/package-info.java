/**
 * Rules that several packages apply in the same way: the strengths of OpenSSL's security levels, and the equality of
 * host names. Not exported. Null is refused everywhere unless marked.
 */
@NullMarked
package io.heddle.protocol.rules;

import org.jspecify.annotations.NullMarked;
