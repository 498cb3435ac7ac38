package io.heddle.interop;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What one stream of a program has printed, and up to where a test has read it. Guarded by its program's lock. */
final class Transcript {
    // A program that prints more is not remembered further, only read on, so that it does not block.
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

    /** Returns whether {@code text} follows what was read, and if so reads up to its end. */
    boolean next(String text) {
        String all = text();
        int found = all.indexOf(text, readUpTo);
        if (found < 0) {
            return false;
        }
        readUpTo = found + text.length();
        return true;
    }

    /** Returns the next line that is complete and in which {@code pattern} is found, and reads up to its end. */
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
