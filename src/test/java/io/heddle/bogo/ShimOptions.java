package io.heddle.bogo;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The options of the runner for one connection of a test: those without a prefix apply to each connection,
 * {@code -on-initial-} and {@code -on-resume-} restrict one to the first or to the later ones. Text is ISO 8859-1, a
 * character a byte.
 */
final class ShimOptions {
    private static final Set<String> SWITCHES = Set.of(
            "-check-close-notify",
            "-decline-alpn",
            "-decline-ocsp-callback",
            // A Heddle server accepts no early data, and a client sends none.
            "-enable-early-data",
            "-enable-ocsp-stapling",
            // It always does.
            "-enforce-rsa-key-usage",
            "-expect-extended-master-secret",
            "-expect-hrr",
            "-expect-no-hrr",
            "-expect-no-session",
            "-expect-no-session-id",
            "-expect-reject-early-data",
            // Heddle supports no other form of renegotiation.
            "-expect-secure-renegotiation",
            "-expect-session-id",
            "-expect-session-miss",
            "-expect-ticket-renewal",
            "-expect-verify-result",
            "-fail-ocsp-callback",
            "-forbid-renegotiation-after-handshake",
            "-handshake-never-done",
            "-handshake-twice",
            "-implicit-handshake",
            "-key-update",
            "-no-op-extra-handshake",
            "-no-ticket",
            "-no-tls1",
            "-no-tls11",
            "-no-tls12",
            "-no-tls13",
            "-reject-alpn",
            "-renew-ticket",
            "-renegotiate-freely",
            "-renegotiate-ignore",
            "-reverify-on-resume",
            "-require-any-client-certificate",
            "-select-empty-alpn",
            "-server",
            "-server-preference",
            "-set-ocsp-in-callback",
            "-shim-shuts-down",
            "-shim-writes-first",
            "-tls-unique",
            "-use-custom-verify-callback",
            "-use-early-callback",
            "-use-export-context",
            "-use-exporter-between-reads",
            "-use-ocsp-callback",
            "-use-old-client-cert-callback",
            "-use-ticket-callback",
            "-verify-fail",
            "-verify-peer",
            "-write-different-record-sizes");

    private static final Set<String> VALUES = Set.of(
            "-advertise-alpn",
            "-cert-file",
            "-cipher",
            "-curves",
            "-expect-advertised-alpn",
            "-expect-alpn",
            "-expect-cipher",
            "-expect-cipher-aes",
            "-expect-cipher-no-aes",
            "-expect-curve-id",
            "-expect-ocsp-response",
            "-expect-peer-cert-file",
            // Heddle has no name for it; the runner has no other algorithm in those tests, so that success proves it.
            "-expect-peer-signature-algorithm",
            "-expect-peer-verify-pref",
            "-expect-server-name",
            "-expect-total-renegotiations",
            "-expect-version",
            "-export-context",
            "-export-keying-material",
            "-export-label",
            "-host-name",
            "-key-file",
            "-max-send-fragment",
            "-max-version",
            "-min-version",
            "-ocsp-response",
            "-port",
            "-psk",
            "-psk-identity",
            "-read-size",
            "-resume-count",
            "-resumption-delay",
            "-select-alpn",
            "-signing-prefs",
            "-ticket-key",
            "-use-client-ca-list",
            "-verify-prefs");

    private final Map<String, List<String>> values = new HashMap<>();

    private ShimOptions() {}

    /** The options of the first connection, and of those that resume. */
    record OfTest(ShimOptions initial, ShimOptions resuming) {}

    /** @throws Unimplemented for an option that Heddle does not support */
    static OfTest parse(List<String> arguments) throws Unimplemented {
        var initial = new ShimOptions();
        var resuming = new ShimOptions();
        for (int i = 0; i < arguments.size(); i++) {
            String given = withoutPrefix(arguments.get(i), "-on-shim");
            String name = withoutPrefix(withoutPrefix(given, "-on-initial"), "-on-resume");
            boolean hasValue = VALUES.contains(name);
            if (!hasValue && !SWITCHES.contains(name)) {
                throw new Unimplemented(given);
            }
            String value = "";
            if (hasValue && ++i < arguments.size()) {
                value = arguments.get(i);
            }
            if (!given.startsWith("-on-resume-")) {
                initial.add(name, value);
            }
            if (!given.startsWith("-on-initial-")) {
                resuming.add(name, value);
            }
        }
        for (ShimOptions options : List.of(initial, resuming)) {
            options.refuseUnimplemented();
        }
        return new OfTest(initial, resuming);
    }

    private void refuseUnimplemented() throws Unimplemented {
        if (has("-enable-early-data") && !isServer()) {
            throw new Unimplemented("-enable-early-data of a client");
        }
        // Heddle names those that it trusts; the shim configures none.
        String authorities = text("-use-client-ca-list").orElse("<NULL>");
        if (!authorities.equals("<NULL>") && !authorities.equals("<EMPTY>")) {
            throw new Unimplemented("-use-client-ca-list");
        }
    }

    private static String withoutPrefix(String name, String prefix) {
        return name.startsWith(prefix + "-") ? name.substring(prefix.length()) : name;
    }

    private void add(String name, String value) {
        values.computeIfAbsent(name, any -> new ArrayList<>()).add(value);
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    /** Returns the last one. */
    Optional<String> text(String name) {
        return Optional.ofNullable(values.get(name)).map(List::getLast);
    }

    Optional<byte[]> bytes(String name) {
        return text(name).map(text -> text.getBytes(StandardCharsets.ISO_8859_1));
    }

    Optional<byte[]> base64(String name) {
        return text(name).map(Base64.getDecoder()::decode);
    }

    /** Returns 0 if there is none. */
    int number(String name) {
        return text(name).map(Integer::parseInt).orElse(0);
    }

    /** Returns those of all occurrences in their order. */
    List<Integer> numbers(String name) {
        return values.getOrDefault(name, List.of()).stream()
                .map(Integer::parseInt)
                .toList();
    }

    boolean isServer() {
        return has("-server");
    }
}
