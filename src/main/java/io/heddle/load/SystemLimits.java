package io.heddle.load;

import io.heddle.failure.InvalidOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What this process may open.
 *
 * @param openFiles how many file descriptors it may have
 * @param usedFiles how many it has
 * @param firstPort of those that the system gives to connections
 * @param lastPort of those
 */
record SystemLimits(long openFiles, long usedFiles, int firstPort, int lastPort) {
    /** The most that is kept for jars, the report, and what the JVM opens in the meantime; a small limit keeps a quarter of it. */
    private static final int RESERVE = 50;

    /** Returns those of this machine; without any limit where it does not say. */
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
     * Refuses more connections than there can be.
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
        // To each place of its own a port may be used again.
        long places = options.targets().stream()
                .map(each -> each.options().host() + ":" + each.options().port())
                .distinct()
                .count();
        if (ports > 0 && connections > ports * addresses * places) {
            throw new InvalidOption(
                    "ERR_OUT_OF_RANGE",
                    ("connections: %d need as many local ports, the system has %d (net.ipv4.ip_local_port_range %d %d) for each of "
                                    + "%d local address(es); give more local addresses or take fewer")
                            .formatted(connections, ports, firstPort, lastPort, addresses));
        }
    }
}
