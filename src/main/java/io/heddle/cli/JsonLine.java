package io.heddle.cli;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A writer of JSON objects in one line of printable ASCII, so that no control character of a peer reaches a terminal.
 */
final class JsonLine {
    private static final Gson GSON =
            new GsonBuilder().serializeNulls().disableHtmlEscaping().create();

    private JsonLine() {}

    static String of(Map<String, ? extends @Nullable Object> object) {
        String json = GSON.toJson(object);
        var line = new StringBuilder(json.length());
        for (int i = 0; i < json.length(); i++) {
            char c = json.charAt(i);
            if (c < 127) {
                line.append(c);
            } else {
                // Such characters occur only in strings, where this escape is allowed (RFC 8259 section 7).
                line.append("\\u%04x".formatted((int) c));
            }
        }
        return line.toString();
    }
}
