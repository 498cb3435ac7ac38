package io.heddle.load.compare;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A JSON object of a saved run. A member that is missing or of another type is an {@link IllegalArgumentException} with its path.
 *
 * @param path the path of the object in the file, empty for the outermost one
 */
record SavedObject(String path, JsonObject json) {
    /** Deeper than any result. Without a limit a file could overflow the stack. */
    private static final int DEEPEST = 32;

    /**
     * Parses a text that is one object.
     *
     * @throws IllegalArgumentException if it is not an object of RFC 8259, with the position if the parser reports one
     */
    static SavedObject parse(String text) {
        JsonElement read;
        try (var reader = new JsonReader(new StringReader(text))) {
            reader.setStrictness(Strictness.STRICT);
            reader.setNestingLimit(DEEPEST);
            read = JsonParser.parseReader(reader);
            if (reader.peek() != JsonToken.END_DOCUMENT) {
                throw new IllegalArgumentException("something follows it " + reader.getPath());
            }
        } catch (IOException | JsonParseException e) {
            throw new IllegalArgumentException("it is not JSON: " + reason(e), e);
        }
        if (!(read instanceof JsonObject object)) {
            throw new IllegalArgumentException("an object is needed");
        }
        return new SavedObject("", object);
    }

    /** Returns the parser's message without its second line, which refers to the manual of Gson. */
    private static String reason(Exception failure) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        return String.valueOf(cause.getMessage()).lines().findFirst().orElse("it is cut short");
    }

    String text(String name) {
        if (json.get(name) instanceof JsonPrimitive text && text.isString()) {
            return text.getAsString();
        }
        throw wrong(name, "a text");
    }

    /** Returns a number that is not negative. */
    double amount(String name) {
        if (json.get(name) instanceof JsonPrimitive number && number.isNumber()) {
            double amount = number.getAsDouble();
            if (amount >= 0 && Double.isFinite(amount)) {
                return amount;
            }
        }
        throw wrong(name, "a number that is not negative");
    }

    SavedObject object(String name) {
        return optionalObject(name).orElseThrow(() -> wrong(name, "an object"));
    }

    /** Returns the object; empty if the member is null. */
    Optional<SavedObject> optionalObject(String name) {
        JsonElement value = json.get(name);
        if (value instanceof JsonObject object) {
            return Optional.of(new SavedObject(path(name), object));
        }
        if (value != null && value.isJsonNull()) {
            return Optional.empty();
        }
        throw wrong(name, "an object");
    }

    List<SavedObject> objects(String name) {
        if (!(json.get(name) instanceof JsonArray list)) {
            throw wrong(name, "a list");
        }
        List<SavedObject> objects = new ArrayList<>(list.size());
        for (JsonElement element : list) {
            if (!(element instanceof JsonObject object)) {
                throw wrong(name, "a list of objects");
            }
            objects.add(new SavedObject(path(name), object));
        }
        return objects;
    }

    String path(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    private IllegalArgumentException wrong(String name, String needed) {
        return new IllegalArgumentException("%s: %s is needed".formatted(path(name), needed));
    }
}
