package io.heddle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import io.heddle.interop.JavaProgram;
import io.heddle.interop.ProgramResult;
import io.heddle.interop.RunningProgram;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Memory after refused peer certificates: none is retained. */
@Tag("socket")
@Timeout(value = 150, threadMode = SEPARATE_THREAD)
class RefusedCertificatesTest {
    /** In KiB; each of the 300 certificates has 88. */
    private static final long MOST = 3_000;

    @Test
    void certificates_of_refused_peers_are_not_kept() {
        List<String> options = List.of("-Xmx128m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");
        ProgramResult finished;
        try (RunningProgram program = JavaProgram.start(options, RefusedCertificates.class.getName())) {
            finished = program.awaitEnd(Duration.ofMinutes(2));
        }
        List<Long> held = Pattern.compile("(?m)^(?:server|client) .*: (-?\\d+) KiB$")
                .matcher(finished.out())
                .results()
                .map(line -> Long.parseLong(line.group(1)))
                .toList();
        assertThat(held).as(finished.output()).hasSize(4).allMatch(kib -> kib < MOST);
    }
}
