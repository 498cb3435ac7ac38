package io.heddle;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.certificate.TestPki;
import io.heddle.failure.InvalidOption;
import io.heddle.interop.JavaProgram;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A Java runtime without the modules of JMX and the flight recorder, as jlink makes it. */
@Tag("socket")
class FewModulesTest {
    @Test
    void connections_need_neither_jmx_nor_the_flight_recorder() throws Exception {
        Process java = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        JavaProgram.NATIVE_ACCESS,
                        "--limit-modules",
                        "java.base,java.logging,java.naming,java.sql,java.desktop,jdk.unsupported,jdk.crypto.ec",
                        "-cp",
                        System.getProperty("java.class.path"),
                        FewModulesTest.class.getName())
                .redirectErrorStream(true)
                .start();
        String output = new String(java.getInputStream().readAllBytes(), UTF_8);
        assertThat(java.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(output).isEqualTo("a ERR_FEATURE_UNAVAILABLE_ON_PLATFORM\n");
        assertThat(java.exitValue()).isZero();
    }

    /** The program in that runtime: a connection, and a request for JMX. */
    public static void main(String[] args) throws Exception {
        for (String absent : List.of("java.management", "jdk.jfr")) {
            if (ModuleLayer.boot().findModule(absent).isPresent()) {
                throw new IllegalStateException(absent + " is there");
            }
        }
        SecureContext context = Tls.createSecureContext(o -> o.identity(TestPki.server("localhost")));
        try (TlsServer server = Tls.createServer(
                        context, socket -> socket.getInputStream().transferTo(socket.getOutputStream()))
                .listen("127.0.0.1", 0)) {
            try (TlsSocket client = Tls.connect(ConnectOptions.builder()
                    .host("localhost")
                    .port(server.port())
                    .rejectUnauthorized(false)
                    .build())) {
                client.getOutputStream().write('a');
                System.out.print((char) client.getInputStream().read());
            }
        }
        try {
            ServerOptions.builder(context).jmx(true);
        } catch (InvalidOption e) {
            System.out.println(" " + e.code());
        }
    }
}
