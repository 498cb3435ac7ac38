package io.heddle.interop;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The output of one stream of a program, and the position up to which a test has consumed it. Guarded by its
 * program's lock.
 */
final class Transcript {
    // Beyond this length output is read and dropped, so that the program does not block.
    private static final int LONGEST = 16 << 20;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private int readUpTo;

    void add(byte[] buffer, int length) {
        bytes.write(buffer, 0, Math.min(length, LONGEST - bytes.size()));
    }

    byte[] bytes() {
        return bytes.toByteArray();
    }

    String text() {
        return bytes.toString(UTF_8);
    }

    boolean contains(String text) {
        return text().contains(text);
    }

    /** Returns whether {@code text} follows the consumed output, and if so consumes up to its end. */
    boolean next(String text) {
        String all = text();
        int found = all.indexOf(text, readUpTo);
        if (found < 0) {
            return false;
        }
        readUpTo = found + text.length();
        return true;
    }

    /** Returns the next complete line that contains a match of {@code pattern}, and consumes up to its end. */
    Optional<MatchResult> nextLine(Pattern pattern) {
        String all = text();
        int begin = readUpTo;
        for (int end = all.indexOf('\n', begin); end >= 0; end = all.indexOf('\n', begin)) {
            Matcher line = pattern.matcher(all.substring(begin, end).stripTrailing());
            begin = end + 1;
            if (line.find()) {
                readUpTo = begin;
                return Optional.of(line.toMatchResult());
            }
        }
        return Optional.empty();
    }
}
