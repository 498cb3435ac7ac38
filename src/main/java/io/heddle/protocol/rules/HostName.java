package io.heddle.protocol.rules;

import java.net.IDN;
import java.util.Optional;

/**
 * The equality of host names: the case of A to Z (RFC 4343) and a final dot (RFC 6066 3) are ignored. Characters beyond
 * ASCII are compared as they are; {@link #toAscii} gives the form that certificates, SNI and DNS carry.
 */
public final class HostName {
    private HostName() {}

    /** Returns whether two names are equal. */
    public static boolean same(String one, String other) {
        return canonical(one).equals(canonical(other));
    }

    /** Returns the form in which equal names are the same text: in lower case without a final dot. */
    public static String canonical(String name) {
        return lowerCase(withoutFinalDot(name));
    }

    /** Returns the name without one final dot, which marks a fully qualified name. */
    public static String withoutFinalDot(String name) {
        return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    }

    /**
     * Returns whether a name has a character that IDNA 2003, which the JDK implements, and IDNA 2008 map to different
     * names (UTS 46 section 7: sharp s, final sigma, joiners), so that it may denote two hosts.
     */
    public static boolean isAmbiguous(String name) {
        return name.chars().anyMatch(c -> c == 0xdf || c == 0x3c2 || c == 0x200c || c == 0x200d);
    }

    /**
     * Returns the ASCII form of a host name by IDNA 2003, without one final dot; empty if it has none: an ambiguous
     * name, one with an empty label or one that is too long, and one with blanks or control characters.
     */
    public static Optional<String> toAscii(String name) {
        if (isAmbiguous(name)) {
            return Optional.empty();
        }
        try {
            return Optional.of(IDN.toASCII(withoutFinalDot(name), IDN.ALLOW_UNASSIGNED))
                    .filter(ascii -> ascii.chars().allMatch(c -> c > ' ' && c <= '~'));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /**
     * Returns the name with A to Z in lower case; the name itself if it has none of these, as most names of a
     * handshake.
     */
    public static String lowerCase(String name) {
        int at = 0;
        while (at < name.length() && !isUpper(name.charAt(at))) {
            at++;
        }
        if (at == name.length()) {
            return name;
        }
        var lower = new StringBuilder(name.length());
        name.chars().forEach(c -> lower.append((char) (isUpper(c) ? c + ('a' - 'A') : c)));
        return lower.toString();
    }

    private static boolean isUpper(int c) {
        return c >= 'A' && c <= 'Z';
    }
}
