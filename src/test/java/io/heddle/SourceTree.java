package io.heddle;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The Java sources below a folder, and the figures that can be read from them. */
final class SourceTree {
    /** The number of equal lines in a row that count as a duplicate. */
    static final int DUPLICATE = 6;

    private static final Pattern WORD = Pattern.compile("[A-Za-z]+");
    private static final Set<String> UNUSUAL = Set.of(
            "who",
            "whom",
            "whoever",
            "nobody",
            "somebody",
            "anybody",
            "anyone",
            "someone",
            "tell",
            "tells",
            "told",
            "speaks",
            "knows");

    /** A comment, or a literal, which may contain the delimiters of one. */
    private static final Pattern LITERAL_OR_COMMENT = Pattern.compile("\"\"\"(?:[^\"\\\\]++|\\\\.|\"(?!\"\"))*+\"\"\""
            + "|\"(?:[^\"\\\\\\n]++|\\\\.)*+\"|'(?:[^'\\\\\\n]++|\\\\.)++'|//[^\\n]*+|/\\*(?:[^*]++|\\*(?!/))*+\\*/");

    /** Lines that are equal everywhere: punctuation and keywords only. */
    private static final Pattern TRIVIAL = Pattern.compile(
            "[\\s{}();,]*|@\\w+|(import|package) .*|(\\} )?(else|finally|try) ?\\{?|return;|break;|default:");

    /** A source file, with its path from the root of the tree. */
    record Source(String path, String text) {
        String packageName() {
            int slash = path.lastIndexOf('/');
            return slash < 0 ? "" : path.substring(0, slash).replace('/', '.');
        }

        /** Returns the name of the top-level class of the file. */
        String className() {
            return path.substring(0, path.length() - ".java".length()).replace('/', '.');
        }

        int lines() {
            return (int) text.lines().count();
        }

        boolean describesPackage() {
            return path.endsWith("package-info.java") || path.endsWith("module-info.java");
        }
    }

    /** A run of lines that equals an earlier one. */
    record Duplicate(String place, String other, int lines) {
        @Override
        public String toString() {
            return "%s: %d lines as in %s".formatted(place, lines, other);
        }
    }

    /** The number of words in comments, and of those that are unusual in technical English. */
    record Words(int all, int unusual) {
        double perThousand() {
            return all == 0 ? 0 : 1000.0 * unusual / all;
        }
    }

    private record Line(int number, String text) {}

    private record Place(int source, int line) {}

    private final List<Source> sources = new ArrayList<>();

    SourceTree(Path root) {
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.filter(path -> path.toString().endsWith(".java"))
                    .sorted()
                    .toList()) {
                sources.add(new Source(root.relativize(file).toString().replace('\\', '/'), Files.readString(file)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the sources of classes, by package. */
    Map<String, List<Source>> packages() {
        Map<String, List<Source>> packages = new TreeMap<>();
        for (Source source : sources) {
            if (!source.describesPackage()) {
                packages.computeIfAbsent(source.packageName(), name -> new ArrayList<>())
                        .add(source);
            }
        }
        return packages;
    }

    Words wordsOfComments() {
        return words(sources);
    }

    static Words words(List<Source> sources) {
        int all = 0;
        int unusual = 0;
        for (Source source : sources) {
            var parts = LITERAL_OR_COMMENT.matcher(source.text);
            while (parts.find()) {
                if (parts.group().startsWith("/")) {
                    var words = WORD.matcher(parts.group());
                    while (words.find()) {
                        all++;
                        unusual += UNUSUAL.contains(words.group().toLowerCase(Locale.ROOT)) ? 1 : 0;
                    }
                }
            }
        }
        return new Words(all, unusual);
    }

    /** Returns the duplicated runs of lines. */
    List<Duplicate> duplicates() {
        List<List<Line>> code = sources.stream().map(SourceTree::code).toList();
        Map<String, Place> first = new HashMap<>();
        List<Duplicate> found = new ArrayList<>();
        for (int source = 0; source < code.size(); source++) {
            List<Line> lines = code.get(source);
            int line = 0;
            while (line + DUPLICATE <= lines.size()) {
                @Nullable Place other = first.putIfAbsent(window(lines, line), new Place(source, line));
                boolean overlaps = other != null && other.source == source && other.line + DUPLICATE > line;
                if (other == null || overlaps) {
                    line++;
                    continue;
                }
                int length = length(lines, line, code.get(other.source), other.line);
                found.add(new Duplicate(
                        place(source, lines.get(line)),
                        place(other.source, code.get(other.source).get(other.line)),
                        length));
                line += length;
            }
        }
        return found;
    }

    private String place(int source, Line line) {
        return sources.get(source).path + ":" + line.number;
    }

    private static String window(List<Line> lines, int from) {
        var text = new StringBuilder();
        for (Line line : lines.subList(from, from + DUPLICATE)) {
            text.append(line.text).append('\n');
        }
        return text.toString();
    }

    private static int length(List<Line> lines, int from, List<Line> others, int other) {
        int length = 0;
        while (from + length < lines.size()
                && other + length < others.size()
                && lines.get(from + length).text.equals(others.get(other + length).text)) {
            length++;
        }
        return length;
    }

    /** Returns the lines of code that are not trivial, without comments and with single spaces. */
    private static List<Line> code(Source source) {
        String bare = LITERAL_OR_COMMENT
                .matcher(source.text)
                .replaceAll(part -> Matcher.quoteReplacement(
                        part.group().startsWith("/") ? part.group().replaceAll("[^\\n]", "") : part.group()));
        List<Line> lines = new ArrayList<>();
        int number = 0;
        for (String line : bare.split("\n", -1)) {
            number++;
            String text = line.strip().replaceAll("\\s+", " ");
            if (!TRIVIAL.matcher(text).matches()) {
                lines.add(new Line(number, text));
            }
        }
        return lines;
    }
}
