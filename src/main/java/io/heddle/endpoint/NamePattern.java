package io.heddle.endpoint;

/**
 * A pattern of server names as Node's {@code addContext} takes it: each {@code *} stands for any number of characters
 * that are not dots, wherever it is and however many there are. All other characters stand for themselves. In lower
 * case, as are the names to match.
 *
 * <p>Immutable.
 */
record NamePattern(String text) {
    static boolean isPattern(String name) {
        return name.indexOf('*') >= 0;
    }

    /**
     * Returns the number of characters that are not {@code *}: the more there are, the more specific is the pattern.
     */
    int literals() {
        return (int) text.chars().filter(c -> c != '*').count();
    }

    /**
     * Returns whether a name matches.
     *
     * <p>Why not a regular expression: the name comes from the peer, and the time is bounded here by the product of
     * both lengths.
     */
    boolean matches(String name) {
        int at = 0;
        int in = 0;
        int star = -1;
        int retry = 0;
        while (in < name.length()) {
            if (at < text.length() && text.charAt(at) == '*') {
                star = at++;
                retry = in;
            } else if (at < text.length() && text.charAt(at) == name.charAt(in)) {
                at++;
                in++;
            } else if (star >= 0 && name.charAt(retry) != '.') {
                // The last star takes one character more.
                at = star + 1;
                in = ++retry;
            } else {
                return false;
            }
        }
        while (at < text.length() && text.charAt(at) == '*') {
            at++;
        }
        return at == text.length();
    }
}
