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
 * An object of a file, asked for what it has to have. What is missing or of another kind is an {@link IllegalArgumentException} that
 * names it.
 *
 * @param path where it is, empty for the file itself
 */
record SavedObject(String path, JsonObject json) {
    /** More than any result has; without a bound a file could end the stack. */
    private static final int DEEPEST = 32;

    /**
     * Reads the one object that a text is.
     *
     * @throws IllegalArgumentException if it is none by RFC 8259, with the position where the reader knows it
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

    /** Returns what the reader says, without its second line, which sends the user to the reader's own manual. */
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

    /** Returns a number that counts or measures something, so that it is not negative. */
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

    /** Returns the object; empty if there is null in its place. */
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
        for (JsonElement each : list) {
            if (!(each instanceof JsonObject object)) {
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
