package io.heddle.cli;

import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes maps, collections, strings, numbers, booleans and null as JSON, RFC 8259, on one line of ASCII: whatever the
 * terminal's character set and whatever a peer put into a name, a line stays a line and reads back the same.
 */
final class JsonLine {
    private JsonLine() {}

    static String of(Map<String, ? extends @Nullable Object> object) {
        var text = new StringBuilder();
        append(text, object);
        return text.toString();
    }

    private static void append(StringBuilder text, @Nullable Object value) {
        switch (value) {
            case null -> text.append("null");
            case Map<?, ?> map -> object(text, map);
            case Collection<?> list -> array(text, list);
            case Number number -> text.append(number);
            case Boolean truth -> text.append(truth.booleanValue());
            default -> string(text, value.toString());
        }
    }

    private static void object(StringBuilder text, Map<?, ?> map) {
        text.append('{');
        String separator = "";
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            string(text.append(separator), String.valueOf(entry.getKey()));
            append(text.append(':'), entry.getValue());
            separator = ",";
        }
        text.append('}');
    }

    private static void array(StringBuilder text, Collection<?> list) {
        text.append('[');
        String separator = "";
        for (Object element : list) {
            append(text.append(separator), element);
            separator = ",";
        }
        text.append(']');
    }

    private static void string(StringBuilder text, String value) {
        text.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '"', '\\' -> text.append('\\').append(c);
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                case '\t' -> text.append("\\t");
                default -> {
                    if (c < ' ' || c >= 127) {
                        text.append("\\u%04x".formatted((int) c));
                    } else {
                        text.append(c);
                    }
                }
            }
        }
        text.append('"');
    }
}
