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

/** The options of a load run: targets, kind and amount of load, and duration. Immutable. */
public final class LoadOptions {
    private static final int MOST_CONNECTIONS = 1_000_000;
    private static final int MOST_BYTES = 1 << 24;
    private static final double HIGHEST_RATE = 1e7;
    private static final int REQUEST_BYTES = 1024;
    private static final int STREAM_BYTES = 64 * 1024;

    private final Builder values;
    private final List<Target> targets;

    /** The work of a virtual user. */
    public enum Mode {
        /** Connects, performs a handshake and closes, repeatedly. */
        HANDSHAKE,
        /** Sends requests and reads the responses over kept connections. */
        REQUEST,
        /** Sends or receives as many bytes as possible, or both. */
        STREAM
    }

    /** The direction of {@link Mode#STREAM}. */
    public enum Direction {
        /** To the server, which discards the bytes. */
        SEND,
        /** From the server, which sends unprompted. */
        RECEIVE,
        /** Both at the same time: the server sends the bytes back, or sends unprompted. */
        BOTH
    }

    /** The kind of resumption. */
    public enum ResumeWith {
        /** A ticket, in TLS 1.2 or 1.3. A session without a ticket is not offered. */
        TICKET,
        /** A session id, for servers with a session store. The client asks for no ticket, and does not offer TLS 1.3. */
        ID,
        /** A ticket or an id, as the server sends it. */
        ANY
    }

    /** A protocol that begins in plain text and changes to TLS. */
    public enum StartTls {
        /** STARTTLS of SMTP, RFC 3207. */
        SMTP,
        /** STARTTLS of IMAP, RFC 9051 6.2.1. */
        IMAP,
        /** STLS of POP3, RFC 2595 4. */
        POP3,
        /** The extended operation StartTLS of LDAP, RFC 4511 4.14. */
        LDAP,
        /** SSLRequest of PostgreSQL's protocol 3. */
        POSTGRES
    }

    /**
     * A server and the TLS options to connect with. Its figures are a {@link LoadResult.Group} of the same name.
     *
     * @param options host, port and the options of TLS
     */
    public record Target(String name, ConnectOptions options) {}

    private LoadOptions(Builder values, List<Target> targets) {
        this.values = values;
        this.targets = List.copyOf(targets);
    }

    /** Returns a builder with one target, named after its host and port. */
    public static Builder builder(ConnectOptions options) {
        return builder().target(options.host() + ":" + options.port(), options);
    }

    /** Returns a builder without targets. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns the targets. They are assigned to the virtual users in turn. */
    public List<Target> targets() {
        return targets;
    }

    /** Returns the mode. */
    public Mode mode() {
        return values.mode;
    }

    /** Returns the number of virtual users, each with one connection at a time. */
    public int connections() {
        return values.connections;
    }

    /** Returns the scheduled handshakes or requests per second; empty for a closed model. */
    public OptionalDouble rate() {
        return values.rate > 0 ? OptionalDouble.of(values.rate) : OptionalDouble.empty();
    }

    /** Returns the length of the measurement, unless a limit ends it earlier. */
    public Duration duration() {
        return values.duration;
    }

    /** Returns the number of handshakes or requests after which the measurement ends; empty for no limit. */
    public OptionalLong limit() {
        return values.limit > 0 ? OptionalLong.of(values.limit) : OptionalLong.empty();
    }

    /** Returns the length of the warm-up, which is not measured. */
    public Duration warmup() {
        return values.warmup;
    }

    /** Returns the share of handshakes that offer a session, 0 to 1. */
    public double resume() {
        return values.resume;
    }

    /** Returns the kind of resumption. */
    public ResumeWith resumeWith() {
        return values.resumeWith;
    }

    /** Returns the protocol before TLS, empty for none. */
    public Optional<StartTls> startTls() {
        return Optional.ofNullable(values.startTls);
    }

    /** Returns the path of the HTTP requests, empty if they are raw bytes. */
    public Optional<String> http() {
        return Optional.ofNullable(values.http);
    }

    /** Returns the bytes of a raw request and of its response; in a stream, the bytes of one write. */
    public int size() {
        return values.size > 0 ? values.size : values.mode == Mode.STREAM ? STREAM_BYTES : REQUEST_BYTES;
    }

