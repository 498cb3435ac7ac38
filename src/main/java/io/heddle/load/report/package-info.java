/**
 * What came of a load run, to look at: an HTML page that needs nothing beside itself, and a picture. {@link
 * io.heddle.load.report.LoadReport} makes both.
 *
 * <p>A chart is a {@link io.heddle.load.report.Chart}, made by a class of its own, and drawn by {@link
 * io.heddle.load.report.SvgPlot} or {@link io.heddle.load.report.PngPlot}, which know nothing of TLS.
 *
 * <p>No method takes or returns null.
 */
@NullMarked
package io.heddle.load.report;

import org.jspecify.annotations.NullMarked;
