package io.heddle.cipher;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The recorded output of {@code openssl ciphers -s -psk -v LIST} (OpenSSL 3.5, without configuration file, SRP and
 * NULL-MD5 left out).
 *
 * @param list the list, which stands in the first line after a {@code #}
 * @param lines the output
 */
record CipherTable(String file, String list, List<String> lines) {
    /** Returns all tables in {@code src/test/resources/ciphers}. */
    static List<CipherTable> all() {
        try (Stream<Path> files = Files.list(Path.of(Objects.requireNonNull(CipherTable.class.getResource("/ciphers"))
                .toURI()))) {
            return files.filter(file -> file.toString().endsWith(".txt"))
                    .sorted()
                    .map(CipherTable::read)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns the lines of a file there: hand-written cipher lists, one a line, some of them empty or with odd blanks. */
    static List<String> lists(String file) {
        try (var in = Objects.requireNonNull(CipherTable.class.getResourceAsStream("/ciphers/" + file))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static CipherTable read(Path file) {
        try {
            List<String> lines = Files.readAllLines(file);
            return new CipherTable(
                    file.getFileName().toString(),
                    lines.get(0).substring("# ".length()),
                    lines.subList(1, lines.size()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the names of the suites. */
    List<String> names() {
        return lines.stream().map(line -> line.substring(0, line.indexOf(' '))).toList();
    }

    @Override
    public String toString() {
        return file;
    }
}