    /** Returns the number of requests after which a connection is replaced; 0 for no limit. */
    public int requestsPerConnection() {
        return values.requestsPerConnection;
    }

    /** Returns the direction of a stream. */
    public Direction direction() {
        return values.direction;
    }

    /** Returns the local addresses, assigned in turn; empty if the system chooses. */
    public List<InetAddress> localAddresses() {
        return values.localAddresses;
    }

    /** Returns the longest timeout of a target. */
    Duration timeout() {
        return targets.stream()
                .map(target -> target.options().timeout())
                .max(Duration::compareTo)
                .orElseThrow();
    }

    /** Returns the listener for each second. */
    Consumer<LoadSecond> onSecond() {
        return values.onSecond;
    }

    /** A builder of options. Not thread-safe. */
    public static final class Builder {
        private final List<Target> targets = new ArrayList<>();
        private Mode mode = Mode.HANDSHAKE;
        private int connections = 100;
        private double rate;
        private Duration duration = Duration.ofSeconds(10);
        private boolean durationSet;
        private long limit;
        private @Nullable Mode limitOf;
        private Duration warmup = Duration.ZERO;
        private double resume;
        private ResumeWith resumeWith = ResumeWith.ANY;
        private @Nullable StartTls startTls;
        private @Nullable String http;
        private int size;
        private int requestsPerConnection;
        private Direction direction = Direction.BOTH;
        private boolean directionSet;
        private List<InetAddress> localAddresses = List.of();
        private Consumer<LoadSecond> onSecond = second -> {};

        private Builder() {}

        /**
         * Adds a target. The virtual users are spread over the targets, and each target is counted separately: another server name,
         * client certificate, cipher suite, group or version.
         *
         * @param name a unique name
         * @param options with a host and a port; the timeout applies to connecting, and to each request
         */
        public Builder target(String name, ConnectOptions options) {
            targets.add(new Target(name, options));
            return this;
        }

        /** Sets the mode. Default: {@link Mode#HANDSHAKE}. */
        public Builder mode(Mode value) {
            mode = value;
            return this;
        }

        /** Sets the number of virtual users, 1 to 1,000,000, each a virtual thread with one connection at a time. Default: 100. */
        public Builder connections(int number) {
            connections = (int) between("connections", number, 1, MOST_CONNECTIONS);
            return this;
        }

        /**
         * Sets the handshakes ({@link Mode#REQUEST}: requests) per second: an open model. Each has a scheduled time, from which its
         * latency counts even if all virtual users were busy, so that a stall of the server is not hidden (coordinated omission).
         * Default: a closed model, in which each virtual user starts the next one when the last is done.
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

        /** Sets the length of the measurement; what is in progress at its end completes. Default: 10 s, or none with a limit. */
        public Builder duration(Duration length) {
            duration = positive("duration", length);
            durationSet = true;
            return this;
        }

        /** Measures exactly this number of handshakes, including failed ones. For {@link Mode#HANDSHAKE}. */
        public Builder handshakes(long number) {
            return limit("handshakes", number, Mode.HANDSHAKE);
        }

        /** Measures exactly this number of requests, including failed ones. For {@link Mode#REQUEST}. */
        public Builder requests(long number) {
            return limit("requests", number, Mode.REQUEST);
        }

        private Builder limit(String option, long number, Mode of) {
            limit = between(option, number, 1, Long.MAX_VALUE);
            limitOf = of;
            return this;
        }

        /** Sets the length of the warm-up, which has the same load and is not measured. Default: 0. */
        public Builder warmup(Duration length) {
            if (length.isNegative()) {
                throw invalid("warmup: %s was given, 0 or more are allowed", length);
            }
            warmup = length;
            return this;
        }

        /**
         * Sets the share of handshakes that offer a session, 0 (the default) to 1. It is exact and spread evenly: of N handshakes
         * {@code floor(N * share)} offer one. Each virtual user has its own sessions; those of TLS 1.3 are used once. Before the run
         * each user makes one full handshake to obtain a session (a setup handshake), and another one when it has none left.
         */
        public Builder resume(double share) {
            if (!(share >= 0 && share <= 1)) {
                throw invalid("resume: %s was given, 0 to 1 is allowed", share);
            }
            resume = share;
            return this;
        }

