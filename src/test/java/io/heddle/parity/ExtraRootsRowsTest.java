package io.heddle.parity;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.CaSource;
import io.heddle.Tls;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows about NODE_EXTRA_CA_CERTS, which is {@code -Dheddle.extraCACerts} here; read once, so each needs a JVM of its own. */
@Tag("interop")
class ExtraRootsRowsTest {
    @TempDir
    private Path directory;

    /** What the other JVM runs: prints how many roots each source has, and what is left when the default is replaced. */
    static final class Program {
        private Program() {}

        @SuppressWarnings("SystemOut")
        public static void main(String[] args) {
            List<String> bundled = Tls.rootCertificates();
            List<String> extra = Tls.getCACertificates(CaSource.EXTRA);
            List<String> all = Tls.getCACertificates();
            System.out.println("extra=" + extra.size() + " more=" + (all.size() - bundled.size()) + " superset="
                    + (all.containsAll(bundled) && all.containsAll(extra)));
            for (List<String> roots : List.of(all, bundled, extra, List.<String>of())) {
                Tls.setDefaultCACertificates(roots);
                System.out.println("replaced=" + Tls.getCACertificates().equals(roots) + " others="
                        + (Tls.rootCertificates().equals(bundled)
                                && Tls.getCACertificates(CaSource.EXTRA).equals(extra)));
            }
        }
    }

    @DisplayName("VER-38, VER-40, VER-52: extra roots are part of the default, and a view of their own")
    @Test
    void adds_the_roots_of_the_file() throws Exception {
        Path file = Files.writeString(directory.resolve("extra.pem"), Agents.pem(Agents.CA2));

        assertThat(run(file))
                .contains("extra=1 more=1 superset=true")
                .contains("replaced=true others=true")
                .doesNotContain("replaced=false", "others=false", "Ignoring");
    }

    @DisplayName("VER-32: a file that is not there costs a warning")
    @Test
    void warns_of_a_file_that_cannot_be_read() throws Exception {
        Path missing = directory.resolve("no-such-file");

        assertThat(run(missing))
                .contains("Ignoring extra certs from " + missing + ", load failed: heddle.extraCACerts")
                .contains("there is no such file")
                .contains("extra=0 more=0 superset=true");
    }

    private static String run(Path file) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Dheddle.extraCACerts=" + file);
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(Program.class.getName());
        Path out = Files.createTempFile(file.getParent(), "out", ".txt");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isZero();
            return Files.readString(out, StandardCharsets.UTF_8);
        } finally {
            process.destroyForcibly();
        }
    }
}
