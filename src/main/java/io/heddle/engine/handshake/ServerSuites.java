package io.heddle.engine.handshake;

import io.heddle.cipher.Suite;
import io.heddle.protocol.TlsVersion;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.tls.TlsServerContext;
import org.jspecify.annotations.Nullable;

/** The cipher suites of a server in the order for one client: ChaCha20 first for a client that puts it first. */
final class ServerSuites {
    private final ServerSettings settings;
    private final ClientHelloInfo hello;
    private final TlsServerContext context;
    private final List<Suite> order;

    ServerSuites(ServerSettings settings, ClientHelloInfo hello, TlsServerContext context) {
        this.settings = settings;
        this.hello = hello;
        this.context = context;
        List<Suite> local = settings.common().suites();
        this.order = hello.prefersChaCha() ? chaChaFirst(local) : local;
    }

    private static List<Suite> chaChaFirst(List<Suite> suites) {
        List<Suite> order = new ArrayList<>(suites);
        order.sort((a, b) -> Boolean.compare(
                a.encryption() != Suite.Encryption.CHACHA20_POLY1305,
                b.encryption() != Suite.Encryption.CHACHA20_POLY1305));
        return order;
    }

    List<Suite> order() {
        return order;
    }

    int[] numbers() {
        return settings.common().suiteNumbers(order);
    }

    /** Returns whether the number is that of a suite whose keys come from a pre-shared key in TLS 1.2 and below. */
    static boolean isPsk(int number) {
        return Suite.of(number).filter(suite -> suite.keyExchange().isPsk()).isPresent();
    }

    /** Returns the suite in which a session can resume in TLS 1.2 and below, null if it cannot. */
    @Nullable
    Suite resumable(int number, TlsVersion version) {
        // OpenSSL resumes with a suite that has been disabled since; here disabling a suite ends its resumption too.
        return Suite.of(number)
                .filter(suite -> suite.fits(version))
                .filter(suite -> settings.common().suites().contains(suite))
                .filter(suite -> contains(hello.suites(), number))
                .orElse(null);
    }

    /** Returns the best suite of TLS 1.3 with this hash that both sides have; after a HelloRetryRequest it is fixed. */
    @Nullable
    Suite withHash(Suite.Hash hash) {
        int fixed = context.getSecurityParametersHandshake().getCipherSuite();
        if (fixed != 0) {
            return Suite.of(fixed).filter(suite -> suite.hash() == hash).orElse(null);
        }
        int[] preferred = settings.keyExchange().honorCipherOrder() ? numbers() : hello.suites();
        int[] others = settings.keyExchange().honorCipherOrder() ? hello.suites() : numbers();
        return Arrays.stream(preferred)
                .filter(number -> contains(others, number))
                .mapToObj(number -> Suite.of(number).filter(Suite::isTls13).orElse(null))
                .filter(suite -> suite != null && suite.hash() == hash)
                .findFirst()
                .orElse(null);
    }

    private static boolean contains(int[] numbers, int number) {
        return Arrays.stream(numbers).anyMatch(other -> other == number);
    }
}
