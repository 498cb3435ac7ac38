package io.heddle.load.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An object of a file, asked for what it has to have. What is missing or of another kind is an {@link IllegalArgumentException} that
 * names it.
 *
 * @param path where it is, empty for the file itself
 */
record JsonObject(String path, Map<String, @Nullable Object> members) {
    static JsonObject parse(String text) {
        return new JsonObject("", JsonReader.object(text));
    }

    String text(String name) {
        if (members.get(name) instanceof String text) {
            return text;
        }
        throw wrong(name, "a text");
    }

    /** Returns a number that counts or measures something, so that it is not negative. */
    double amount(String name) {
        if (members.get(name) instanceof Double number && number >= 0) {
            return number;
        }
        throw wrong(name, "a number that is not negative");
    }

    JsonObject object(String name) {
        return optionalObject(name).orElseThrow(() -> wrong(name, "an object"));
    }

    /** Returns the object; empty if there is null in its place. */
    Optional<JsonObject> optionalObject(String name) {
        Object value = members.get(name);
        if (value == null && members.containsKey(name)) {
            return Optional.empty();
        }
        if (value instanceof Map<?, ?> map) {
            return Optional.of(of(path(name), map));
        }
        throw wrong(name, "an object");
    }

    List<JsonObject> objects(String name) {
        if (!(members.get(name) instanceof List<?> list)) {
            throw wrong(name, "a list");
        }
        List<JsonObject> objects = new ArrayList<>();
        for (Object each : list) {
            if (!(each instanceof Map<?, ?> map)) {
                throw wrong(name, "a list of objects");
            }
            objects.add(of(path(name), map));
        }
        return objects;
    }

    String path(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    @SuppressWarnings("unchecked") // The reader makes no other maps.
    private static JsonObject of(String path, Map<?, ?> members) {
        return new JsonObject(path, (Map<String, @Nullable Object>) members);
    }

    private IllegalArgumentException wrong(String name, String needed) {
        return new IllegalArgumentException("%s: %s is needed".formatted(path(name), needed));
    }
}
