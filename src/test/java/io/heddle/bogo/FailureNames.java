package io.heddle.bogo;

import io.heddle.failure.TlsFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * BoringSSL's names for the failures of Heddle. Each line of the file has a code of Heddle and the names that it stands
 * for, any number of them: BoringSSL has more names than OpenSSL, and with it Heddle, has codes.
 */
final class FailureNames {
    private final Map<TlsFailure.Code, String> names;

    private FailureNames(Map<TlsFailure.Code, String> names) {
        this.names = names;
    }

    static FailureNames read(Path file) throws IOException {
        var names = new EnumMap<TlsFailure.Code, String>(TlsFailure.Code.class);
        for (String line : Files.readAllLines(file)) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            String[] words = line.trim().split("\\s+", -1);
            names.merge(
                    TlsFailure.Code.valueOf(words[0]),
                    Arrays.stream(words).skip(1).collect(Collectors.joining(":", ":", ":")),
                    String::concat);
        }
        return new FailureNames(names);
    }

    /** Returns BoringSSL's names with colons around each, empty for a failure without one. */
    String of(TlsFailure.Code code) {
        return names.getOrDefault(code, "");
    }
}
