/** Key and trust managers: those of JSSE in the terms of the engine, and Heddle's own for JSSE. Not exported. */
@NullMarked
package io.heddle.managers;

import org.jspecify.annotations.NullMarked;
