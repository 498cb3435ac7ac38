package io.heddle.load;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What whoever reads the figures has to know, as sentences. */
final class Remarks {
    private Remarks() {}

    static List<String> of(
            LoadOptions options,
            LoadFigures total,
            HandshakeCounts primers,
            Optional<Arrivals> arrivals,
            ClientUse client) {
        List<String> remarks = new ArrayList<>();
        if (client.bottleneck()) {
            remarks.add(bottleneck(client));
        }
        arrivals.filter(each -> each.late() > 0 || each.unstarted() > 0)
                .ifPresent(each -> remarks.add(late(options, each)));
        HandshakeCounts handshakes = total.handshakes();
        if (handshakes.refused() > 0) {
            remarks.add("the server refused %d of the %d sessions that were offered; those handshakes count as full"
                    .formatted(handshakes.refused(), handshakes.offered()));
        }
        if (handshakes.unoffered() > 0) {
            remarks.add((primers.failed() > 0
                            ? "%d handshakes were to offer a session and had none, since primers failed"
                            : "%d handshakes were to offer a session and had none, since the server sent none that could be used; "
                                    + "those count as full")
                    .formatted(handshakes.unoffered()));
        }
        if (primers.succeeded() > options.connections()) {
            remarks.add(
                    ("the server also made %d full handshakes during the run that are not in its figures, each to have a session: "
                                    + "it sends too few to resume as often as asked for")
                            .formatted(primers.succeeded() - options.connections()));
        }
        if (primers.failed() > 0) {
            remarks.add("%d of %d primers failed, the handshakes that earn a session before the run"
                    .formatted(primers.failed(), primers.total()));
        }
        return remarks;
    }

    private static String bottleneck(ClientUse client) {
        return String.format(
                Locale.ROOT,
                "the client was the bottleneck: it used %.0f %% of %d processors%s; the figures say more about it than about "
                        + "the server",
                100 * client.share(),
                client.processors(),
                client.machineShare().isPresent()
                        ? String.format(
                                Locale.ROOT,
                                " of a machine that was %.0f %% busy",
                                100 * client.machineShare().getAsDouble())
                        : "");
    }

    private static String late(LoadOptions options, Arrivals arrivals) {
        return String.format(
                Locale.ROOT,
                "the rate was not kept: of %d arrivals that were due %d began late, up to %.1f ms, and %d never, since all %d "
                        + "connections were busy; latencies count from when they were due",
                arrivals.due(),
                arrivals.late(),
                arrivals.latest().toNanos() / 1e6,
                arrivals.unstarted(),
                options.connections());
    }
}
