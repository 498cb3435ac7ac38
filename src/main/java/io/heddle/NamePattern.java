package io.heddle;

/**
 * A pattern of server names as Node's {@code addContext} takes it: each {@code *} stands for any characters but a dot, also for
 * none, wherever it stands and however often. Everything else stands for itself. In lower case, as are the names it is asked about.
 *
 * <p>Immutable.
 */
record NamePattern(String text) {
    static boolean isPattern(String name) {
        return name.indexOf('*') >= 0;
    }

    /** Returns how many characters a name must have as they are here: the more, the more specific is the pattern. */
    int literals() {
        return (int) text.chars().filter(each -> each != '*').count();
    }

    /**
     * Returns whether a name is meant.
     *
     * <p>Why not a regular expression: the name is a peer's, and the time for it is bounded here by the product of both lengths.
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
