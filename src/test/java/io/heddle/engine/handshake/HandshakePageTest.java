package io.heddle.engine.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The tables of the package page name hooks and methods that exist, in the order of the source files. */
class HandshakePageTest {
    private static final Path SOURCES = Path.of("src/main/java/io/heddle/engine/handshake");
    private static final Pattern ROW = Pattern.compile("<tr><td>(.*?)</tr>");
    private static final Pattern METHOD = Pattern.compile("\\{@code (\\w+)\\.(\\w+)}");

    /** A method as the page names it. */
    private record Named(String type, String method) {
        static List<Named> in(String cell) {
            List<Named> found = new ArrayList<>();
            Matcher matcher = METHOD.matcher(cell);
            while (matcher.find()) {
                found.add(new Named(matcher.group(1), matcher.group(2)));
            }
            return found;
        }

        Class<?> owner() throws ClassNotFoundException {
            return Class.forName(HandshakePageTest.class.getPackageName() + "." + type);
        }

        boolean isDeclaredBy(Class<?> owner) {
            return Arrays.stream(owner.getDeclaredMethods()).anyMatch(this::isNameOf);
        }

        boolean isNameOf(Method declared) {
            return declared.getName().equals(method);
        }
    }

    /** Returns the cells of each row. */
    private static List<String[]> rows(String table) {
        List<String[]> rows = new ArrayList<>();
        Matcher matcher = ROW.matcher(table.replaceAll("\\s*\\n \\*\\s*", " "));
        while (matcher.find()) {
            rows.add(matcher.group(1).split("</td> *<td>|</td>", -1));
        }
        return rows;
    }

    private static List<String> tables() throws IOException {
        String page = Files.readString(SOURCES.resolve("package-info.java"));
        String[] parts = page.split("<table", -1);
        return Arrays.asList(parts).subList(1, parts.length);
    }

    @Test
    void every_row_has_a_hook_that_overrides_a_method_of_bctls() throws Exception {
        int hooks = 0;
        for (String table : tables()) {
            for (String[] cells : rows(table)) {
                List<Named> named = Named.in(cells[1]);
                assertThat(named).as(cells[1]).hasSize(1);
                Named hook = named.getFirst();
                assertThat(hook.isDeclaredBy(hook.owner()))
                        .as("%s exists", hook)
                        .isTrue();
                Class<?> base = hook.owner().getSuperclass();
                assertThat(base.getName()).startsWith("org.bouncycastle.tls.");
                // Those of bctls' interfaces as well.
                boolean overrides = Arrays.stream(base.getMethods()).anyMatch(hook::isNameOf);
                for (Class<?> type = base; type != null; type = type.getSuperclass()) {
                    overrides |= hook.isDeclaredBy(type);
                }
                assertThat(overrides).as("%s overrides a method of bctls", hook).isTrue();
                hooks++;
            }
        }
        assertThat(hooks).isGreaterThan(70);
    }

    @Test
    void every_other_method_exists() throws Exception {
        for (String table : tables()) {
            for (String[] cells : rows(table)) {
                for (Named named : Named.in(cells[2])) {
                    assertThat(named.isDeclaredBy(named.owner()))
                            .as("%s exists", named)
                            .isTrue();
                }
            }
        }
    }

    @Test
    void hooks_stand_in_their_files_in_the_order_of_the_table() throws Exception {
        for (String table : tables()) {
            Map<String, List<Named>> files = new HashMap<>();
            for (String[] cells : rows(table)) {
                Named hook = Named.in(cells[1]).getFirst();
                List<Named> hooks = files.computeIfAbsent(hook.type(), type -> new ArrayList<>());
                if (!hooks.contains(hook)) {
                    hooks.add(hook);
                }
            }
            assertThat(files).hasSize(2);
            for (Map.Entry<String, List<Named>> file : files.entrySet()) {
                String source = Files.readString(SOURCES.resolve(file.getKey() + ".java"));
                List<Integer> places = new ArrayList<>();
                for (Named hook : file.getValue()) {
                    Matcher declared = Pattern.compile(
                                    "\\n    (?:public|protected) [^;=]*\\b%s\\(".formatted(hook.method()))
                            .matcher(source);
                    assertThat(declared.find())
                            .as("%s stands in its file", hook)
                            .isTrue();
                    places.add(declared.end());
                }
                assertThat(places).as(file.getValue().toString()).isSorted();
            }
        }
    }

    @Test
    void every_hook_of_the_four_files_stands_in_a_table_or_is_a_setting() throws Exception {
        String page = Files.readString(SOURCES.resolve("package-info.java"));
        List<String> missing = new ArrayList<>();
        for (String type : List.of("ServerHandshake", "ClientHandshake")) {
            for (Method each :
                    Class.forName(getClass().getPackageName() + "." + type).getDeclaredMethods()) {
                boolean hook = Arrays.stream(Class.forName("org.bouncycastle.tls.TlsProtocol")
                                .getDeclaredMethods())
                        .anyMatch(method -> method.getName().equals(each.getName()));
                if (hook && !each.isSynthetic() && !page.contains("{@code " + type + "." + each.getName() + "}")) {
                    missing.add(type + "." + each.getName());
                }
            }
        }
        assertThat(missing).isEmpty();
    }
}
