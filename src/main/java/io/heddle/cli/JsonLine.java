package io.heddle.cli;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes an object of strings, numbers, truth values, nulls, lists and maps as JSON, in one line of printable ASCII: what a peer
 * sent reaches no terminal as it came.
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
                // Only strings have such characters in them, and there they may be written so (RFC 8259 section 7).
                line.append("\\u%04x".formatted((int) c));
            }
        }
        return line.toString();
    }
}
