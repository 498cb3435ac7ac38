package io.heddle.bench;

import java.time.Duration;

/** Handshakes while other connections of the same kind, in memory too, are idle. */
final class CrowdedHandshakes implements Workload {
    private final Crowd crowd = new Crowd();
    private final Handshakes handshakes;

    CrowdedHandshakes(TlsStack stack, Setup setup, int connections) throws Exception {
        for (int i = 0; i < connections; i++) {
            var pair = PipeSocket.Pair.make(1 + i % 60_000);
            crowd.add(Loopback.secure(stack, new Loopback.Ends(pair.client(), pair.server())));
            pair.client().trim();
        }
        handshakes = new Handshakes(stack, setup);
    }

    @Override
    public double run(Duration window) throws Exception {
        double units = handshakes.run(window);
        crowd.checkIdle();
        return units;
    }

    @Override
    public void close() throws Exception {
        handshakes.close();
        crowd.close();
    }
}
