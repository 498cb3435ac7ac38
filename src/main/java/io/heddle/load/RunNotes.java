package io.heddle.load;

import io.heddle.load.LoadFigures.HandshakeCounts;
import io.heddle.load.LoadResult.Arrivals;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Sentences that qualify the figures of a run. */
final class RunNotes {
    private RunNotes() {}

    static List<String> of(
            LoadOptions options,
            LoadFigures total,
            HandshakeCounts setup,
            Optional<Arrivals> arrivals,
            LoadResult.ClientUsage client) {
        List<String> notes = new ArrayList<>();
        if (client.bottleneck()) {
            notes.add(bottleneck(client));
        }
        arrivals.filter(counts -> counts.behindSchedule() > 0 || counts.dropped() > 0)
                .ifPresent(counts -> notes.add(behindSchedule(options, counts)));
        HandshakeCounts handshakes = total.handshakes();
        if (handshakes.refused() > 0) {
            notes.add("the server refused %d of the %d offered sessions; those handshakes count as full"
                    .formatted(handshakes.refused(), handshakes.offered()));
        }
        if (handshakes.noSession() > 0) {
            notes.add((setup.failed() > 0
                            ? "%d handshakes had no session to offer, since setup handshakes failed"
                            : "%d handshakes had no session to offer, since the server sent none that could be used; those count as full")
                    .formatted(handshakes.noSession()));
        }
        if (setup.succeeded() > options.connections()) {
            notes.add(
                    ("the run made %d more full handshakes, not in the figures, to obtain sessions: the server sends too few to "
                                    + "resume the requested share")
                            .formatted(setup.succeeded() - options.connections()));
        }
        if (setup.failed() > 0) {
            notes.add("%d of %d setup handshakes failed, which obtain a session before the run"
                    .formatted(setup.failed(), setup.total()));
        }
        return notes;
    }

    private static String bottleneck(LoadResult.ClientUsage client) {
        return String.format(
                Locale.ROOT,
                "the client was the bottleneck: it used %.0f %% of %d processors%s; the figures describe the client rather "
                        + "than the server",
                100 * client.share(),
                client.processors(),
                client.machineShare().isPresent()
                        ? String.format(
                                Locale.ROOT,
                                " of a machine that was %.0f %% busy",
                                100 * client.machineShare().getAsDouble())
                        : "");
    }

    private static String behindSchedule(LoadOptions options, Arrivals arrivals) {
        return String.format(
                Locale.ROOT,
                "the rate was not reached: of %d scheduled arrivals %d began behind schedule, by up to %.1f ms, and %d were dropped, "
                        + "since all %d connections were busy; latencies count from the scheduled time",
                arrivals.scheduled(),
                arrivals.behindSchedule(),
                arrivals.maxDelay().toNanos() / 1e6,
                arrivals.dropped(),
                options.connections());
    }
}
