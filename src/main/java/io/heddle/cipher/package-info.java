/**
 * Cipher suites, groups and signature schemes under all their names, and the language of cipher lists. Null is refused
 * everywhere unless marked.
 */
@NullMarked
package io.heddle.cipher;

import org.jspecify.annotations.NullMarked;
