package io.heddle.load.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An HTML template beside this class, in a subset of Mustache:
 *
 * <pre>
 * {{name}}                    a text, escaped
 * {{{name}}}                  a {@link Markup}, as it is; any other value is refused
 * {{#name}} ... {{/name}}     once for true, for each element of a list, or for the value of an Optional
 * {{^name}} ... {{/name}}     once for false, an empty list or an empty Optional
 * {{.}} and {{{.}}}           the current element of a list or Optional
 * {{! comment }}
 * </pre>
 *
 * <p>A name is looked up in the current element, if that is a map, then in the enclosing ones. A name without a value is an error.
 * Immutable and thread-safe.
 */
final class Template {
    private static final Pattern TAG = Pattern.compile("\\{\\{(?:\\{([\\w.]+)}}}|([#^/]?)([\\w.]+)}}|![^{}]*}}\\n?)");

    private final List<Node> nodes;

    private Template(List<Node> nodes) {
        this.nodes = nodes;
    }

    private sealed interface Node {
        record Text(String text) implements Node {}

        record Value(String name, boolean isMarkup) implements Node {}

        record Section(String name, boolean isInverted, List<Node> nodes) implements Node {
            public Section {
                nodes = List.copyOf(nodes);
            }
        }
    }

    /** A value and the values around it. */
    private record Scope(Object value, @Nullable Scope outer) {
        Object get(String name) {
            if (name.equals(".")) {
                return value;
            }
            for (Scope scope = this; scope != null; scope = scope.outer) {
                Object found = scope.value instanceof Map<?, ?> map ? map.get(name) : null;
                if (found != null) {
                    return found;
                }
            }
            throw new IllegalArgumentException("template: there is no value for " + name);
        }
    }

    /** Returns the template in the resource of this name. */
    static Template load(String name) {
        return parse(text(name));
    }

    /** Returns the text of a resource of this package. */
    static String text(String name) {
        try (InputStream in = Template.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the resource " + name + " is missing from the jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).stripTrailing();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Template parse(String text) {
        return new Template(new Parser(text).until(null));
    }

    private static final class Parser {
        private final String text;
        private final Matcher tag;
        private int at;

        Parser(String text) {
            this.text = text;
            this.tag = TAG.matcher(text);
        }

        /** Parses the nodes up to the end of this section, or of the text if there is none. */
        List<Node> until(@Nullable String section) {
            List<Node> nodes = new ArrayList<>();
            while (tag.find(at)) {
                nodes.add(new Node.Text(text.substring(at, tag.start())));
                at = tag.end();
                String markup = tag.group(1);
                String kind = tag.group(2);
                String name = tag.group(3);
                if (markup != null) {
                    nodes.add(new Node.Value(markup, true));
                } else if (kind != null && name != null) { // else a comment
                    if (kind.isEmpty()) {
                        nodes.add(new Node.Value(name, false));
                        continue;
                    }
                    skipLineEnd();
                    if (kind.equals("/")) {
                        expectEnd(section, name);
                        return nodes;
                    }
                    nodes.add(new Node.Section(name, kind.equals("^"), until(name)));
                }
            }
            expectEnd(section, null);
            nodes.add(new Node.Text(text.substring(at)));
            return nodes;
        }

        /** A section tag that is alone on its line writes no line. */
        private void skipLineEnd() {
            boolean startsLine = tag.start() == 0 || text.charAt(tag.start() - 1) == '\n';
            if (startsLine && at < text.length() && text.charAt(at) == '\n') {
                at++;
            }
        }

        private static void expectEnd(@Nullable String section, @Nullable String end) {
            if (!Objects.equals(section, end)) {
                throw new IllegalArgumentException("template: section %s ends with %s".formatted(section, end));
            }
        }
    }

    /** Returns the template with its names replaced by these values. */
    Markup fill(Map<String, ?> values) {
        var out = new StringBuilder();
        fill(nodes, new Scope(values, null), out);
        return Markup.trusted(out.toString());
    }

    private static void fill(List<Node> nodes, Scope scope, StringBuilder out) {
        for (Node node : nodes) {
            switch (node) {
                case Node.Text text -> out.append(text.text());
                case Node.Value value -> out.append(written(value, scope.get(value.name())));
                case Node.Section section -> {
                    List<?> elements = elements(scope.get(section.name()));
                    if (!section.isInverted()) {
                        elements.forEach(element -> fill(section.nodes(), new Scope(element, scope), out));
                    } else if (elements.isEmpty()) {
                        fill(section.nodes(), scope, out);
                    }
                }
            }
        }
    }

    private static String written(Node.Value node, Object value) {
        if (node.isMarkup() != value instanceof Markup) {
            throw new IllegalArgumentException("template: %s is %s".formatted(node.name(), value.getClass()));
        }
        return node.isMarkup() ? value.toString() : Markup.escaped(value.toString());
    }

    private static List<?> elements(Object value) {
        return switch (value) {
            case Boolean condition -> condition ? List.of(true) : List.of();
            case Optional<?> optional -> optional.stream().toList();
            case List<?> list -> list;
            default -> throw new IllegalArgumentException("template: a section over " + value.getClass());
        };
    }
}
