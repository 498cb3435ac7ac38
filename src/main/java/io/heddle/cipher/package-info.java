/** Versions, cipher suites, groups and signature schemes under every name users know them by, and the language of cipher lists. Null is refused everywhere unless marked. */
@NullMarked
package io.heddle.cipher;

import org.jspecify.annotations.NullMarked;
