package io.heddle;

import io.heddle.failure.InvalidOption;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/**
 * A list of IP addresses, ranges and subnets, for the options {@link ServerOptions.Builder#blockList} and {@link
 * ConnectOptions.Builder#blockList}. Rules added later apply to connections that begin later. Thread-safe.
 *
 * <p>An IPv6 address that maps an IPv4 address ({@code ::ffff:192.0.2.1}) is that IPv4 address, as Java's addresses
 * are. Zones of IPv6 addresses are ignored.
 *
 * @see <a href="https://nodejs.org/api/net.html#class-netblocklist">Node net.BlockList</a>
 */
public final class BlockList implements Predicate<InetAddress> {
    private final List<Range> ranges = new CopyOnWriteArrayList<>();

    /** Creates a list without rules, which blocks nothing. */
    public BlockList() {}

    /** Adds one address. */
    public BlockList addAddress(InetAddress address) {
        byte[] bytes = address.getAddress();
        ranges.add(new Range("Address: " + text(address), bytes, bytes));
        return this;
    }

    /**
     * Adds the addresses from {@code start} to {@code end}, both included.
     *
     * @throws InvalidOption with {@code ERR_INVALID_ARG_VALUE} if {@code start} comes after {@code end} or they are of
     *     different families
     */
    public BlockList addRange(InetAddress start, InetAddress end) {
        byte[] first = start.getAddress();
        byte[] last = end.getAddress();
        if (first.length != last.length || Arrays.compareUnsigned(first, last) > 0) {
            throw new InvalidOption(
                    "ERR_INVALID_ARG_VALUE",
                    "blockList: the range from %s to %s was given, its start must come before its end and be of the same family"
                            .formatted(start.getHostAddress(), end.getHostAddress()));
        }
        ranges.add(new Range("Range: %s-%s".formatted(text(start), end.getHostAddress()), first, last));
        return this;
    }

    /**
     * Adds the addresses whose first {@code prefix} bits are those of {@code network}.
     *
     * @param prefix 0 to 32 for IPv4, 0 to 128 for IPv6
     * @throws InvalidOption with {@code ERR_OUT_OF_RANGE} for another prefix
     */
    public BlockList addSubnet(InetAddress network, int prefix) {
        byte[] first = network.getAddress();
        int bits = 8 * first.length;
        if (prefix < 0 || prefix > bits) {
            throw new InvalidOption(
                    "ERR_OUT_OF_RANGE",
                    "blockList: a prefix of %d bits was given for %s, 0 to %d are allowed"
                            .formatted(prefix, network.getHostAddress(), bits));
        }
        byte[] last = first.clone();
        for (int bit = prefix; bit < bits; bit++) {
            int mask = 0x80 >> (bit % 8);
            first[bit / 8] &= (byte) ~mask;
            last[bit / 8] |= (byte) mask;
        }
        ranges.add(new Range("Subnet: %s/%d".formatted(text(network), prefix), first, last));
        return this;
    }

    /** Returns whether a rule covers this address. Node's {@code blockList.check()}. */
    @Override
    public boolean test(InetAddress address) {
        byte[] bytes = address.getAddress();
        return ranges.stream().anyMatch(range -> range.covers(bytes));
    }

    /** Returns the rules in Node's form, such as {@code Subnet: IPv4 192.0.2.0/24}, in the order of adding. */
    public List<String> rules() {
        return ranges.stream().map(Range::rule).toList();
    }

    /** Returns the rules. */
    @Override
    public String toString() {
        return "BlockList" + rules();
    }

    private static String text(InetAddress address) {
        return (address instanceof Inet4Address ? "IPv4 " : "IPv6 ") + address.getHostAddress();
    }

    /** The addresses of a rule, from the first to the last; the arrays are not changed. */
    private record Range(String rule, byte[] first, byte[] last) {
        boolean covers(byte[] address) {
            return address.length == first.length
                    && Arrays.compareUnsigned(first, address) <= 0
                    && Arrays.compareUnsigned(address, last) <= 0;
        }
    }
}