        /** Sets the kind of resumption. Default: {@link ResumeWith#ANY}. */
        public Builder resumeWith(ResumeWith kind) {
            resumeWith = kind;
            return this;
        }

        /** Begins each connection in plain text and changes to TLS as this protocol does. Default: TLS from the first byte. */
        public Builder startTls(StartTls protocol) {
            startTls = protocol;
            return this;
        }

        /**
         * Sends HTTP/1.1 requests: {@code GET} with this path, over kept connections. Default: raw bytes, which the server sends
         * back. For {@link Mode#REQUEST}.
         *
         * @param path a path that begins with a slash and contains only printable ASCII
         */
        public Builder http(String path) {
            if (!path.matches("/[!-~]*")) {
                throw invalid("http: a path that begins with / and has printable ASCII only is needed");
            }
            http = path;
            return this;
        }

        /** Sets the bytes of a raw request; in a stream, of one write. 1 to 16 MiB; default: 1 KiB, in a stream 64 KiB. */
        public Builder size(int bytes) {
            size = (int) between("size", bytes, 1, MOST_BYTES);
            return this;
        }

        /** Sets the number of requests after which a connection is replaced. Default: no limit. For {@link Mode#REQUEST}. */
        public Builder requestsPerConnection(int number) {
            requestsPerConnection = (int) between("requestsPerConnection", number, 1, Integer.MAX_VALUE);
            return this;
        }

        /** Sets the direction of a stream. Default: {@link Direction#BOTH}. For {@link Mode#STREAM}. */
        public Builder direction(Direction value) {
            direction = value;
            directionSet = true;
            return this;
        }

        /** Sets the local addresses, assigned to the virtual users in turn; each has its own ports. Default: chosen by the system. */
        public Builder localAddresses(List<InetAddress> addresses) {
            localAddresses = List.copyOf(addresses);
            return this;
        }

        /** Sets a listener for each second, including the warm-up. It is called on a thread of the run and must not block. */
        public Builder onSecond(Consumer<LoadSecond> listener) {
            onSecond = listener;
            return this;
        }

        /**
         * Returns the options.
         *
         * @throws InvalidOption if they contradict each other
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
            for (Target destination : targets) {
                if (destination.options().port() == 0) {
                    throw invalid("target %s: a host and a port are needed", destination.name());
                }
            }
            if (targets.stream().map(Target::name).distinct().count() < targets.size()) {
                throw invalid("target: two have the same name");
            }
            if (targets.size() > connections) {
                throw invalid(
                        "connections: %d are too few for %d targets, each needs one", connections, targets.size());
            }
            if (limitOf != null && limitOf != mode) {
                throw invalid("%s: the mode is %s", limitOf == Mode.REQUEST ? "requests" : "handshakes", mode);
            }
            only(Mode.REQUEST, "http", http != null);
            only(Mode.REQUEST, "requestsPerConnection", requestsPerConnection > 0);
            only(Mode.STREAM, "direction", directionSet);
            if (mode == Mode.STREAM && rate > 0) {
                throw invalid("rate: a stream has none");
            }
            if (size > 0 && (http != null || mode == Mode.HANDSHAKE)) {
                throw invalid("size: %s", http != null ? "the server decides it over HTTP" : "handshakes have none");
            }
        }

        private void only(Mode needed, String option, boolean set) {
            if (set && mode != needed) {
                throw invalid("%s: the mode is %s, %s is needed", option, mode, needed);
            }
        }

        /** Returns the target for this kind of resumption: a TLS 1.2 server sends ids to clients that ask for no ticket. */
        private Target prepared(Target target) {
            if (resumeWith != ResumeWith.ID) {
                return target;
            }
            ConnectOptions options = target.options();
            if (!options.context().versions().contains(TlsVersion.TLS_1_2)) {
                throw invalid(
                        "resumeWith: sessions resume by id up to TLS 1.2, target %s speaks %s",
                        target.name(), options.context().versions());
            }
            return new Target(
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
