package io.heddle.load;

import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.HdrHistogram.Histogram;

/**
 * The measured figures of one target or of all, without the warm-up. Immutable.
 *
 * @param handshakes handshakes by outcome
 * @param requests requests by outcome
 * @param full latency of full handshakes, from connecting (with a rate in {@link LoadOptions.Mode#HANDSHAKE}: from the scheduled time) to
 *     the end of the handshake, TCP and STARTTLS included
 * @param resumed latency of resumed handshakes, measured in the same way
 * @param connect latency of the TCP connections of all successful handshakes
 * @param request latency of requests, from the first byte sent (with a rate: from the scheduled time) to the last byte received
 * @param bytesSent bytes of application data
 * @param bytesReceived bytes of application data
 * @param wireBytesSent bytes of all records and of STARTTLS, without TCP and IP headers
 * @param wireBytesReceived bytes of all records and of STARTTLS, without TCP and IP headers
 * @param failures the failures by code, the most frequent first
 * @param negotiated the number of handshakes by negotiated parameters
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
        List<Failure> failures,
        Map<Negotiation, Long> negotiated) {
    /** Copies lists and maps. */
    public LoadFigures {
        failures = List.copyOf(failures);
        negotiated = Map.copyOf(negotiated);
    }

    /**
     * Handshakes by outcome: full, resumed or failed.
     *
     * @param full successful full handshakes, with or without a session offered
     * @param resumed successful resumed handshakes
     * @param failed failed handshakes, including those whose TCP connection failed
     * @param offered handshakes that offered a session, whatever their outcome
     * @param refused full handshakes whose offered session the server refused
     * @param noSession handshakes that should have offered a session but had none, because the server had sent no usable one
     */
    public record HandshakeCounts(long full, long resumed, long failed, long offered, long refused, long noSession) {
        /** No handshakes. */
        public static final HandshakeCounts NONE = new HandshakeCounts(0, 0, 0, 0, 0, 0);

        /** Returns the number of successful handshakes. */
        public long succeeded() {
            return full + resumed;
        }

        /** Returns the number of all handshakes. */
        public long total() {
            return full + resumed + failed;
        }

        /** Returns the sums of both counts. */
        public HandshakeCounts plus(HandshakeCounts other) {
            return new HandshakeCounts(
                    full + other.full,
                    resumed + other.resumed,
                    failed + other.failed,
                    offered + other.offered,
                    refused + other.refused,
                    noSession + other.noSession);
        }
    }

    /**
     * Requests by outcome.
     *
     * @param succeeded requests that were answered completely; over HTTP with a status below 400
     * @param failed all others, including those without a connection
     */
    public record RequestCounts(long succeeded, long failed) {
        /** No requests. */
        public static final RequestCounts NONE = new RequestCounts(0, 0);

        private RequestCounts plus(RequestCounts other) {
            return new RequestCounts(succeeded + other.succeeded, failed + other.failed);
        }
    }

    /**
     * The negotiated parameters of a handshake.
     *
     * @param protocol the version, such as {@code TLSv1.3}
     * @param cipher OpenSSL's name of the cipher suite
     * @param group the group of the key exchange, empty if there was none
     * @param alpn the application protocol, empty if there was none
     */
    public record Negotiation(String protocol, String cipher, String group, String alpn) {}

    /**
     * Failures with the same code in the same phase.
     *
     * @param code the name of a {@link io.heddle.failure.TlsFailure.Code}, of an error of the operating system ({@code ECONNREFUSED},
     *     {@code ECONNRESET}, {@code ETIMEDOUT}), {@code HTTP_} with a status, {@code ERR_STARTTLS_REFUSED},
     *     {@code ERR_STARTTLS_INJECTED}, {@code ERR_WRONG_ANSWER}, or {@code ERR_UNFINISHED} for what the end of the run interrupted
     * @param count the number of failures
     * @param example the message of the first one
     */
    public record Failure(Phase phase, String code, long count, String example) {
        /** The phase of a connection. */
        public enum Phase {
            /** Until the end of the handshake: TCP, STARTTLS, TLS. */
            HANDSHAKE,
            /** During a request. */
            REQUEST,
            /** During a stream. */
            STREAM
        }
    }

    /** Returns the number of failures with a code, in all phases. */
    public long failed(String code) {
        return failures.stream()
                .filter(failure -> failure.code().equals(code))
                .mapToLong(Failure::count)
                .sum();
    }

    /** Returns the sums of the figures of all targets. */
    static LoadFigures sum(List<LoadFigures> targets) {
        return new LoadFigures(
                targets.stream().map(LoadFigures::handshakes).reduce(HandshakeCounts.NONE, HandshakeCounts::plus),
                targets.stream().map(LoadFigures::requests).reduce(RequestCounts.NONE, RequestCounts::plus),
                latency(targets, LoadFigures::full),
                latency(targets, LoadFigures::resumed),
                latency(targets, LoadFigures::connect),
                latency(targets, LoadFigures::request),
                sum(targets, LoadFigures::bytesSent),
                sum(targets, LoadFigures::bytesReceived),
                sum(targets, LoadFigures::wireBytesSent),
                sum(targets, LoadFigures::wireBytesReceived),
                failures(targets),
                negotiated(targets));
    }

    private static Latency latency(List<LoadFigures> targets, Function<LoadFigures, Latency> of) {
        Histogram sum = Latency.empty();
        targets.forEach(target -> sum.add(of.apply(target).histogram()));
        return new Latency(sum);
    }

    private static long sum(List<LoadFigures> targets, ToLongFunction<LoadFigures> of) {
        return targets.stream().mapToLong(of).sum();
    }

    private static List<Failure> failures(List<LoadFigures> targets) {
        Map<String, Failure> sums = new LinkedHashMap<>();
        targets.stream()
                .flatMap(target -> target.failures().stream())
                .forEach(failure -> sums.merge(
                        failure.phase() + failure.code(),
                        failure,
                        (a, b) -> new Failure(a.phase(), a.code(), a.count() + b.count(), a.example())));
        return sums.values().stream()
                .sorted(Comparator.comparingLong(Failure::count).reversed())
                .toList();
    }

    private static Map<Negotiation, Long> negotiated(List<LoadFigures> targets) {
        Map<Negotiation, Long> sums = new HashMap<>();
        targets.forEach(target -> target.negotiated().forEach((key, count) -> sums.merge(key, count, Long::sum)));
        return sums;
    }
}
