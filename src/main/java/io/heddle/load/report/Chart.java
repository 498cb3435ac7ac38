package io.heddle.load.report;

import java.util.List;

/**
 * A chart, not drawn yet.
 *
 * @param title what it is
 * @param description what it shows, for those who cannot see it
 */
record Chart(String title, String description, Axis x, Axis y, List<Series> series) {
    Chart {
        series = List.copyOf(series);
    }

    /** Returns whether there is nothing to draw. */
    boolean isEmpty() {
        return series.stream().allMatch(each -> each.points().isEmpty());
    }

    /** What a series is of; each has a colour and a dash of its own, the same in all charts. */
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
     * A line. Points are in the order of x.
     *
     * @param dots whether each point has a dot, since a line alone would not tell where it is
     */
    record Series(Kind kind, List<Point> points, boolean dots) {
        private static final int MOST_DOTS = 30;

        Series {
            points = List.copyOf(points);
        }

        /** A line between values that were measured; few of them have dots. */
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

    /** In the units of the axes. */
    record Point(double x, double y) {}
}
