/** The key and trust managers: adapters of JSSE's for the engine, and Heddle's own for JSSE. Not exported. */
@NullMarked
package io.heddle.managers;

import org.jspecify.annotations.NullMarked;
