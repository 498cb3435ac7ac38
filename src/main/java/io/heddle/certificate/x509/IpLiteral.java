package io.heddle.certificate.x509;

import java.util.Arrays;
import java.util.Optional;

/**
 * An IP address in text form, parsed without a name lookup, and its canonical form: that of {@code inet_ntop}.
 *
 * <p>Node compares the addresses of a certificate and of a host name in that form, so it must be the same here.
 */
public final class IpLiteral {
    private final byte[] address;

    private IpLiteral(byte[] address) {
        this.address = address;
    }

    /**
     * Parses an address, empty if the text is not one. IPv4 is four decimal numbers without leading zeros; a zone after
     * {@code %} is cut off.
     */
    public static Optional<IpLiteral> parse(String text) {
        int zone = text.indexOf('%');
        if (zone >= 0 && (zone + 1 == text.length() || text.indexOf(':') < 0)) {
            return Optional.empty();
        }
        String address = zone < 0 ? text : text.substring(0, zone);
        byte[] bytes = new byte[address.indexOf(':') < 0 ? 4 : 16];
        boolean good = bytes.length == 4 ? parse4(address, bytes, 0) : parse6(address, bytes);
        return good ? Optional.of(new IpLiteral(bytes)) : Optional.empty();
    }

    /**
     * Returns whether the last label of a host is a number, decimal or hexadecimal; such a host is an IPv4 address or
     * nothing (WHATWG URL, "ends in a number").
     */
    public static boolean endsInNumber(String host) {
        String bare = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
        String last = bare.substring(bare.lastIndexOf('.') + 1);
        return !last.isEmpty() && (number(last) >= 0 || last.chars().allMatch(c -> c >= '0' && c <= '9'));
    }

    /**
     * Returns whether a host is an IPv4 address as resolvers and URLs allow it: one to four numbers, decimal, octal or
     * hexadecimal, of which the last one fills the rest of the 32 bits.
     */
    public static boolean isOtherSpelling(String host) {
        String[] parts = host.split("\\.", -1);
        if (parts.length > 4) {
            return false;
        }
        for (int i = 0; i < parts.length; i++) {
            long number = number(parts[i]);
            long limit = i < parts.length - 1 ? 1L << 8 : 1L << (8 * (5 - parts.length));
            if (number < 0 || number >= limit) {
                return false;
            }
        }
        return true;
    }

    /** Returns a number in C's notation, at most 33 bits of it, and -1 if the text is not one. */
    private static long number(String text) {
        boolean hexadecimal = text.startsWith("0x") || text.startsWith("0X");
        int radix = hexadecimal ? 16 : text.length() > 1 && text.startsWith("0") ? 8 : 10;
        String digits = hexadecimal ? text.substring(2) : text;
        if (text.isEmpty()) {
            return -1;
        }
        long number = 0;
        for (int i = 0; i < digits.length(); i++) {
            int digit = digits.charAt(i) < 0x80 ? Character.digit(digits.charAt(i), radix) : -1;
            if (digit < 0) {
                return -1;
            }
            number = Math.min(number * radix + digit, 1L << 33);
        }
        return number;
    }

    /** Returns the canonical form of 4 or 16 bytes in network order, empty for any other number of bytes. */
    static Optional<String> format(byte[] address) {
        if (address.length != 4 && address.length != 16) {
            return Optional.empty();
        }
        return Optional.of(new IpLiteral(address.clone()).toString());
    }

    /**
     * Returns the canonical form: dotted IPv4, or IPv6 in lower case with its longest run of zeros compressed
     * (RFC 5952).
     */
    @Override
    public String toString() {
        return address.length == 4 ? dotted(0) : hexadecimal();
    }

    private String dotted(int from) {
        return (address[from] & 0xff) + "." + (address[from + 1] & 0xff) + "." + (address[from + 2] & 0xff) + "."
                + (address[from + 3] & 0xff);
    }

    private String hexadecimal() {
        int longestAt = -1;
        int longest = 1; // a single zero group is not compressed
        for (int i = 0; i < 8; i++) {
            int run = 0;
            while (i + run < 8 && group(i + run) == 0) {
                run++;
            }
            if (run > longest) {
                longest = run;
                longestAt = i;
            }
            i += run;
        }
        var text = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            if (i == longestAt) {
                text.append("::");
                i += longest - 1;
                continue;
            }
            if (i > 0 && (longestAt < 0 || i != longestAt + longest)) {
                text.append(':');
            }
            boolean embedded = i == 6 && longestAt == 0 && (longest == 6 || (longest == 5 && group(5) == 0xffff));
            if (embedded) {
                return text.append(dotted(12)).toString();
            }
            text.append(Integer.toHexString(group(i)));
        }
        return text.toString();
    }

    private int group(int i) {
        return ((address[2 * i] & 0xff) << 8) | (address[2 * i + 1] & 0xff);
    }

    private static boolean parse4(String text, byte[] into, int at) {
        int from = 0;
        for (int i = 0; i < 4; i++) {
            int end = i == 3 ? text.length() : text.indexOf('.', from);
            if (end <= from || end - from > 3 || (end - from > 1 && text.charAt(from) == '0')) {
                return false;
            }
            int number = 0;
            for (int k = from; k < end; k++) {
                if (text.charAt(k) < '0' || text.charAt(k) > '9') {
                    return false;
                }
                number = 10 * number + text.charAt(k) - '0';
            }
            if (number > 255) {
                return false;
            }
            into[at + i] = (byte) number;
            from = end + 1;
        }
        return true;
    }

    private static boolean parse6(String text, byte[] into) {
        int at = 0;
        int gap = -1;
        int from = 0;
        if (text.startsWith("::")) {
            gap = 0;
            from = 2;
        }
        while (from < text.length()) {
            int end = text.indexOf(':', from);
            boolean last = end < 0;
            String group = text.substring(from, last ? text.length() : end);
            if (last && group.indexOf('.') >= 0) {
                if (at > 12 || !parse4(group, into, at)) {
                    return false;
                }
                at += 4;
                break;
            }
            int value = hex(group);
            if (value < 0 || at > 14) {
                return false;
            }
            into[at++] = (byte) (value >> 8);
            into[at++] = (byte) value;
            if (last) {
                break;
            }
            from = end + 1;
            if (from == text.length()) {
                return false; // a single colon at the end
            }
            if (text.charAt(from) == ':') {
                if (gap >= 0) {
                    return false;
                }
                gap = at;
                from++;
            }
        }
        if (gap < 0) {
            return at == 16;
        }
        if (at == 16) {
            return false;
        }
        System.arraycopy(into, gap, into, 16 - (at - gap), at - gap);
        Arrays.fill(into, gap, 16 - (at - gap), (byte) 0);
        return true;
    }

    private static int hex(String group) {
        if (group.isEmpty() || group.length() > 4) {
            return -1;
        }
        int value = 0;
        for (int i = 0; i < group.length(); i++) {
            int digit = group.charAt(i) < 128 ? Character.digit(group.charAt(i), 16) : -1;
            if (digit < 0) {
                return -1;
            }
            value = (value << 4) | digit;
        }
        return value;
    }
}
