package io.heddle.parity;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Member;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The second part of {@code docs/node-parity.md} contains each entry of Node's API, and the Java names and
 * tests in it exist.
 *
 * <p>A row has three cells. The first contains the entry: its code spans, or all its words where there are others as
 * well. The second begins with a code span, {@code Type} or {@code Type.member} of a public type, or is a dash. The
 * third contains tests or a reason.
 */
class ApiTableTest {
    private static final Pattern SPAN = Pattern.compile("`([^`]+)`");
    private static final Pattern REASON = Pattern.compile("(left out|no test): .+");
    private static final String NOTHING = "—";

    /** The form of a Java name: a type, or a type and its member. Codes and names of the JDK do not match. */
    private static final Pattern JAVA = Pattern.compile("[A-Z]\\w*[a-z]\\w*(\\.\\w+)*");

    private static final List<String> OF_THE_JDK = List.of(
            "SSLSocket",
            "SocketException",
            "IOException",
            "ConnectException",
            "BindException",
            "UnknownHostException",
            "BufferedOutputStream");

    private final Map<String, Class<?>> types = publicTypes();

    @Test
    void has_every_entry_of_the_inventory_in_its_table() throws IOException {
        Map<String, List<String>> inventory = inventory();
        Map<String, List<String>> tables = new LinkedHashMap<>();
        rows().forEach(row ->
                tables.computeIfAbsent(row.table(), none -> new ArrayList<>()).addAll(entries(row.entry())));

        assertThat(tables.keySet()).containsExactlyElementsOf(inventory.keySet());
        inventory.forEach((table, entries) ->
                assertThat(tables.get(table)).as(table).containsExactlyInAnyOrderElementsOf(entries));
    }

    @Test
    void each_java_name_exists() throws IOException {
        for (Row row : rows()) {
            List<String> spans = spans(row.java());
            for (String span : spans) {
                if (JAVA.matcher(span).matches() && !OF_THE_JDK.contains(span)) {
                    assertThat(exists(span)).as("%s: %s", row.entry(), span).isTrue();
                }
            }
            if (!row.java().equals(NOTHING)) {
                assertThat(row.java()).as(row.entry()).startsWith("`");
                assertThat(spans.getFirst()).as(row.entry()).matches(JAVA);
            }
        }
    }

    @Test
    void each_row_names_tests_that_exist_or_a_reason() throws IOException {
        for (Row row : rows()) {
            String where = row.table() + ": " + row.entry();
            boolean tested = !NamedTests.in(row.test(), where).isEmpty();
            if (!tested) {
                assertThat(row.test()).as(where).matches(REASON);
            }
            if (row.java().equals(NOTHING)) {
                assertThat(row.test()).as(where).startsWith("left out: ");
            }
        }
    }

    @Test
    void each_test_that_the_page_of_absent_features_names_exists() throws IOException {
        assertThat(NamedTests.in(Files.readString(Path.of("docs/absent.md")), "docs/absent.md"))
                .hasSizeGreaterThan(10);
    }

    @Test
    void a_name_that_does_not_exist_is_detected() {
        assertThat(exists("TlsServer.onKeylog")).isTrue();
        assertThat(exists("TlsSocket.getPeerCertificate")).isTrue();
        assertThat(exists("ConnectOptions.Builder.ca")).isTrue();
        assertThat(exists("TlsFailure.Code.ECONNRESET")).isTrue();
        assertThat(exists("TlsServer.onKeyLog")).isFalse();
        assertThat(exists("TlsServers")).isFalse();
    }

    private record Row(String table, String entry, String java, String test) {}

    private static List<Row> rows() throws IOException {
        List<Row> rows = new ArrayList<>();
        boolean names = false;
        String table = "";
        for (String line : Files.readAllLines(Path.of("docs/node-parity.md"))) {
            if (line.startsWith("## ")) {
                names = line.equals("## Names");
            } else if (line.startsWith("### ")) {
                table = line.substring(4);
            } else if (names && line.startsWith("| ") && !line.startsWith("| in Node |")) {
                String[] cells = line.split("\\|", -1);
                assertThat(cells).as(line).hasSize(5);
                rows.add(new Row(table, cells[1].strip(), cells[2].strip(), cells[3].strip()));
            }
        }
        return rows;
    }

    private static List<String> entries(String cell) {
        String between = SPAN.matcher(cell).replaceAll("").replace(",", "");
        return between.isBlank() ? spans(cell) : List.of(cell.replace("`", ""));
    }

    private static List<String> spans(String cell) {
        return SPAN.matcher(cell).results().map(span -> span.group(1)).toList();
    }

    /** Returns whether there is a public type of that name, or a public member of one, declared or inherited. */
    private boolean exists(String name) {
        if (types.containsKey(name)) {
            return true;
        }
        int dot = name.lastIndexOf('.');
        return dot > 0
                && Optional.ofNullable(types.get(name.substring(0, dot))).stream()
                        .flatMap(ApiTableTest::members)
                        .anyMatch(member -> member.getName().equals(name.substring(dot + 1)));
    }

    private static Stream<Member> members(Class<?> type) {
        return Stream.of(type.getMethods(), type.getFields()).flatMap(Stream::of);
    }

    private static Map<String, List<String>> inventory() {
        Map<String, List<String>> inventory = new LinkedHashMap<>();
        String table = "";
        for (String line : resource("/node-tls-inventory.txt")) {
            if (line.matches("\\[.+]")) {
                table = line.substring(1, line.length() - 1);
            } else {
                inventory.computeIfAbsent(table, none -> new ArrayList<>()).add(line);
            }
        }
        return inventory;
    }

    /** Returns the public types by the name in user code: {@code ConnectOptions.Builder}. */
    private static Map<String, Class<?>> publicTypes() {
        return resource("/public-types.txt").stream()
                .collect(Collectors.toMap(
                        name -> name.substring(name.lastIndexOf('.') + 1).replace('$', '.'), ApiTableTest::load));
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name, false, ApiTableTest.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new AssertionError(name, e);
        }
    }

    private static List<String> resource(String name) {
        try (var in = Objects.requireNonNull(ApiTableTest.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
