package io.heddle.cipher;

import io.heddle.failure.InvalidOption;
import io.heddle.failure.TlsFailure;
import io.heddle.protocol.rules.SecurityLevel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An evaluation of OpenSSL's cipher-list language over the suites of TLS 1.2 and below (manual page {@code openssl-ciphers}).
 *
 * <p>Suites are initially in OpenSSL's order of preference; each element of the list moves those that it selects:
 *
 * <pre>
 *   list    = [ "DEFAULT" ] *( separator / element )      separator = ":" / "," / ";" / " "
 *   element = [ action ] word *( "+" word )   action = "-" put back / "!" throw out / "+" move to the end
 *           / "@STRENGTH"                     sort what is picked by key length, else keep the order
 *           / "@SECLEVEL=" ("0" .. "5")       set the security level
 * </pre>
 *
 * <p>An element without action selects: its suites move to the end of the selected ones; those already selected stay in place. An element with an unknown word is skipped up to the next separator; a separator between elements is optional if the next one starts with an action. An object evaluates one list; it is not thread-safe.
 */
final class CipherRules {
    private static final String DEFAULT = "ALL:!COMPLEMENTOFDEFAULT:!eNULL";
    private static final String SUITE_B_128 = "ECDHE-ECDSA-AES128-GCM-SHA256";
    private static final String SUITE_B_192 = "ECDHE-ECDSA-AES256-GCM-SHA384";

    private final String text;
    private List<Suite> waiting;
    private final List<Suite> picked = new ArrayList<>();
    private int securityLevel;
    private int at;
    private @Nullable String unknownWord;
    private int unknownAt;

    private CipherRules(String text, int start, int securityLevel) {
        this.text = text;
        this.at = start;
        this.securityLevel = securityLevel;
        this.waiting = new ArrayList<>(
                Suite.all().stream().filter(suite -> !suite.isTls13()).toList());
    }

    /**
     * Evaluates a list.
     *
     * @param text the list; the part before {@code start} is used for positions in messages only
     * @param securityLevel the level if the list sets none
     * @throws InvalidOption with {@code ERR_SSL_INVALID_COMMAND} at a character that cannot begin a word
     */
    static CipherRules run(String text, int start, int securityLevel) {
        var rules = new CipherRules(text, start, securityLevel);
        Optional<String> suiteB = suiteB(text.substring(start));
        if (suiteB.isPresent()) {
            rules.include(suiteB.get());
        } else {
            if (text.startsWith("DEFAULT", start)) {
                rules.include(DEFAULT);
                rules.at += "DEFAULT".length();
            }
            rules.run();
        }
        return rules;
    }

    /** Returns the selected suites in order, before the security level is applied. */
    List<Suite> picked() {
        return List.copyOf(picked);
    }

    /** Returns the level that the list set last, 0 to 5. */
    int securityLevel() {
        return securityLevel;
    }

    /** Returns the reason for an empty selection: the first unknown word and its position, or an empty text. */
    String reason() {
        return unknownWord == null
                ? ""
                : ", name \"%s\" at position %d is unknown".formatted(TlsFailure.printable(unknownWord), unknownAt);
    }

    /** A list that starts with the name of a Suite B profile (RFC 6460) is that profile; the rest is ignored. */
    private static Optional<String> suiteB(String list) {
        if (list.startsWith("SUITEB128ONLY")) {
            return Optional.of(SUITE_B_128);
        }
        if (list.startsWith("SUITEB128C2") || list.startsWith("SUITEB192")) {
            return Optional.of(SUITE_B_192);
        }
        return list.startsWith("SUITEB128") ? Optional.of(SUITE_B_128 + ":" + SUITE_B_192) : Optional.empty();
    }

    private void include(String list) {
        var inner = new CipherRules(list, 0, securityLevel);
        inner.run();
        waiting = inner.waiting;
        picked.addAll(inner.picked);
    }

    private void run() {
        while (at < text.length()) {
            char action = text.charAt(at);
            if (isSeparator(action)) {
                at++;
            } else if (action == '@') {
                at++;
                command();
            } else {
                if (action == '-' || action == '!' || action == '+') {
                    at++;
                }
                Optional<CipherPattern> pattern = element();
                if (pattern.isPresent()) {
                    apply(action, pattern.get());
                } else {
                    skipToSeparator();
                }
            }
        }
    }

    private Optional<CipherPattern> element() {
        Optional<CipherPattern> pattern = Optional.of(CipherPattern.ANY);
        boolean more = true;
        while (more && pattern.isPresent()) {
            int start = at;
            String word = word();
            more = at < text.length() && text.charAt(at) == '+';
            if (more) {
                at++;
            }
            Optional<CipherPattern> next = CipherPattern.of(word);
            if (next.isEmpty() && unknownWord == null) {
                unknownWord = word;
                unknownAt = start;
            }
            pattern = pattern.flatMap(had -> next.flatMap(had::and));
        }
        return pattern;
    }

    private void apply(char action, CipherPattern pattern) {
        switch (action) {
            case '-' -> waiting.addAll(0, take(picked, pattern));
            case '!' -> {
                take(picked, pattern);
                take(waiting, pattern);
            }
            case '+' -> picked.addAll(take(picked, pattern));
            default -> picked.addAll(take(waiting, pattern));
        }
    }

    private static List<Suite> take(List<Suite> from, CipherPattern pattern) {
        List<Suite> taken = from.stream().filter(pattern::matches).toList();
        from.removeIf(pattern::matches);
        return taken;
    }

    private void command() {
        int start = at - 1;
        String word = word();
        if (word.equals("STRENGTH")) {
            picked.sort(Comparator.comparingInt(Suite::strength).reversed());
        } else if (word.matches("SECLEVEL=[0-" + SecurityLevel.HIGHEST + "]")) {
            securityLevel = word.charAt(word.length() - 1) - '0';
        } else {
            throw invalid(start, "\"@%s\"".formatted(TlsFailure.printable(word)));
        }
        skipToSeparator();
    }

    private String word() {
        int start = at;
        while (at < text.length() && isWordPart(text.charAt(at))) {
            at++;
        }
        if (at == start) {
            String found = at < text.length() ? text.substring(at, text.offsetByCodePoints(at, 1)) : "";
            throw invalid(start, found.isEmpty() ? "the end" : "\"%s\"".formatted(TlsFailure.printable(found)));
        }
        return text.substring(start, at);
    }

    private void skipToSeparator() {
        while (at < text.length() && !isSeparator(text.charAt(at))) {
            at++;
        }
    }

    private InvalidOption invalid(int position, String found) {
        return new InvalidOption(
                "ERR_SSL_INVALID_COMMAND",
                "cipher list: \"%s\" has %s at position %d, allowed are names, @STRENGTH and @SECLEVEL=0 to @SECLEVEL=%d"
                        .formatted(TlsFailure.printable(text), found, position, SecurityLevel.HIGHEST));
    }

    private static boolean isSeparator(char c) {
        return c == ':' || c == ',' || c == ';' || c == ' ';
    }

    static boolean isWordPart(char c) {
        return (c >= 'A' && c <= 'Z')
                || (c >= 'a' && c <= 'z')
                || (c >= '0' && c <= '9')
                || c == '-'
                || c == '_'
                || c == '.'
                || c == '=';
    }
}
