package io.heddle.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.bench.Setup.Resumption;
import io.heddle.certificate.TestPki;
import io.heddle.cipher.Group;
import io.heddle.protocol.TlsVersion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Measures all rows once and prints the table.
 *
 * <p>{@code heddle.bench.seconds} is the measuring time of each row and stack, 2 by default; {@code heddle.bench.only}
 * is a regular expression for the names of the rows.
 */
@Tag("bench")
class BenchmarkTest {
    private static final Duration MEASURED =
            Duration.ofMillis(Math.round(1000 * Double.parseDouble(System.getProperty("heddle.bench.seconds", "2"))));
    private static final Pattern ONLY = Pattern.compile(System.getProperty("heddle.bench.only", ""));

    /** The warm-up of the first row, which starts in a JVM that has compiled nothing yet. */
    private static final Duration FIRST_WARM_UP = Duration.ofSeconds(6);

    /** A resumed handshake calls most methods once, and the compiler needs 15,000 calls. */
    private static final Duration RESUMED_WARM_UP = Duration.ofSeconds(12);

    private static final int CONNECTIONS = 200;
    private static final int KIB = 1024;

    private final Report report = new Report("bench.txt");
    private int rows;

    interface WorkloadFactory {
        Workload of(TlsStack stack) throws Exception;
    }

    interface SetupWorkloadFactory {
        Workload of(TlsStack stack, Setup setup) throws Exception;
    }

    @Test
    void compares_heddle_with_the_tls_of_the_jdk() throws Exception {
        report.printJdkHeader();
        fullHandshakes();
        resumedHandshakes();
        streams();
        idleConnections();
        report.write();
        assertThat(rows).as("rows that match %s", ONLY).isPositive();
    }

    private void fullHandshakes() throws Exception {
        for (TlsVersion version : List.of(TlsVersion.TLS_1_3, TlsVersion.TLS_1_2)) {
            for (TestPki.Key key : List.of(TestPki.Key.P256, TestPki.Key.RSA_2048)) {
                for (Group group : List.of(Group.X25519, Group.P_256)) {
                    Setup setup = Setup.full(version, key, group);
                    row("full %s %s %s".formatted(version.protocol(), key, group), setup, handshakes(setup));
                }
            }
        }
        // SunJSSE of JDK 21 and 25 has no hybrid group: its figure is that of X25519.
        Setup hybrid = Setup.full(TlsVersion.TLS_1_3, TestPki.Key.P256, Group.X25519MLKEM768);
        row("full TLSv1.3 P256 X25519MLKEM768 by default / X25519", hybrid, Setup.usual(), Handshakes::new);
        Setup unjudged = Setup.usual().unjudged();
        row("full TLSv1.3 P256 X25519, chain not judged", unjudged, handshakes(unjudged));
    }

    private void resumedHandshakes() throws Exception {
        resumed("resumed TLSv1.3 ticket (X25519)", Setup.resumed(TlsVersion.TLS_1_3, Resumption.TICKET));
        resumed("resumed TLSv1.2 ticket", Setup.resumed(TlsVersion.TLS_1_2, Resumption.TICKET));
        resumed("resumed TLSv1.2 id", Setup.resumed(TlsVersion.TLS_1_2, Resumption.ID));
    }

    private void resumed(String name, Setup setup) throws Exception {
        row(name, setup, handshakes(setup));
    }

    private static WorkloadFactory handshakes(Setup setup) {
        return stack -> new Handshakes(stack, setup);
    }

    private void streams() throws Exception {
        try (var loopback = new Loopback()) {
            for (int kib : List.of(16, 1)) {
                row(
                        "MB in memory, writes of %d KiB".formatted(kib),
                        Setup.usual(),
                        stack -> new BulkStream(loopback.inMemory(stack), kib * KIB));
            }
            for (int kib : List.of(16, 64)) {
                row(
                        "MB over loopback, writes of %d KiB".formatted(kib),
                        Setup.usual(),
                        stack -> new BulkStream(loopback.secure(stack), kib * KIB));
            }
            row("1 KiB round trips, %d connections".formatted(CONNECTIONS), Setup.usual(), stack -> {
                List<Loopback.Ends> connections = new ArrayList<>();
                for (int i = 0; i < CONNECTIONS; i++) {
                    connections.add(loopback.secure(stack));
                }
                return new PingPong(connections);
            });
        }
    }

    private void row(String name, Setup setup, WorkloadFactory maker) throws Exception {
        row(name, setup, setup, (stack, its) -> maker.of(stack));
    }

    private void row(String name, Setup heddleSetup, Setup jdkSetup, SetupWorkloadFactory maker) throws Exception {
        if (!ONLY.matcher(name).find()) {
            return;
        }
        Duration warmUp = heddleSetup.resumes() ? RESUMED_WARM_UP : rows == 0 ? FIRST_WARM_UP : MEASURED.dividedBy(3);
        rows++;
        try (Workload heddle = maker.of(new HeddleStack(heddleSetup), heddleSetup);
                Workload jdk = maker.of(new JdkStack(jdkSetup), jdkSetup)) {
            report.compared(name, Comparison.of(heddle, jdk, warmUp, MEASURED));
        }
    }

    private void idleConnections() throws Exception {
        String name = "KB of heap for an end of an idle connection";
        if (!ONLY.matcher(name).find()) {
            return;
        }
        rows++;
        double heddle = IdleConnections.kilobytesPerEnd(new HeddleStack(Setup.usual()));
        double jdk = IdleConnections.kilobytesPerEnd(new JdkStack(Setup.usual()));
        report.lessIsBetter(name, heddle, jdk);
        report.line("  of which socket and waiting virtual thread: %.1f".formatted(plain()));
    }

    private static double plain() throws Exception {
        return IdleConnections.kilobytesPerEnd(null);
    }
}
