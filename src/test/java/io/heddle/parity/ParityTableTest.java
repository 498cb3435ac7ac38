package io.heddle.parity;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * The first part of {@code docs/node-parity.md} contains each row of the catalogue, and the tests that it names exist.
 */
class ParityTableTest {
    private static final Path TABLE = Path.of("docs/node-parity.md");

    /** The cell of a row without a test. */
    private static final Pattern REASON = Pattern.compile("does not apply: .+");

    @Test
    void has_every_row_of_the_catalogue_once() throws IOException {
        List<String> ids;
        try (var in = Objects.requireNonNull(ParityTableTest.class.getResourceAsStream("/node-tls-behaviours.csv"))) {
            ids = new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8)
                    .lines()
                    .skip(1)
                    .map(line -> line.substring(0, line.indexOf(',')))
                    .toList();
        }
        assertThat(ids).hasSize(299);
        assertThat(rows()).extracting(Row::id).containsExactlyInAnyOrderElementsOf(ids);
    }

    @Test
    void each_row_names_tests_that_exist_or_a_reason() throws IOException {
        for (Row row : rows()) {
            List<Method> tests = NamedTests.in(row.test(), row.id());
            if (tests.isEmpty()) {
                assertThat(row.test()).as(row.id()).matches(REASON);
            }
            for (Method method : tests) {
                if (method.getDeclaringClass().getPackageName().matches("io\\.heddle\\.(parity|certificate)")) {
                    assertThat(displayName(method))
                            .as("display name of " + method.getName())
                            .contains(row.id());
                }
            }
        }
    }

    @Test
    void each_id_in_a_display_name_is_a_row() throws IOException {
        List<String> ids = rows().stream().map(Row::id).toList();
        Map<String, String> unknown = new LinkedHashMap<>();
        for (Row row : rows()) {
            for (Method method : NamedTests.in(row.test(), row.id())) {
                String shown = displayName(method);
                Pattern.compile("[A-Z]{2,4}-\\d\\d")
                        .matcher(shown)
                        .results()
                        .map(MatchResult::group)
                        .filter(id -> !ids.contains(id))
                        .forEach(id -> unknown.put(id, shown));
            }
        }
        assertThat(unknown).isEmpty();
    }

    private record Row(String id, String test) {}

    private static List<Row> rows() throws IOException {
        List<Row> rows = new ArrayList<>();
        for (String line : Files.readAllLines(TABLE)) {
            if (line.matches("\\| [A-Z]+-\\d\\d .*")) {
                String[] cells = line.split("\\|", -1);
                assertThat(cells).as(line).hasSize(6);
                rows.add(new Row(cells[1].strip(), cells[4].strip()));
            }
        }
        return rows;
    }

    private static String displayName(Method method) {
        return Arrays.stream(method.getAnnotationsByType(DisplayName.class))
                .map(DisplayName::value)
                .findFirst()
                .orElse("");
    }
}
