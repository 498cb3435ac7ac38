package io.heddle.load;

import io.heddle.failure.InvalidOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * The limits of this process on connections.
 *
 * @param openFiles the limit of file descriptors
 * @param usedFiles the number of open file descriptors
 * @param firstPort the first of the ephemeral ports
 * @param lastPort the last of the ephemeral ports
 */
record SystemLimits(long openFiles, long usedFiles, int firstPort, int lastPort) {
    /** The most file descriptors that are reserved for jars, the report and the JVM; of a low limit a quarter is reserved. */
    private static final int RESERVE = 50;

    /** Returns the limits of this machine; no limits if the system does not report them. */
    static SystemLimits ofThisMachine() {
        int[] ports = ports();
        return new SystemLimits(openFilesLimit(), openNow(), ports[0], ports[1]);
    }

    private static long openFilesLimit() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/limits"))) {
            return lines.filter(line -> line.startsWith("Max open files"))
                    .map(line ->
                            line.substring("Max open files".length()).strip().replaceFirst("\\s.*", ""))
                    .filter(soft -> soft.matches("\\d{1,18}"))
                    .mapToLong(Long::parseLong)
                    .findFirst()
                    .orElse(Long.MAX_VALUE);
        } catch (IOException e) {
            return Long.MAX_VALUE;
        }
    }

    private static long openNow() {
        try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
            return files.count();
        } catch (IOException e) {
            return 0;
        }
    }

    private static int[] ports() {
        try {
            String[] range = Files.readString(Path.of("/proc/sys/net/ipv4/ip_local_port_range"))
                    .strip()
                    .split("\\s+", -1);
            return new int[] {Integer.parseInt(range[0]), Integer.parseInt(range[1])};
        } catch (IOException | NumberFormatException | ArrayIndexOutOfBoundsException e) {
            return new int[] {1, 0};
        }
    }

    /**
     * Refuses more connections than the limits allow.
     *
     * @throws InvalidOption {@code ERR_OUT_OF_RANGE}
     */
    void check(LoadOptions options) {
        int connections = options.connections();
        long reserve = Math.min(RESERVE, openFiles / 4);
        if (connections > openFiles - usedFiles - reserve) {
            throw new InvalidOption(
                    "ERR_OUT_OF_RANGE",
                    ("connections: %d need as many file descriptors, this process may open %d, has %d open and keeps %d in "
                                    + "reserve; raise the limit (ulimit -n) or take fewer")
                            .formatted(connections, openFiles, usedFiles, reserve));
        }
        long ports = lastPort - firstPort + 1L;
        long addresses = Math.max(1, options.localAddresses().size());
        // The same local port can be used for each remote address.
        long remotes = options.targets().stream()
                .map(target -> target.options().host() + ":" + target.options().port())
                .distinct()
                .count();
        if (ports > 0 && connections > ports * addresses * remotes) {
            throw new InvalidOption(
                    "ERR_OUT_OF_RANGE",
                    ("connections: %d need as many local ports, the system has %d (net.ipv4.ip_local_port_range %d %d) for each of "
                                    + "%d local address(es); give more local addresses or take fewer")
                            .formatted(connections, ports, firstPort, lastPort, addresses));
        }
    }
}
