package io.heddle.cli;

import static io.heddle.cli.CommandRun.heddle;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("socket")
class RunCommandTest {
    @Test
    void every_client_resumes_and_the_table_says_so(@TempDir Path certs) {
        CommandRun run = heddle("run", "--connections", "20", "--certs", certs.toString());
        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(run.out().lines().filter(line -> line.startsWith("TLS 1.")))
                .hasSize(3)
                .allSatisfy(line -> assertThat(line).matches("TLS 1\\.[23] (id|ticket) +20 +20 +0 .* KiB"));
        assertThat(run.out()).contains("40 hits, 0 misses");
        assertThat(certs.resolve("server-ec.pem")).exists();
    }

    @Test
    void handshakes_that_fail_are_counted_and_end_it_with_1(@TempDir Path certs, @TempDir Path others)
            throws Exception {
        assertThat(heddle("certs", certs.toString()).exitCode()).isZero();
        assertThat(heddle("certs", others.toString()).exitCode()).isZero();
        // The clients trust another authority than the server's.
        Files.copy(others.resolve("ca.pem"), certs.resolve("ca.pem"), StandardCopyOption.REPLACE_EXISTING);
        CommandRun run = heddle("run", "--connections", "3", "--certs", certs.toString());
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).containsPattern("TLS 1\\.2 id +0 +0 +6 ");
        assertThat(run.err())
                .startsWith("heddle: ERR_RUN_FAILED: TLS 1.2 id: 6 of 6 handshakes failed, the first with ");
        assertThat(run.err()).hasLineCount(1);
    }
}
