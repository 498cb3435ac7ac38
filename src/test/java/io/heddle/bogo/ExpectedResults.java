package io.heddle.bogo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The tests that are not expected to pass. Each line of the file is a name, in which {@code *} stands for any text, a
 * reason, and an explaining sentence; {@code #} begins a comment. The first line that matches a test applies.
 */
final class ExpectedResults {
    /** The reason why a test does not pass. There is none for a defect: defects are fixed. */
    enum Reason {
        /** Heddle lacks the feature under test, or the shim has no access to it. */
        NOT_IMPLEMENTED,
        /** Heddle differs, as documented. */
        POLICY,
        /** The RFC leaves it open, or requires Heddle's behaviour, and the runner demands that of BoringSSL. */
        BORINGSSL,
        /** Heddle has another limit. */
        LIMIT,
        /** Passes, although a later line matches it as well. */
        PASSES,
        /** Passes over sockets; the engine of JSSE has no access to it. */
        SOCKETS,
        /** Passes or fails depending on the arrival of the bytes: neither is a difference. */
        TIMING;

        static Reason of(String word) {
            return valueOf(word.toUpperCase(Locale.ROOT).replace('-', '_'));
        }
    }

    private final Map<String, Reason> exact = new LinkedHashMap<>();
    private final Map<Pattern, Reason> patterns = new LinkedHashMap<>();
    private final Set<String> matched = new HashSet<>();

    private ExpectedResults() {}

    static ExpectedResults read(Path file) throws IOException {
        var results = new ExpectedResults();
        for (String line : Files.readAllLines(file)) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            String[] words = line.trim().split("\\s+", 3);
            if (words.length < 3) {
                throw new IOException("%s: \"%s\" is not a name, a reason and a sentence".formatted(file, line));
            }
            results.add(words[0], Reason.of(words[1]));
        }
        return results;
    }

    private void add(String name, Reason reason) {
        if (name.contains("*")) {
            String[] parts = name.split("\\*", -1);
            var expression = new StringBuilder();
            for (int i = 0; i < parts.length; i++) {
                expression.append(i == 0 ? "" : ".*").append(Pattern.quote(parts[i]));
            }
            patterns.put(Pattern.compile(expression.toString()), reason);
        } else {
            exact.put(name, reason);
        }
    }

    /**
     * Returns why a test is not expected to pass, empty if it must. A name without {@code *} takes precedence
     * over the others.
     */
    Optional<Reason> reason(String test) {
        Reason named = exact.get(test);
        if (named != null) {
            matched.add(test);
            return named == Reason.PASSES ? Optional.empty() : Optional.of(named);
        }
        for (Map.Entry<Pattern, Reason> entry : patterns.entrySet()) {
            if (entry.getKey().matcher(test).matches()) {
                matched.add(entry.getKey().pattern());
                return entry.getValue() == Reason.PASSES ? Optional.empty() : Optional.of(entry.getValue());
            }
        }
        return Optional.empty();
    }

    /** Returns the names that have matched no test so far. */
    List<String> unused() {
        var unused = new ArrayList<>(exact.keySet());
        patterns.keySet().forEach(pattern -> unused.add(pattern.pattern()));
        unused.removeAll(matched);
        return unused;
    }
}
