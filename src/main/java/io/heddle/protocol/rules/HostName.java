package io.heddle.protocol.rules;

/**
 * The equality of host names: the case of A to Z (RFC 4343) and a final dot (RFC 6066 3) are ignored. Characters beyond
 * ASCII are compared as they are.
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

    /** Returns the name with A to Z in lower case; the name itself if it has none of these, as most names of a handshake. */
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
