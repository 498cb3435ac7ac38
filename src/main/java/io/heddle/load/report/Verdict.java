package io.heddle.load.report;

import io.heddle.load.LoadFigures;
import io.heddle.load.LoadFigures.HandshakeCounts;
import io.heddle.load.LoadFigures.RequestCounts;
import io.heddle.load.LoadResult;

/**
 * The outcome of a run in one sentence.
 *
 * @param level how the outcome is presented
 */
record Verdict(Level level, String sentence) {
    enum Level {
        /** Something succeeded and nothing failed. */
        FINE,
        /** Something failed, or the client was the bottleneck. */
        DOUBTFUL,
        /** Nothing succeeded. */
        FAILED
    }

    static Verdict of(LoadResult result) {
        LoadFigures total = result.total();
        long failed =
                total.failures().stream().mapToLong(LoadFigures.Failure::count).sum();
        if (!result.succeeded()) {
            return new Verdict(Level.FAILED, "Nothing succeeded: " + failures(total, failed) + ".");
        }
        String sentence = "In " + Format.duration(result.elapsed()) + " "
                + switch (result.options().mode()) {
                    case HANDSHAKE -> handshakes(result, total.handshakes());
                    case REQUEST -> requests(result, total.requests());
                    case STREAM -> stream(result);
                }
                + "; "
                + failures(total, failed)
                + ".";
        return new Verdict(failed > 0 || result.client().bottleneck() ? Level.DOUBTFUL : Level.FINE, sentence);
    }

    private static String handshakes(LoadResult result, HandshakeCounts counts) {
        return "%s handshakes, %s a second: %s full and %s resumed"
                .formatted(
                        Format.count(counts.succeeded()),
                        Format.rate(result.perSecond(counts.succeeded())),
                        Format.count(counts.full()),
                        Format.count(counts.resumed()));
    }

    private static String requests(LoadResult result, RequestCounts counts) {
        return "%s requests, %s a second"
                .formatted(Format.count(counts.succeeded()), Format.rate(result.perSecond(counts.succeeded())));
    }

    private static String stream(LoadResult result) {
        return "%s sent and %s received, %s and %s a second"
                .formatted(
                        Format.bytes(result.total().bytesSent()),
                        Format.bytes(result.total().bytesReceived()),
                        Format.bytes(result.perSecond(result.total().bytesSent())),
                        Format.bytes(result.perSecond(result.total().bytesReceived())));
    }

    private static String failures(LoadFigures total, long failed) {
        if (failed == 0) {
            return "nothing failed";
        }
        LoadFigures.Failure first = total.failures().getFirst();
        return total.failures().size() == 1
                ? "%s failed with %s".formatted(Format.count(failed), first.code())
                : "%s failed, %s of them with %s"
                        .formatted(Format.count(failed), Format.count(first.count()), first.code());
    }
}
