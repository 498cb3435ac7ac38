package io.heddle.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heddle.TlsServer;
import io.heddle.load.LoadServer;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ctrl-C during {@code heddle load}. */
@Tag("interop")
class LoadInterruptTest {
    @TempDir
    private Path folder;

    private RunningProgram load(TlsServer server, String... args) {
        String[] all = new String[args.length + 4];
        all[0] = "load";
        all[1] = "localhost:" + server.port();
        all[2] = "--ca";
        all[3] = new PemFiles(folder).ca();
        System.arraycopy(args, 0, all, 4, args.length);
        return HeddleCommand.start(all);
    }

    private static void interrupt(RunningProgram program) throws Exception {
        Process kill = new ProcessBuilder("kill", "-INT", Long.toString(program.pid())).start();
        assertThat(kill.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(kill.exitValue()).isZero();
    }

    @Test
    void measurements_so_far_are_reported() throws Exception {
        try (TlsServer server = LoadServer.echo("localhost");
                RunningProgram program = load(server, "-c", "4", "--warmup", "0s", "-d", "10m")) {
            await().atMost(RunningProgram.LIMIT)
                    .until(() -> server.statistics().handshakes().full() > 20);
            interrupt(program);
            ProgramResult finished = program.awaitEnd();
            assertThat(finished.exitCode()).isEqualTo(130);
            assertThat(finished.out())
                    .containsPattern("full handshakes +[1-9]")
                    .contains("note: the run was stopped early");
        }
    }

    @Test
    void warm_up_is_not_reported() throws Exception {
        try (TlsServer server = LoadServer.echo("localhost");
                RunningProgram program = load(server, "-c", "4", "--warmup", "10m")) {
            await().atMost(RunningProgram.LIMIT)
                    .until(() -> server.statistics().handshakes().full() > 0);
            interrupt(program);
            ProgramResult finished = program.awaitEnd();
            assertThat(finished.exitCode()).isEqualTo(130);
            assertThat(finished.out()).isEmpty();
        }
    }
}
