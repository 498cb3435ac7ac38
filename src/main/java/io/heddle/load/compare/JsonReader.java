package io.heddle.load.compare;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON, RFC 8259, and nothing beside it: no comments, no second value, no name twice, no half of a surrogate pair, no number
 * that is not finite. Maps, lists, strings, {@link Double}, {@link Boolean} and null come out. Used once.
 *
 * <p>Why: the command writes JSON and reads it in this one place only, which is not worth a library.
 */
final class JsonReader {
    private static final int DEEPEST = 32;

    private final String text;
    private int at;

    private JsonReader(String text) {
        this.text = text;
    }

    /**
     * Returns the object that the text is.
     *
     * @throws IllegalArgumentException if it is none, with the position
     */
    static Map<String, @Nullable Object> object(String text) {
        var reader = new JsonReader(text);
        reader.space();
        if (reader.peek() != '{') {
            throw reader.wrong("an object is needed");
        }
        Map<String, @Nullable Object> object = reader.members(1);
        reader.space();
        if (reader.at < text.length()) {
            throw reader.wrong("nothing may follow the object");
        }
        return object;
    }

    private @Nullable Object value(int depth) {
        space();
        return switch (peek()) {
            case '{' -> members(depth + 1);
            case '[' -> elements(depth + 1);
            case '"' -> string();
            case 't' -> word("true", true);
            case 'f' -> word("false", false);
            case 'n' -> word("null", null);
            default -> number();
        };
    }

    private Map<String, @Nullable Object> members(int depth) {
        enter(depth);
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        space();
        if (took('}')) {
            return members;
        }
        do {
            space();
            int begin = at;
            String name = string();
            space();
            take(':');
            if (members.containsKey(name)) {
                at = begin;
                throw wrong("a name is there twice");
            }
            members.put(name, value(depth));
            space();
        } while (took(','));
        take('}');
        return members;
    }

    private List<@Nullable Object> elements(int depth) {
        enter(depth);
        List<@Nullable Object> elements = new ArrayList<>();
        space();
        if (took(']')) {
            return elements;
        }
        do {
            elements.add(value(depth));
            space();
        } while (took(','));
        take(']');
        return elements;
    }

    private void enter(int depth) {
        if (depth > DEEPEST) {
            throw wrong("it is nested more than %d deep".formatted(DEEPEST));
        }
        at++;
    }

    private String string() {
        take('"');
        var string = new StringBuilder();
        while (true) {
            char c = next();
            if (c == '"') {
                return whole(string);
            }
            if (c < ' ') {
                at--;
                throw wrong("a control character has to be escaped");
            }
            string.append(c == '\\' ? escaped() : c);
        }
    }

    private char escaped() {
        char c = next();
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> unicode();
            default -> throw wrong("there is no such escape");
        };
    }

    private char unicode() {
        int code = 0;
        for (int i = 0; i < 4; i++) {
            char c = next();
            int digit = c < 128 ? Character.digit(c, 16) : -1;
            if (digit < 0) {
                throw wrong("four hexadecimal digits are needed");
            }
            code = code << 4 | digit;
        }
        return (char) code;
    }

    private String whole(StringBuilder string) {
        String text = string.toString();
        if (text.codePoints().anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)) {
            throw wrong("half of a surrogate pair is no character");
        }
        return text;
    }

    private Double number() {
        int begin = at;
        took('-');
        if (!took('0')) {
            digits();
        }
        if (took('.')) {
            digits();
        }
        if (took('e') || took('E')) {
            if (!took('+')) {
                took('-');
            }
            digits();
        }
        double number = Double.parseDouble(text.substring(begin, at));
        if (Double.isInfinite(number)) {
            throw wrong("the number is too large");
        }
        return number;
    }

    private void digits() {
        int begin = at;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        if (at == begin) {
            throw wrong("a value is needed");
        }
    }

    private @Nullable Object word(String word, @Nullable Object meaning) {
        if (!text.startsWith(word, at)) {
            throw wrong("a value is needed");
        }
        at += word.length();
        return meaning;
    }

    private void space() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private char peek() {
        if (at >= text.length()) {
            throw wrong("it ends in the middle");
        }
        return text.charAt(at);
    }

    private char next() {
        char c = peek();
        at++;
        return c;
    }

    private boolean took(char c) {
        if (at < text.length() && text.charAt(at) == c) {
            at++;
            return true;
        }
        return false;
    }

    private void take(char c) {
        if (peek() != c) {
            throw wrong("'" + c + "' is needed");
        }
        at++;
    }

    private IllegalArgumentException wrong(String sentence) {
        return new IllegalArgumentException("at character %d: %s".formatted(at, sentence));
    }
}
