package io.heddle.load;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import io.heddle.ConnectOptions;
import io.heddle.SecureOption;
import io.heddle.failure.InvalidOption;
import io.heddle.protocol.TlsVersion;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What load to put on whom, and for how long. Immutable. */
public final class LoadOptions {
    private static final int MOST_CONNECTIONS = 1_000_000;
    private static final int MOST_BYTES = 1 << 24;
    private static final double HIGHEST_RATE = 1e7;
    private static final int REQUEST_BYTES = 1024;
    private static final int STREAM_BYTES = 64 * 1024;

    private final Builder made;
    private final List<LoadTarget> targets;

    private LoadOptions(Builder made, List<LoadTarget> targets) {
        this.made = made;
        this.targets = List.copyOf(targets);
    }

    /** Returns a builder for one target, which is named after its host and port. */
    public static Builder builder(ConnectOptions options) {
        return builder().target(options.host() + ":" + options.port(), options);
    }

    /** Returns a builder without targets. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns whom to connect to. The virtual users take turns: the first user the first target, and so on. */
    public List<LoadTarget> targets() {
        return targets;
    }

    /** Returns what the virtual users do. */
    public LoadMode mode() {
        return made.mode;
    }

    /** Returns how many virtual users there are, each with one connection at a time. */
    public int connections() {
        return made.connections;
    }

    /** Returns how many handshakes or requests are due in a second; empty for as many as go through. */
    public OptionalDouble rate() {
        return made.rate > 0 ? OptionalDouble.of(made.rate) : OptionalDouble.empty();
    }

    /** Returns how long is measured, if no number ends it before. */
    public Duration duration() {
        return made.duration;
    }

    /** Returns how many handshakes or requests end it; empty if only the time does. */
    public OptionalLong limit() {
        return made.limit > 0 ? OptionalLong.of(made.limit) : OptionalLong.empty();
    }

    /** Returns how long the load is on before anything counts. */
    public Duration warmup() {
        return made.warmup;
    }

    /** Returns the share of handshakes that offer a session, 0 to 1. */
    public double resume() {
        return made.resume;
    }

    /** Returns what sessions are resumed with. */
    public ResumeWith resumeWith() {
        return made.resumeWith;
    }

    /** Returns what comes before TLS, empty for nothing. */
    public Optional<StartTls> startTls() {
        return Optional.ofNullable(made.startTls);
    }

    /** Returns the path of the HTTP requests, empty if they are raw bytes. */
    public Optional<String> http() {
        return Optional.ofNullable(made.http);
    }

    /** Returns how many bytes a raw request has, and its answer; in a stream, how many are written at once. */
    public int size() {
        return made.size > 0 ? made.size : made.mode == LoadMode.STREAM ? STREAM_BYTES : REQUEST_BYTES;
    }

    /** Returns after how many requests a connection is closed and made anew; 0 for never. */
    public int requestsPerConnection() {
        return made.requestsPerConnection;
    }

    /** Returns which way a stream goes. */
    public StreamDirection direction() {
        return made.direction;
    }

    /** Returns the addresses to connect from, taken in turn; empty if the system chooses. */
    public List<InetAddress> localAddresses() {
        return made.localAddresses;
    }

    /** Returns the longest time limit of a target. */
    Duration timeout() {
        return targets.stream()
                .map(each -> each.options().timeout())
                .max(Duration::compareTo)
                .orElseThrow();
    }

    /** Returns who hears of each second. */
    Consumer<LoadSecond> onSecond() {
        return made.onSecond;
    }

    /** Collects options. Not thread-safe. */
    public static final class Builder {
        private final List<LoadTarget> targets = new ArrayList<>();
        private LoadMode mode = LoadMode.HANDSHAKE;
        private int connections = 100;
        private double rate;
        private Duration duration = Duration.ofSeconds(10);
        private boolean durationSet;
        private long limit;
        private @Nullable LoadMode limitOf;
        private Duration warmup = Duration.ZERO;
        private double resume;
        private ResumeWith resumeWith = ResumeWith.ANY;
        private @Nullable StartTls startTls;
        private @Nullable String http;
        private int size;
        private int requestsPerConnection;
        private StreamDirection direction = StreamDirection.BOTH;
        private boolean directionSet;
        private List<InetAddress> localAddresses = List.of();
        private Consumer<LoadSecond> onSecond = second -> {};

        private Builder() {}

