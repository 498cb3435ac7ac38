package io.heddle.dropin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.certificate.TestPki;
import io.heddle.cipher.TlsVersion;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.h2.tools.Server;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The H2 database with {@code -tcpSSL}, which takes the JVM's default {@code SSLContext}; so it has a JVM of its own. */
@Tag("interop")
class H2Test {
    @ParameterizedTest
    @MethodSource("io.heddle.dropin.Combination#few")
    void connections_of_jdbc(Combination tried) throws Exception {
        Process java = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-Dheddle.dropin.provider=" + DropIn.PROVIDER.getName(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Program.class.getName(),
                        tried.version().name(),
                        tried.key().name(),
                        tried.keyManagers())
                .redirectErrorStream(true)
                .start();
        try {
            java.getOutputStream().close();
            assertThat(new String(java.getInputStream().readAllBytes(), UTF_8)).isEmpty();
            assertThat(java.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(java.exitValue()).isZero();
        } finally {
            java.destroyForcibly();
        }
    }

    /** What runs there. */
    static final class Program {
        private Program() {}

        /** Serves a database and uses it over two connections; says what is wrong. */
        public static void main(String[] arguments) throws IOException, SQLException {
            var tried =
                    new Combination(TlsVersion.valueOf(arguments[0]), TestPki.Key.valueOf(arguments[1]), arguments[2]);
            SSLContext.setDefault(
                    DropIn.context(tried.protocol(), DropIn.keyManagers(tried.keyManagers(), tried.identity())));

            Server server = Server.createTcpServer("-tcpSSL", "-tcpPort", "0", "-ifNotExists")
                    .start();
            try (var handshakes = new Handshakes()) {
                String url = "jdbc:h2:ssl://localhost:" + server.getPort() + "/mem:shop;DB_CLOSE_DELAY=-1";
                String text = "a text ".repeat(5_000);
                try (Connection connection = DriverManager.getConnection(url);
                        Statement statement = connection.createStatement()) {
                    statement.execute("create table orders(id int primary key, text varchar)");
                    try (PreparedStatement insert = connection.prepareStatement("insert into orders values(1, ?)")) {
                        insert.setString(1, text);
                        insert.execute();
                    }
                }
                try (Connection connection = DriverManager.getConnection(url);
                        Statement statement = connection.createStatement();
                        ResultSet found = statement.executeQuery("select text from orders")) {
                    assertThat(found.next()).isTrue();
                    assertThat(found.getString(1)).isEqualTo(text);
                }
                handshakes.assertServed(tried, "", false, true);
            } finally {
                server.stop();
            }
        }
    }
}
