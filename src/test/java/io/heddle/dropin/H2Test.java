package io.heddle.dropin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.HeddleProvider;
import io.heddle.certificate.TestPki;
import io.heddle.interop.JavaProgram;
import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Provider;
import java.security.Security;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.h2.tools.Server;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The H2 database with {@code -tcpSSL}, which uses the JVM's default {@code SSLContext}: the code is unchanged, only
 * properties of a separate JVM are set.
 */
@Tag("interop")
class H2Test {
    @TempDir
    Path folder;

    /** Returns a file of security properties that lists Heddle before the JVM's own providers. */
    private Path providers(Combination combination) throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add("ssl.KeyManagerFactory.algorithm=" + combination.keyManagers());
        if (DropIn.HEDDLE) {
            lines.add("security.provider.1=" + HeddleProvider.class.getName());
        }
        for (Provider provider : Security.getProviders()) {
            lines.add("security.provider." + lines.size() + "=" + provider.getName());
        }
        return Files.write(folder.resolve("java.security"), lines);
    }

    private Path store(String name, KeyStore store) throws IOException, GeneralSecurityException {
        Path file = folder.resolve(name);
        try (OutputStream out = Files.newOutputStream(file)) {
            store.store(out, DropIn.PASSWORD);
        }
        return file;
    }

    private Process start(Combination combination) throws IOException, GeneralSecurityException {
        String password = new String(DropIn.PASSWORD);
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        JavaProgram.NATIVE_ACCESS,
                        "-Djava.security.properties=" + providers(combination),
                        "-Djavax.net.ssl.keyStore=" + store("keys.p12", DropIn.store(combination.identity())),
                        "-Djavax.net.ssl.keyStorePassword=" + password,
                        "-Djavax.net.ssl.trustStore=" + store("trusted.p12", DropIn.trusted()),
                        "-Djavax.net.ssl.trustStorePassword=" + password,
                        "-Djdk.tls.client.protocols=" + combination.protocol(),
                        "-Dheddle.dropin.provider=" + DropIn.PROVIDER.getName(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Program.class.getName(),
                        combination.version().name(),
                        combination.key().name(),
                        combination.keyManagers())
                .redirectErrorStream(true)
                .start();
    }

    @ParameterizedTest
    @MethodSource("io.heddle.dropin.Combination#few")
    void jdbc_connections(Combination combination) throws Exception {
        Process java = start(combination);
        try {
            java.getOutputStream().close();
            assertThat(new String(java.getInputStream().readAllBytes(), UTF_8)).isEmpty();
            assertThat(java.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(java.exitValue()).isZero();
        } finally {
            java.destroyForcibly();
        }
    }

    /** The program of the separate JVM. */
    static final class Program {
        private Program() {}

        /** Serves a database and uses it over two connections; prints the failure, if any. */
        public static void main(String[] arguments) throws IOException, SQLException {
            var combination =
                    new Combination(TlsVersion.valueOf(arguments[0]), TestPki.Key.valueOf(arguments[1]), arguments[2]);

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
                handshakes.assertServed(combination, "", false, true);
            } finally {
                server.stop();
            }
        }
    }
}
