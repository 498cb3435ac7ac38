/**
 * Reports of a load run: a self-contained HTML page and a picture, both written by {@link io.heddle.load.report.LoadReport}.
 *
 * <p>No method takes or returns null.
 */
@NullMarked
package io.heddle.load.report;

import org.jspecify.annotations.NullMarked;
