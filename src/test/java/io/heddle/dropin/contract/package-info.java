/**
 * What the JDK documents for the types of {@code javax.net.ssl}, run on the JDK's own provider and on Heddle's, through that API
 * alone. Where Heddle means to differ a test says so, and docs/drop-in.md says why.
 */
@NullMarked
package io.heddle.dropin.contract;

import org.jspecify.annotations.NullMarked;
