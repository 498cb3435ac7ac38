/** Tests of the tables and of the cipher-list language. */
@NullMarked
package io.heddle.cipher;

import org.jspecify.annotations.NullMarked;
