package io.heddle.failure;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The formatter of failure messages. The peer chooses some of the values, so every message is sanitised in one place:
 * one line of printable characters of bounded length.
 */
final class FailureText {
    /** The longest message, in characters. */
    static final int LONGEST = 300;

    /** The longest text of a peer, in printed characters. */
    static final int LONGEST_PEER_TEXT = 64;

    /** The longest list, in characters; two lists and a sentence fit into a message. */
    static final int LONGEST_LIST = 80;

    private static final String CUT = "...";

    private FailureText() {}

    /** Returns {@code format} with the values; lists are truncated. */
    static String of(String format, @Nullable Object... values) {
        @Nullable Object[] shown = new @Nullable Object[values.length];
        for (int i = 0; i < values.length; i++) {
            // The elements of the list may already be escaped.
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

    /** Returns a line, shortened to leave room for {@code others} more characters. */
    static String shortened(String line, int others) {
        return line.length() <= LONGEST - others ? line : cut(new StringBuilder(line), LONGEST - others - CUT.length());
    }

    /**
     * Returns a peer's text as at most {@link #LONGEST_PEER_TEXT} characters of printable ASCII; backslashes are
     * escaped too.
     */
    static String printable(String peerText) {
        return shown(peerText, LONGEST_PEER_TEXT, true);
    }

    /** Returns as many elements as fit into {@link #LONGEST_LIST}, at least one, and the number of the omitted ones. */
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

    /** An element may be text that {@link #printable} has already truncated and escaped. */
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

    /** Truncates to a length, or before an escape sequence that crosses it. */
    private static String cut(StringBuilder text, int length) {
        int escape = text.lastIndexOf("\\u", length - 1);
        boolean inside = escape >= 0 && escape + 6 > length;
        return text.substring(0, inside ? escape : length) + CUT;
    }
}
