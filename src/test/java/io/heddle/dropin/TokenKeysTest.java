package io.heddle.dropin;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.TlsSocket;
import io.heddle.certificate.Identity;
import io.heddle.certificate.TestPki;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.Provider;
import java.security.Security;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys in a PKCS#11 token, which never leave it: SoftHSM, through the JDK's SunPKCS11. */
@Tag("interop")
@Tag("provider")
class TokenKeysTest {
    private static final char[] PIN = "1234".toCharArray();

    /** The library finds its configuration through this variable, which the build sets. */
    private static final Path SETTINGS = Path.of(System.getenv().getOrDefault("SOFTHSM2_CONF", ""));

    private static Provider token;

    @BeforeAll
    static void createToken() throws Exception {
        Path library = Stream.of("/usr/lib/softhsm", "/usr/lib/x86_64-linux-gnu/softhsm", "/usr/lib64/pkcs11")
                .map(folder -> Path.of(folder, "libsofthsm2.so"))
                .filter(Files::exists)
                .findFirst()
                .orElseThrow(() -> new AssertionError("SoftHSM is not here; .ci/run installs it (softhsm2)"));
        Path tokens = Files.createDirectories(SETTINGS.resolveSibling("tokens"));
        Files.writeString(
                SETTINGS, "directories.tokendir = %s%nobjectstore.backend = file%n".formatted(tokens.toAbsolutePath()));
        String label = "heddle-" + System.nanoTime();
        Process process = new ProcessBuilder(
                        "softhsm2-util",
                        "--init-token",
                        "--free",
                        "--label",
                        label,
                        "--pin",
                        "1234",
                        "--so-pin",
                        "5678")
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
        String slot = output.replaceAll("(?s).*slot (\\d+).*", "$1");
        Path configuration = SETTINGS.resolveSibling("sunpkcs11.cfg");
        Files.writeString(configuration, "name = HeddleTest%nlibrary = %s%nslot = %s%n".formatted(library, slot));
        token = Security.getProvider("SunPKCS11").configure(configuration.toString());
        Security.addProvider(token);
    }

    @AfterAll
    static void deleteToken() {
        Security.removeProvider(token.getName());
    }

    @ParameterizedTest
    @CsvSource({
        "TLSv1.2, RSA_2048, SunX509",
        "TLSv1.2, P256, PKIX",
        "TLSv1.3, RSA_2048, PKIX",
        "TLSv1.3, P256, SunX509",
    })
    void key_of_a_server_signs_in_the_token(String protocol, TestPki.Key kind, String managers) throws Exception {
        Identity identity = TestPki.server(kind, "localhost");
        inToken(
                identity,
                managers,
                server -> assertThat(peersOf(server, DropIn.context("TLS", DropIn.NO_KEYS), protocol))
                        .containsExactly(identity.leaf()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void key_of_a_client_signs_in_the_token(String protocol) throws Exception {
        Identity identity = TestPki.client("someone");
        SSLContext server = DropIn.context("TLS", DropIn.keyManagers("PKIX", TestPki.server("localhost")));
        inToken(
                identity,
                "PKIX",
                client -> assertThat(peersOf(server, client, protocol)).contains(identity.leaf()));
    }

    private interface Use {
        void of(SSLContext context) throws Exception;
    }

    /** Puts the key into the token, and uses it from there. */
    private static void inToken(Identity identity, String managers, Use use) throws Exception {
        KeyStore inToken = KeyStore.getInstance("PKCS11", token);
        inToken.load(null, PIN);
        inToken.setKeyEntry("key", identity.key(), null, identity.chain().toArray(X509Certificate[]::new));
        try {
            assertThat(inToken.getKey("key", null).getEncoded())
                    .as("encoding of the key in the token")
                    .isNull();
            var keys = KeyManagerFactory.getInstance(managers, "SunJSSE");
            keys.init(inToken, PIN);
            use.of(DropIn.context("TLS", keys.getKeyManagers()));
        } finally {
            inToken.deleteEntry("key");
        }
    }

    /**
     * Returns the certificate that the client received, and that of the client which the server received, if
     * it has one.
     */
    private static List<X509Certificate> peersOf(SSLContext serverContext, SSLContext clientContext, String protocol)
            throws Exception {
        try (var server = (SSLServerSocket)
                serverContext.getServerSocketFactory().createServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            server.setEnabledProtocols(new String[] {protocol});
            server.setWantClientAuth(true);
            var accepted = CompletableFuture.supplyAsync(() -> {
                try (var socket = (TlsSocket) server.accept()) {
                    socket.getOutputStream().write(1);
                    return socket.peerCertificates();
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            try (var client =
                    (SSLSocket) clientContext.getSocketFactory().createSocket("localhost", server.getLocalPort())) {
                assertThat(client.getInputStream().read()).isEqualTo(1);
                var certificates = new ArrayList<X509Certificate>();
                certificates.add((X509Certificate) client.getSession().getPeerCertificates()[0]);
                certificates.addAll(accepted.get(30, TimeUnit.SECONDS));
                return certificates;
            }
        }
    }
}
