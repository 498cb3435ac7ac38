/**
 * The documented contracts of {@code javax.net.ssl}, run on the JDK's own provider and on Heddle's, through that API
 * alone. A test that depends on an intended difference of Heddle says so, and docs/drop-in.md gives the reason.
 */
@NullMarked
package io.heddle.dropin.contract;

import org.jspecify.annotations.NullMarked;
