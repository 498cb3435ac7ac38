package io.heddle.load.report;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A writer of HTML and SVG elements. Text and attributes are escaped here and nowhere else, so nothing that a server or a user has
 * written can become an element. Not thread-safe.
 */
final class Markup {
    private final StringBuilder written = new StringBuilder();
    private final Deque<String> open = new ArrayDeque<>();

    /** Returns markup that contains nothing from outside but what was escaped before. */
    static Markup trusted(String markup) {
        var trusted = new Markup();
        trusted.written.append(markup);
        return trusted;
    }

    /** Opens an element. Attributes are alternating names and values. */
    Markup open(String tag, Object... attributes) {
        start(tag, attributes);
        written.append('>');
        open.push(tag);
        return this;
    }

    /** Closes the innermost open element. */
    Markup close() {
        written.append("</").append(open.pop()).append('>');
        return this;
    }

    /** Writes an empty element. */
    Markup single(String tag, Object... attributes) {
        start(tag, attributes);
        written.append("/>");
        return this;
    }

    /** Writes an element that contains a text. */
    Markup element(String tag, Object text, Object... attributes) {
        return open(tag, attributes).text(text).close();
    }

    Markup text(Object text) {
        written.append(escaped(text.toString()));
        return this;
    }

    private void start(String tag, Object... attributes) {
        written.append('<').append(tag);
        for (int i = 0; i < attributes.length; i += 2) {
            written.append(' ')
                    .append(attributes[i])
                    .append("=\"")
                    .append(escaped(attributes[i + 1].toString()))
                    .append('"');
        }
    }

    /**
     * Returns the text with its special characters escaped. Control and format characters are spelled out, since they are invisible
     * or reverse the direction of the text after them.
     */
    static String escaped(String text) {
        var safe = new StringBuilder(text.length() + 16);
        text.codePoints().forEach(c -> {
            switch (c) {
                case '&' -> safe.append("&amp;");
                case '<' -> safe.append("&lt;");
                case '>' -> safe.append("&gt;");
                case '"' -> safe.append("&quot;");
                case '\'' -> safe.append("&#39;");
                case '\n' -> safe.append('\n');
                default -> {
                    if (visible(c)) {
                        safe.appendCodePoint(c);
                    } else {
                        safe.append("\\u{%x}".formatted(c));
                    }
                }
            }
        });
        return safe.toString();
    }

    private static boolean visible(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }

    @Override
    public String toString() {
        if (!open.isEmpty()) {
            throw new IllegalStateException("markup: unclosed elements " + open);
        }
        return written.toString();
    }
}
