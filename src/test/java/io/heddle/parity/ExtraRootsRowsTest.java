package io.heddle.parity;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.CaSource;
import io.heddle.HeddleProvider;
import io.heddle.Tls;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Rows on NODE_EXTRA_CA_CERTS, which is {@code -Dheddle.extraCACerts} here; read once, so that each needs a
 * separate JVM.
 */
@Tag("interop")
class ExtraRootsRowsTest {
    @TempDir
    private Path directory;

    /**
     * The program of the other JVM: prints the number of roots of each source, and of those left when the
     * default is replaced.
     */
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

    @DisplayName("VER-38, VER-40, VER-52: extra roots are part of the default, and a separate view")
    @Test
    void adds_the_roots_of_the_file() throws Exception {
        Path file = Files.writeString(directory.resolve("extra.pem"), Agents.pem(Agents.CA2));

        assertThat(run(file))
                .contains("extra=1 more=1 superset=true")
                .contains("replaced=true others=true")
                .doesNotContain("replaced=false", "others=false", "Ignoring");
    }

    @DisplayName("VER-32: a missing file causes a warning")
    @Test
    void warns_of_a_file_that_cannot_be_read() throws Exception {
        Path missing = directory.resolve("no-such-file");

        assertThat(run(missing))
                .contains("Ignoring extra certs from " + missing + ", load failed: heddle.extraCACerts")
                .contains("there is no such file")
                .contains("extra=0 more=0 superset=true");
    }

    /** A program for a separate JVM that prints the effect of the operating system's roots. */
    static final class WithSystem {
        private WithSystem() {}

        @SuppressWarnings("SystemOut")
        public static void main(String[] args) throws Exception {
            List<String> system = Tls.getCACertificates(CaSource.SYSTEM);
            List<String> all = Tls.getCACertificates();
            var expected = new LinkedHashSet<>(Tls.rootCertificates());
            expected.addAll(Tls.getCACertificates(CaSource.EXTRA));
            expected.addAll(system);
            System.out.println("all=" + all.equals(List.copyOf(expected)));
            SSLContext context = SSLContext.getInstance("TLS", new HeddleProvider());
            context.init(null, null, null);
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX", new HeddleProvider());
            factory.init((KeyStore) null);
            int anchors = ((X509TrustManager) factory.getTrustManagers()[0]).getAcceptedIssuers().length;
            System.out.println("jsse=" + (anchors == expected.size()));
        }
    }

    @Test
    void adds_the_roots_of_the_operating_system_if_a_property_enables_it() throws Exception {
        Path file = Files.writeString(directory.resolve("extra.pem"), Agents.pem(Agents.CA2));

        assertThat(run(file, WithSystem.class, "-Dheddle.useSystemCA=true")).contains("all=true", "jsse=true");
        assertThat(run(file, Program.class, "-Dheddle.useSystemCA=false")).contains("extra=1 more=1 superset=true");
    }

    @Test
    void refuses_a_property_that_is_neither_true_nor_false() throws Exception {
        Path file = Files.writeString(directory.resolve("extra.pem"), Agents.pem(Agents.CA2));

        assertThat(output(file, 1, Program.class, "-Dheddle.useSystemCA=yes"))
                .contains("heddle.useSystemCA: \"yes\" was given, true and false are allowed");
    }

    private static String run(Path file, String... options) throws IOException, InterruptedException {
        return run(file, Program.class, options);
    }

    private static String run(Path file, Class<?> program, String... options) throws IOException, InterruptedException {
        return output(file, 0, program, options);
    }

    private static String output(Path file, int exitCode, Class<?> program, String... options)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Dheddle.extraCACerts=" + file);
        command.addAll(List.of(options));
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(program.getName());
        Path out = Files.createTempFile(file.getParent(), "out", ".txt");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(exitCode);
            return Files.readString(out, StandardCharsets.UTF_8);
        } finally {
            process.destroyForcibly();
        }
    }
}
