package io.heddle.load.report;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Writes elements, of HTML or of SVG in it. Text and attributes are escaped here and nowhere else, so that nothing that a server
 * or a user has written can become an element. Not thread-safe.
 */
final class Markup {
    private final StringBuilder written = new StringBuilder();
    private final Deque<String> open = new ArrayDeque<>();

    /** Opens an element. Attributes are names and values in turn. */
    Markup open(String tag, Object... attributes) {
        start(tag, attributes);
        written.append('>');
        open.push(tag);
        return this;
    }

    /** Closes the element that was opened last. */
    Markup close() {
        written.append("</").append(open.pop()).append('>');
        return this;
    }

    /** Writes an element that has nothing in it and no end. */
    Markup single(String tag, Object... attributes) {
        start(tag, attributes);
        written.append("/>");
        return this;
    }

    /** Writes an element with text in it. */
    Markup element(String tag, Object text, Object... attributes) {
        return open(tag, attributes).text(text).close();
    }

    Markup text(Object text) {
        written.append(escaped(text.toString()));
        return this;
    }

    /** A new line, for those who read the source. */
    Markup line() {
        written.append('\n');
        return this;
    }

    /** Writes what stands between the tags of a style. Never anything that came from outside. */
    Markup style(String css) {
        written.append("<style>").append(css).append("</style>");
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

    /** Control and format characters would be invisible, or turn the direction of what follows: they are spelled out. */
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
            throw new IllegalStateException("markup: " + open + " are open");
        }
        return written.toString();
    }
}
