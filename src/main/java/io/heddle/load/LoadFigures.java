package io.heddle.load;

import java.util.List;
import java.util.Map;

/**
 * What was measured, of one target or all. The warm-up is not in it. Immutable.
 *
 * @param handshakes how many handshakes came to what
 * @param requests how many requests came to what
 * @param full latency of full handshakes, from connecting (with a rate in {@link LoadMode#HANDSHAKE}: from when it was due) to the
 *     end of the handshake; TCP and STARTTLS included
 * @param resumed the same of resumed ones
 * @param connect latency of the TCP connections of all successful handshakes
 * @param request latency of requests, from the first byte sent (with a rate: from when it was due) to the last one received
 * @param bytesSent application data
 * @param bytesReceived application data
 * @param wireBytesSent everything below, the handshakes included, without what TCP adds
 * @param wireBytesReceived the same
 * @param failures what failed, the most frequent first
 * @param negotiated how often what was agreed on
 */
public record LoadFigures(
        HandshakeCounts handshakes,
        RequestCounts requests,
        Latency full,
        Latency resumed,
        Latency connect,
        Latency request,
        long bytesSent,
        long bytesReceived,
        long wireBytesSent,
        long wireBytesReceived,
        List<LoadFailure> failures,
        Map<Negotiation, Long> negotiated) {
    /** Copies lists and maps. */
    public LoadFigures {
        failures = List.copyOf(failures);
        negotiated = Map.copyOf(negotiated);
    }

    /** Returns how often something failed with this code, in all phases. */
    public long failed(String code) {
        return failures.stream()
                .filter(each -> each.code().equals(code))
                .mapToLong(LoadFailure::count)
                .sum();
    }
}
