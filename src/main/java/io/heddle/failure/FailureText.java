package io.heddle.failure;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The text of a failure's message. A peer chooses some of the values in it, so the text is made safe in one place, for every
 * failure: one line of printable characters, of bounded length.
 */
final class FailureText {
    /** The longest message, in characters. */
    static final int LONGEST = 300;

    /** The longest text of a peer, in characters as they are printed. */
    static final int LONGEST_PEER_TEXT = 64;

    /** The longest list, in characters; two lists and a sentence fit into a message. */
    static final int LONGEST_LIST = 80;

    private static final String CUT = "...";

    private FailureText() {}

    /** Returns {@code format} with the values in it, lists among them cut. */
    static String of(String format, @Nullable Object... values) {
        @Nullable Object[] shown = new @Nullable Object[values.length];
        for (int i = 0; i < values.length; i++) {
            // What is in the list may be escaped already.
            shown[i] = values[i] instanceof Collection<?> several
                    ? list(new ArrayList<>(several), FailureText::element)
                    : values[i];
        }
        return format.formatted(shown);
    }

    /** Returns the text as one line of printable characters, at most {@link #LONGEST}. */
    static String line(String text) {
        var line = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            append(line, text.charAt(i));
            if (line.length() > LONGEST) {
                return cut(line, LONGEST - CUT.length());
            }
        }
        return line.toString();
    }

    /** Returns a line of which so many characters may be used for something else. */
    static String shortened(String line, int others) {
        return line.length() <= LONGEST - others ? line : cut(new StringBuilder(line), LONGEST - others - CUT.length());
    }

    /** Returns a peer's text in at most {@link #LONGEST_PEER_TEXT} characters of printable ASCII; the backslash is escaped as well. */
    static String printable(String peerText) {
        return shown(peerText, LONGEST_PEER_TEXT, true);
    }

    /** Returns as many elements as fit into {@link #LONGEST_LIST}, one at least, and the number of those that do not. */
    static <T> String list(List<T> elements, Function<? super T, String> text) {
        var shown = new StringBuilder("[");
        for (int i = 0; i < elements.size(); i++) {
            String element = text.apply(elements.get(i));
            if (i > 0 && shown.length() + element.length() > LONGEST_LIST) {
                return shown.append(", ... and ")
                        .append(elements.size() - i)
                        .append(" more]")
                        .toString();
            }
            shown.append(i == 0 ? "" : ", ").append(element);
        }
        return shown.append(']').toString();
    }

    /** An element may be a text that {@link #printable} has cut and escaped already. */
    private static String element(@Nullable Object element) {
        return shown(String.valueOf(element), LONGEST_PEER_TEXT + CUT.length(), false);
    }

    private static String shown(String text, int longest, boolean escapeBackslash) {
        var shown = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (escapeBackslash && c == '\\') {
                escape(shown, c);
            } else {
                append(shown, c);
            }
            if (shown.length() > longest) {
                return cut(shown, longest);
            }
        }
        return shown.toString();
    }

    private static void append(StringBuilder to, char c) {
        if (c >= ' ' && c < 127) {
            to.append(c);
        } else {
            escape(to, c);
        }
    }

    private static void escape(StringBuilder to, char c) {
        to.append("\\u%04x".formatted((int) c));
    }

    /** Cuts at a length, or before the escape that goes over it. */
    private static String cut(StringBuilder text, int length) {
        int escape = text.lastIndexOf("\\u", length - 1);
        boolean inside = escape >= 0 && escape + 6 > length;
        return text.substring(0, inside ? escape : length) + CUT;
    }
}