        /**
         * Adds a target. With several the virtual users are spread over them, and each is counted apart: another server name,
         * client certificate, suite, group or version.
         *
         * @param name unlike that of the others
         * @param options with a host and a port; the time limit is that of connecting, and of each request
         */
        public Builder target(String name, ConnectOptions options) {
            targets.add(new LoadTarget(name, options));
            return this;
        }

        /** Sets what the virtual users do. Default: {@link LoadMode#HANDSHAKE}. */
        public Builder mode(LoadMode what) {
            mode = what;
            return this;
        }

        /** Sets how many virtual users there are, 1 to 1,000,000, each a virtual thread with one connection at a time. Default: 100. */
        public Builder connections(int number) {
            connections = (int) between("connections", number, 1, MOST_CONNECTIONS);
            return this;
        }

        /**
         * Sets how many handshakes ({@link LoadMode#REQUEST}: requests) are due in a second: an open model. When each is due is
         * fixed in advance, and its latency counts from then, however busy the virtual users are, so that a server that stalls
         * is not flattered. Default: a closed model, in which each virtual user does the next thing when the last is done.
         *
         * @param perSecond more than 0, at most 10,000,000
         */
        public Builder rate(double perSecond) {
            if (!(perSecond > 0) || perSecond > HIGHEST_RATE) {
                throw invalid("rate: %s was given, more than 0 and at most %.0f are allowed", perSecond, HIGHEST_RATE);
            }
            rate = perSecond;
            return this;
        }

        /** Sets how long to measure; what is under way then is waited for. Default: 10 s, or no limit with a number. */
        public Builder duration(Duration length) {
            duration = positive("duration", length);
            durationSet = true;
            return this;
        }

        /** Measures exactly so many handshakes, failed ones included. For {@link LoadMode#HANDSHAKE}. */
        public Builder handshakes(long number) {
            return limit("handshakes", number, LoadMode.HANDSHAKE);
        }

        /** Measures exactly so many requests, failed ones included. For {@link LoadMode#REQUEST}. */
        public Builder requests(long number) {
            return limit("requests", number, LoadMode.REQUEST);
        }

        private Builder limit(String option, long number, LoadMode of) {
            limit = between(option, number, 1, Long.MAX_VALUE);
            limitOf = of;
            return this;
        }

        /** Sets how long the load is on before it counts. Default: not at all. */
        public Builder warmup(Duration length) {
            if (length.isNegative()) {
                throw invalid("warmup: %s was given, 0 or more are allowed", length);
            }
            warmup = length;
            return this;
        }

        /**
         * Sets the share of handshakes that offer a session, 0 (the default) to 1. It is spread evenly and exact: of N handshakes
         * {@code floor(N * share)} offer one. Each virtual user has its own sessions; those of TLS 1.3 are used once. Before the
         * run begins each user makes one full handshake to have a session (a primer), and another when it has none left.
         */
        public Builder resume(double share) {
            if (!(share >= 0 && share <= 1)) {
                throw invalid("resume: %s was given, 0 to 1 is allowed", share);
            }
            resume = share;
            return this;
        }

        /** Sets what sessions are resumed with. Default: whatever the server gave. */
        public Builder resumeWith(ResumeWith what) {
            resumeWith = what;
            return this;
        }

        /** Begins each connection in the clear, as this protocol does, and then changes to TLS. Default: TLS from the first byte. */
        public Builder startTls(StartTls protocol) {
            startTls = protocol;
            return this;
        }

        /**
         * Makes the requests HTTP/1.1: {@code GET} with this path, over connections that are kept. Default: raw bytes, which the
         * server sends back. For {@link LoadMode#REQUEST}.
         *
         * @param path begins with a slash, without spaces or control characters
         */
        public Builder http(String path) {
            if (!path.matches("/[!-~]*")) {
                throw invalid("http: a path that begins with / and has printable ASCII only is needed");
            }
            http = path;
            return this;
        }

        /** Sets how many bytes a raw request has, 1 to 16 MiB; in a stream, how many are written at once. Default: 1 KiB; 64 KiB in a stream. */
        public Builder size(int bytes) {
            size = (int) between("size", bytes, 1, MOST_BYTES);
            return this;
        }

        /** Sets after how many requests a connection is closed and made anew. Default: never. For {@link LoadMode#REQUEST}. */
        public Builder requestsPerConnection(int number) {
            requestsPerConnection = (int) between("requestsPerConnection", number, 1, Integer.MAX_VALUE);
            return this;
        }

