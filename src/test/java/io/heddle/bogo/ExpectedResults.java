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
 * The tests that are not expected to pass. Each line of the file is a name, in which {@code *} stands for anything, a reason,
 * and a sentence that says more; {@code #} begins a comment. The first line that fits a test counts.
 */
final class ExpectedResults {
    /** Why a test does not pass. There is none for a defect: that is mended. */
    enum Reason {
        /** Heddle does not have what the test is about, or the shim has no way to it. */
        NOT_IMPLEMENTED,
        /** Heddle decides otherwise, as documented. */
        POLICY,
        /** The RFC leaves it open, or asks for what Heddle does, and the runner demands what BoringSSL does. */
        BORINGSSL,
        /** Heddle has another bound. */
        LIMIT,
        /** Passes, though a later line fits it as well. */
        PASSES,
        /** Passes over sockets; the engine of JSSE has no way to it. */
        SOCKETS,
        /** Passes or fails as the bytes come: neither is a difference. */
        TIMING;

        static Reason of(String word) {
            return valueOf(word.toUpperCase(Locale.ROOT).replace('-', '_'));
        }
    }

    private final Map<String, Reason> exact = new LinkedHashMap<>();
    private final Map<Pattern, Reason> patterns = new LinkedHashMap<>();
    private final Set<String> used = new HashSet<>();

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

    /** Returns why a test is expected not to pass, empty where it has to. A name without {@code *} goes before the others. */
    Optional<Reason> reason(String test) {
        Reason named = exact.get(test);
        if (named != null) {
            used.add(test);
            return named == Reason.PASSES ? Optional.empty() : Optional.of(named);
        }
        for (Map.Entry<Pattern, Reason> each : patterns.entrySet()) {
            if (each.getKey().matcher(test).matches()) {
                used.add(each.getKey().pattern());
                return each.getValue() == Reason.PASSES ? Optional.empty() : Optional.of(each.getValue());
            }
        }
        return Optional.empty();
    }

    /** Returns the names that fitted no test so far. */
    List<String> unused() {
        var unused = new ArrayList<>(exact.keySet());
        patterns.keySet().forEach(pattern -> unused.add(pattern.pattern()));
        unused.removeAll(used);
        return unused;
    }
}
