/** TLS for virtual threads. */
@NullMarked
package io.heddle;

import org.jspecify.annotations.NullMarked;