        /** Sets which way a stream goes. Default: both. For {@link LoadMode#STREAM}. */
        public Builder direction(StreamDirection way) {
            direction = way;
            directionSet = true;
            return this;
        }

        /** Sets the addresses to connect from, each with its own ports; the virtual users take turns. Default: the system's choice. */
        public Builder localAddresses(List<InetAddress> addresses) {
            localAddresses = List.copyOf(addresses);
            return this;
        }

        /** Sets who hears of each second, of the warm-up too, on a thread of the run; should be quick. */
        public Builder onSecond(Consumer<LoadSecond> listener) {
            onSecond = listener;
            return this;
        }

        /**
         * Checks that everything fits together, and returns the options.
         *
         * @throws InvalidOption if something does not
         */
        public LoadOptions build() {
            check();
            Builder frozen = new Builder();
            frozen.mode = mode;
            frozen.connections = connections;
            frozen.rate = rate;
            frozen.duration = limit > 0 && !durationSet ? Duration.ofDays(1) : duration;
            frozen.limit = limit;
            frozen.warmup = warmup;
            frozen.resume = resume;
            frozen.resumeWith = resumeWith;
            frozen.startTls = startTls;
            frozen.http = http;
            frozen.size = size;
            frozen.requestsPerConnection = requestsPerConnection;
            frozen.direction = direction;
            frozen.localAddresses = localAddresses;
            frozen.onSecond = onSecond;
            return new LoadOptions(frozen, targets.stream().map(this::prepared).toList());
        }

        private void check() {
            if (targets.isEmpty()) {
                throw invalid("target: none was given");
            }
            for (LoadTarget each : targets) {
                if (each.options().port() == 0) {
                    throw invalid("target %s: a host and a port are needed", each.name());
                }
            }
            if (targets.stream().map(LoadTarget::name).distinct().count() < targets.size()) {
                throw invalid("target: two have the same name");
            }
            if (targets.size() > connections) {
                throw invalid(
                        "connections: %d are too few for %d targets, each needs one", connections, targets.size());
            }
            if (limitOf != null && limitOf != mode) {
                throw invalid("%s: the mode is %s", limitOf == LoadMode.REQUEST ? "requests" : "handshakes", mode);
            }
            only(LoadMode.REQUEST, "http", http != null);
            only(LoadMode.REQUEST, "requestsPerConnection", requestsPerConnection > 0);
            only(LoadMode.STREAM, "direction", directionSet);
            if (mode == LoadMode.STREAM && rate > 0) {
                throw invalid("rate: a stream has none");
            }
            if (size > 0 && (http != null || mode == LoadMode.HANDSHAKE)) {
                throw invalid("size: %s", http != null ? "the server decides it over HTTP" : "handshakes have none");
            }
        }

        private void only(LoadMode needed, String option, boolean set) {
            if (set && mode != needed) {
                throw invalid("%s: the mode is %s, %s is needed", option, mode, needed);
            }
        }

        /** Ids are given by servers of TLS 1.2 to clients that ask for no ticket. */
        private LoadTarget prepared(LoadTarget target) {
            if (resumeWith != ResumeWith.ID) {
                return target;
            }
            ConnectOptions options = target.options();
            if (!options.context().versions().contains(TlsVersion.TLS_1_2)) {
                throw invalid(
                        "resumeWith: sessions resume by id up to TLS 1.2, target %s speaks %s",
                        target.name(), options.context().versions());
            }
            return new LoadTarget(
                    target.name(),
                    options.toBuilder()
                            .secureContext(options.context().toBuilder()
                                    .secureOptions(SecureOption.NO_TICKET, SecureOption.NO_TLSV1_3)
                                    .build())
                            .build());
        }

        private static Duration positive(String option, Duration length) {
            if (length.isNegative() || length.isZero()) {
                throw invalid("%s: %s was given, more than 0 is allowed", option, length);
            }
            return length;
        }

        private static long between(String option, long number, long least, long most) {
            if (number < least || number > most) {
                throw new InvalidOption(
                        "ERR_OUT_OF_RANGE",
                        "%s: %d was given, %d to %d are allowed".formatted(option, number, least, most));
            }
            return number;
        }

        @FormatMethod
        private static InvalidOption invalid(@FormatString String format, Object... values) {
            return new InvalidOption("ERR_INVALID_ARG_VALUE", format.formatted(values));
        }
    }
}
