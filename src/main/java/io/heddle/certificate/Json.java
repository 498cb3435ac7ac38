package io.heddle.certificate;

import java.util.Collection;
import java.util.Map;

/** A writer of maps, lists, strings, numbers and booleans as JSON (RFC 8259) on one line. */
final class Json {
    private Json() {}

    static String write(Object value) {
        var text = new StringBuilder();
        append(text, value);
        return text.toString();
    }

    private static void append(StringBuilder text, Object value) {
        switch (value) {
            case Map<?, ?> map -> {
                String separator = "{";
                for (Map.Entry<?, ?> entry : map.entrySet()) {
                    string(text.append(separator), entry.getKey().toString());
                    append(text.append(':'), entry.getValue());
                    separator = ",";
                }
                text.append(map.isEmpty() ? "{}" : "}");
            }
            case Collection<?> list -> {
                String separator = "[";
                for (Object element : list) {
                    append(text.append(separator), element);
                    separator = ",";
                }
                text.append(list.isEmpty() ? "[]" : "]");
            }
            case Number number -> text.append(number);
            case Boolean truth -> text.append(truth.booleanValue());
            default -> string(text, value.toString());
        }
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
                case '\b' -> text.append("\\b");
                case '\f' -> text.append("\\f");
                default -> {
                    boolean lone = Character.isSurrogate(c) && !paired(value, i);
                    if (c < ' ' || lone) {
                        text.append("\\u%04x".formatted((int) c));
                    } else {
                        text.append(c);
                    }
                }
            }
        }
        text.append('"');
    }

    private static boolean paired(String value, int at) {
        return Character.isHighSurrogate(value.charAt(at))
                ? at + 1 < value.length() && Character.isLowSurrogate(value.charAt(at + 1))
                : at > 0 && Character.isHighSurrogate(value.charAt(at - 1));
    }
}
