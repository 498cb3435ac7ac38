package io.heddle;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The programs in the documentation: each compiles. */
class ReadmeTest {
    private static final Pattern SNIPPET = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

    /** The variables that the programs of the drop-in page use without declaring them. */
    private static final String DROP_IN = """
            javax.net.ssl.SSLContext heddle, javax.net.ssl.X509KeyManager keys, javax.net.ssl.X509TrustManager trust,
            org.apache.ftpserver.ssl.SslConfiguration configuration""";

    @TempDir
    Path classes;

    @Test
    void every_program_of_the_readme_compiles() throws IOException {
        List<String> snippets = snippets(Path.of("README.md"));

        assertThat(snippets).hasSizeGreaterThanOrEqualTo(3);
        for (int i = 0; i < snippets.size(); i++) {
            assertThat(errors("Readme" + i, snippets.get(i)))
                    .as("program %d of README.md", i + 1)
                    .isEmpty();
        }
    }

    @Test
    void every_program_of_the_drop_in_page_compiles() throws IOException {
        List<String> snippets = snippets(Path.of("docs", "drop-in.md"));

        assertThat(snippets).hasSizeGreaterThanOrEqualTo(9);
        for (int i = 0; i < snippets.size(); i++) {
            assertThat(errors("DropIn" + i, snippets.get(i), DROP_IN))
                    .as("program %d of docs/drop-in.md", i + 1)
                    .isEmpty();
        }
    }

    @Test
    void the_example_of_the_load_documentation_compiles() throws IOException {
        List<String> snippets = snippets(Path.of("docs", "load.md"));

        assertThat(snippets).hasSize(1);
        assertThat(errors("LoadDocumentation", snippets.getFirst())).isEmpty();
    }

    @Test
    void the_example_of_the_load_package_compiles() throws IOException {
        String source = Files.readString(Path.of("src/main/java/io/heddle/load/package-info.java"));
        Matcher example = Pattern.compile("<pre>\\{@code\n(.*?)\n \\* }</pre>", Pattern.DOTALL)
                .matcher(source);
        assertThat(example.find()).isTrue();
        String imports = """
                import static org.junit.jupiter.api.Assertions.*;
                import io.heddle.ConnectOptions;
                import io.heddle.load.*;
                java.nio.file.Path ca = java.nio.file.Path.of("ca.pem");
                """;
        String body = example.group(1)
                .lines()
                .map(line -> line.replaceFirst("^ \\* ", ""))
                .collect(Collectors.joining("\n"));
        assertThat(body.lines()).hasSizeLessThanOrEqualTo(6);
        assertThat(errors("LoadPackage", imports + body)).isEmpty();
    }

    @Test
    void a_program_that_does_not_compile_would_be_found() {
        assertThat(errors("Wrong", "Tls.createServer();")).isNotEmpty();
    }

    private static List<String> snippets(Path file) throws IOException {
        List<String> found = new ArrayList<>();
        Matcher matcher = SNIPPET.matcher(Files.readString(file));
        while (matcher.find()) {
            found.add(matcher.group(1));
        }
        return found;
    }

    /** A snippet has imports and statements; it becomes the body of a method that may throw. */
    private List<String> errors(String name, String snippet) {
        return errors(name, snippet, "");
    }

    private List<String> errors(String name, String snippet, String parameters) {
        String imports =
                snippet.lines().filter(line -> line.startsWith("import ")).collect(Collectors.joining("\n"));
        String body =
                snippet.lines().filter(line -> !line.startsWith("import ")).collect(Collectors.joining("\n"));
        String source =
                "%s\nclass %s { void run(%s) throws Exception {\n%s\n} }".formatted(imports, name, parameters, body);
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        var diagnostics = new DiagnosticCollector<JavaFileObject>();
        var options = List.of("-d", classes.toString(), "-proc:none", "-cp", System.getProperty("java.class.path"));
        compiler.getTask(null, null, diagnostics, options, null, List.of(new Source(name, source)))
                .call();
        return diagnostics.getDiagnostics().stream()
                .filter(diagnostic -> diagnostic.getKind() == javax.tools.Diagnostic.Kind.ERROR)
                .map(Object::toString)
                .toList();
    }

    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(String name, String text) {
            super(URI.create("string:///" + name + ".java"), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }
}
