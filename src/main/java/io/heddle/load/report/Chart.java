package io.heddle.load.report;

import java.util.List;

/**
 * A chart, independent of how it is drawn.
 *
 * @param description the content in words, for screen readers
 */
record Chart(String title, String description, Axis x, Axis y, List<Series> series) {
    Chart {
        series = List.copyOf(series);
    }

    /** Returns whether the chart has no points. */
    boolean isEmpty() {
        return series.stream().allMatch(line -> line.points().isEmpty());
    }

    /** The quantity of a series. Each has a colour and a dash pattern, the same in all charts. */
    enum Kind {
        FULL("full", "full"),
        RESUMED("resumed", "resumed"),
        REQUEST("requests", "request"),
        FAILED("failed", "failed"),
        SENT("sent", "full"),
        RECEIVED("received", "resumed"),
        PROCESSOR("processors busy", "processor");

        private final String title;
        private final String style;

        Kind(String title, String style) {
            this.title = title;
            this.style = style;
        }

        String title() {
            return title;
        }

        String style() {
            return style;
        }
    }

    /**
     * A line through points in ascending order of x.
     *
     * @param dots whether each point is marked by a dot
     */
    record Series(Kind kind, List<Point> points, boolean dots) {
        private static final int MOST_DOTS = 30;

        Series {
            points = List.copyOf(points);
        }

        /** Returns a line between measured values, with dots if they are few. */
        static Series of(Kind kind, List<Point> points) {
            return new Series(kind, points, points.size() <= MOST_DOTS);
        }

        double highest() {
            return points.stream().mapToDouble(Point::y).max().orElse(0);
        }

        double lowestPositive() {
            return points.stream()
                    .mapToDouble(Point::y)
                    .filter(y -> y > 0)
                    .min()
                    .orElse(0);
        }
    }

    /** A point in the units of the axes. */
    record Point(double x, double y) {}
}
