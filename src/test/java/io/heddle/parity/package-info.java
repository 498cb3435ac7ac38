/**
 * The rows of the behaviour catalogue, shown end to end: each test's display name begins with the ids of its rows, and
 * {@code docs/node-parity.md} lists them all.
 */
@NullMarked
package io.heddle.parity;

import org.jspecify.annotations.NullMarked;
