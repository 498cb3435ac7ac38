package io.heddle.session;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;

/** The recorded sessions and tickets of Node and OpenSSL under {@code src/test/resources/vectors}. */
final class Vectors {
    static final List<String> FILES = List.of(
            "tls12-session-client-ticket",
            "tls12-session-id-only",
            "tls12-ticket-crafted",
            "tls12-ticket-crafted-minimal",
            "tls12-ticket-from-node",
            "tls12-ticket-from-node-clientcert-alpn",
            "tls13-newsession-events",
            "tls13-resumption-clienthello-binder",
            "tls13-session-client-ticket",
            "tls13-ticket-crafted",
            "tls13-ticket-crafted-minimal",
            "tls13-ticket-from-node",
            "tls13-ticket-from-node-clientcert-alpn");

    private Vectors() {}

    static JsonObject file(String name) {
        try (Reader reader = new InputStreamReader(
                Objects.requireNonNull(Vectors.class.getResourceAsStream("/vectors/" + name + ".json")),
                StandardCharsets.UTF_8)) {
            return JsonParser.parseReader(reader).getAsJsonObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns every object in a file, at whatever depth, that has all these members. */
    static List<JsonObject> objects(String file, String... members) {
        List<JsonObject> found = new ArrayList<>();
        collect(file(file), List.of(members), found);
        return found;
    }

    /** Returns every session in a file: the members that end in {@code _der_hex}, but not the certificates. */
    static List<String> sessions(String file) {
        List<String> found = new ArrayList<>();
        collectSessions("", file(file), found);
        return found;
    }

    static byte[] hex(JsonObject object, String member) {
        return HexFormat.of().parseHex(object.get(member).getAsString());
    }

    static TicketKeys keys(JsonObject file) {
        return TicketKeys.fromBytes(hex(file, "ticket_keys_hex"));
    }

    private static void collect(JsonElement element, List<String> members, List<JsonObject> found) {
        if (element instanceof JsonObject object) {
            if (members.stream().allMatch(object::has)) {
                found.add(object);
            }
            object.entrySet().forEach(entry -> collect(entry.getValue(), members, found));
        } else if (element instanceof JsonArray array) {
            array.forEach(each -> collect(each, members, found));
        }
    }

    private static void collectSessions(String name, JsonElement element, List<String> found) {
        if (element instanceof JsonObject object) {
            object.entrySet().forEach(entry -> collectSessions(entry.getKey(), entry.getValue(), found));
        } else if (element instanceof JsonArray array) {
            array.forEach(each -> collectSessions(name, each, found));
        } else if (name.endsWith("_der_hex") && !name.equals("peer_der_hex")) {
            found.add(element.getAsString());
        }
    }
}
