package io.heddle.certificate.x509;

import java.util.ArrayList;
import java.util.List;

/** A parser of Node's text of alternative names, including the JSON literals in it; see {@link SubjectAltNames}. */
public final class AltNameList {
    private static final String SEPARATOR = ", ";

    private AltNameList() {}

    /** The failure of a literal that is incomplete or malformed. */
    public static final class Malformed extends Exception {
        private static final long serialVersionUID = 1L;

        Malformed(String message) {
            super(message);
        }
    }

    /** Returns the names with decoded literals; none for an empty text. */
    public static List<String> split(String text) throws Malformed {
        if (text.isEmpty()) {
            return List.of();
        }
        if (text.indexOf('"') < 0) {
            return List.of(text.split(SEPARATOR, -1));
        }
        List<String> names = new ArrayList<>();
        var name = new StringBuilder();
        int at = 0;
        while (at < text.length()) {
            int quote = text.indexOf('"', at);
            int comma = text.indexOf(SEPARATOR, at);
            if (quote >= 0 && (comma < 0 || quote < comma)) {
                name.append(text, at, quote);
                at = literal(text, quote + 1, name);
            } else {
                int end = comma < 0 ? text.length() : comma;
                name.append(text, at, end);
                names.add(name.toString());
                name.setLength(0);
                at = end + SEPARATOR.length();
                if (comma < 0) {
                    return names;
                }
            }
        }
        names.add(name.toString());
        return names;
    }

    /**
     * Appends the decoded literal that begins after an opening quote, and returns the index after its closing quote.
     */
    private static int literal(String text, int from, StringBuilder into) throws Malformed {
        int at = from;
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c == '"') {
                return at;
            }
            if (c < ' ') {
                throw new Malformed("a control character in a literal");
            }
            if (c != '\\') {
                into.append(c);
                continue;
            }
            if (at == text.length()) {
                break;
            }
            char escape = text.charAt(at++);
            switch (escape) {
                case '"', '\\', '/' -> into.append(escape);
                case 'b' -> into.append('\b');
                case 'f' -> into.append('\f');
                case 'n' -> into.append('\n');
                case 'r' -> into.append('\r');
                case 't' -> into.append('\t');
                case 'u' -> {
                    into.append(unicode(text, at));
                    at += 4;
                }
                default -> throw new Malformed("an unknown escape in a literal");
            }
        }
        throw new Malformed("a literal without an end");
    }

    private static char unicode(String text, int at) throws Malformed {
        if (at + 4 > text.length() || !text.substring(at, at + 4).matches("[0-9A-Fa-f]{4}")) {
            throw new Malformed("a broken escape in a literal");
        }
        return (char) Integer.parseInt(text, at, at + 4, 16);
    }
}
