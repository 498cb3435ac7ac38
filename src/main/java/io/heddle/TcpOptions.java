package io.heddle;

import io.heddle.failure.InvalidOption;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketOption;
import java.time.Duration;
import java.util.Optional;

/**
 * The options of the TCP sockets that are opened or accepted, by Node's names.
 *
 * @param keepAliveInitialDelay the idle time before the first probe, in whole seconds; empty for that of the system
 */
record TcpOptions(boolean noDelay, boolean keepAlive, Optional<Duration> keepAliveInitialDelay) {
    /** No delay, since records are written whole: waiting for more data would only delay them. */
    static final TcpOptions DEFAULT = new TcpOptions(true, false, Optional.empty());

    /** The largest delay that Linux accepts. */
    private static final Duration LONGEST_DELAY = Duration.ofSeconds(32767);

    TcpOptions withNoDelay(boolean on) {
        return new TcpOptions(on, keepAlive, keepAliveInitialDelay);
    }

    TcpOptions withKeepAlive(boolean on) {
        return new TcpOptions(noDelay, on, keepAliveInitialDelay);
    }

    /**
     * Returns these options with another delay.
     *
     * @throws InvalidOption outside 1 s to 32767 s, and if the JDK has no such option for sockets on this platform
     */
    TcpOptions withKeepAliveInitialDelay(Duration delay) {
        if (delay.compareTo(Duration.ofSeconds(1)) < 0 || delay.compareTo(LONGEST_DELAY) > 0) {
            throw new InvalidOption(
                    "ERR_OUT_OF_RANGE",
                    "keepAliveInitialDelay: %s was given, 1 s to 32767 s are allowed".formatted(delay));
        }
        if (KeepIdle.OPTION.isEmpty()) {
            throw new InvalidOption(
                    "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM",
                    "keepAliveInitialDelay: the sockets of this Java runtime have no option TCP_KEEPIDLE");
        }
        return new TcpOptions(noDelay, keepAlive, Optional.of(Duration.ofSeconds(delay.toSeconds())));
    }

    /** Refuses a delay of probes that are not sent. */
    TcpOptions check() {
        if (keepAliveInitialDelay.isPresent() && !keepAlive) {
            throw new InvalidOption(
                    "ERR_INVALID_ARG_VALUE", "keepAliveInitialDelay: it was set without keepAlive, which it is for");
        }
        return this;
    }

    void applyTo(Socket socket) throws IOException {
        socket.setTcpNoDelay(noDelay);
        if (keepAlive) {
            socket.setKeepAlive(true);
            if (keepAliveInitialDelay.isPresent()) {
                socket.setOption(KeepIdle.OPTION.orElseThrow(), (int)
                        keepAliveInitialDelay.get().toSeconds());
            }
        }
    }

    /**
     * The option TCP_KEEPIDLE, which belongs to the module jdk.net and is found by its name, so that no program needs
     * it.
     */
    private static final class KeepIdle {
        static final Optional<SocketOption<Integer>> OPTION = find();

        private static Optional<SocketOption<Integer>> find() {
            try (var socket = new Socket()) {
                return socket.supportedOptions().stream()
                        .filter(option -> option.name().equals("TCP_KEEPIDLE"))
                        .map(KeepIdle::ofSeconds)
                        .findFirst();
            } catch (IOException e) {
                return Optional.empty();
            }
        }

        @SuppressWarnings("unchecked")
        private static SocketOption<Integer> ofSeconds(SocketOption<?> option) {
            return (SocketOption<Integer>) option;
        }
    }
}
