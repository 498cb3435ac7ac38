package io.heddle.parity;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.SecureContext;
import io.heddle.Tls;
import io.heddle.certificate.Identity;
import io.heddle.certificate.TestPki;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The cost of many contexts and many roots. The bounds are generous, for busy machines; the numbers are printed. */
@Tag("socket")
@SuppressWarnings("SystemOut")
class ManyContextsTest {
    @TempDir
    private Path directory;

    @ParameterizedTest
    @EnumSource(
            value = TestPki.Key.class,
            names = {"RSA_2048", "P256"})
    void a_thousand_contexts_from_the_same_files_take_a_few_milliseconds_each(TestPki.Key key) throws Exception {
        Identity identity = TestPki.certificate("CN=localhost")
                .key(key, 1)
                .server("localhost")
                .issuedBy(TestPki.intermediate("Heddle Test Intermediate"));
        Path cert = Files.writeString(directory.resolve("cert.pem"), TestPki.pem(identity.chain()));
        Path keyFile = Files.writeString(directory.resolve("key.pem"), TestPki.pem(identity.key()));
        Path ca = Files.writeString(directory.resolve("ca.pem"), Agents.pem(TestPki.ca()));

        List<SecureContext> contexts = new ArrayList<>();
        long begin = System.nanoTime();
        for (int i = 0; i < 1000; i++) {
            contexts.add(Tls.createSecureContext(o -> o.cert(cert).key(keyFile).ca(ca)));
        }
        Duration average = Duration.ofNanos((System.nanoTime() - begin) / 1000);

        System.out.printf("1000 contexts from the same files (%s): %d us each%n", key, average.toNanos() / 1000);
        assertThat(contexts).hasSize(1000);
        assertThat(average).isLessThan(Duration.ofMillis(100));
    }

    @Test
    void fifteen_thousand_roots_do_not_slow_a_handshake_down() throws Exception {
        Identity rootKey = TestPki.ca();
        List<X509Certificate> one = List.of(rootKey.leaf());
        List<Path> files = new ArrayList<>();
        X509Certificate template = TestPki.certificate("CN=other root")
                .key(TestPki.Key.P256, 30)
                .ca()
                .certificateSelfSigned();
        for (int file = 0; file < 100; file++) {
            List<X509Certificate> roots = new ArrayList<>();
            for (int i = 0; i < 150; i++) {
                roots.add(TestPki.certificate("CN=root " + file + "." + i)
                        .key(template.getPublicKey())
                        .certificateIssuedBy(rootKey));
            }
            files.add(Files.writeString(directory.resolve(file + ".pem"), TestPki.pem(roots)));
        }
        // Without extended key usage, because both sides present it.
        Identity both = TestPki.certificate("CN=localhost")
                .key(TestPki.Key.P256, 1)
                .names("localhost")
                .issuedBy(TestPki.ca());
        SecureContext few = Tls.createSecureContext(o -> o.identity(both).ca(one));
        long begin = System.nanoTime();
        SecureContext many = Tls.createSecureContext(o -> {
            o.identity(both).ca(one);
            files.forEach(o::ca);
        });
        Duration loading = Duration.ofNanos(System.nanoTime() - begin);
        assertThat(many.trusted()).hasSize(15_001);

        Duration withFew = handshake(few);
        Duration withMany = handshake(many);
        System.out.printf(
                "15001 roots: loaded in %d ms, a mutual handshake takes %d us, with 1 root %d us%n",
                loading.toMillis(), withMany.toNanos() / 1000, withFew.toNanos() / 1000);
        assertThat(withMany).isLessThan(withFew.multipliedBy(20).plus(Duration.ofMillis(100)));
    }

    /**
     * Returns the fastest of some handshakes in which a server with this context verifies a client for the first time.
     */
    private static Duration handshake(SecureContext context) throws Exception {
        try (var server = Loopback.serve(o -> {}, o -> o.requestCert(true))) {
            server.server.setSecureContext(context);
            long best = Long.MAX_VALUE;
            for (int i = 0; i < 30; i++) {
                Identity stranger = TestPki.client("client " + i);
                SecureContext client = Tls.createSecureContext(
                        o -> o.identity(stranger).ca(TestPki.ca().chain()));
                long begin = System.nanoTime();
                ConnectionResult result = server.exchange(o -> o.secureContext(client)).worked();
                best = Math.min(best, System.nanoTime() - begin);
                assertThat(result.server().authorized()).isTrue();
            }
            return Duration.ofNanos(best);
        }
    }
}
