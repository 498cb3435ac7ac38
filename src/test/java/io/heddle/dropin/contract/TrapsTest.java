package io.heddle.dropin.contract;

import static io.heddle.dropin.contract.Jsse.TLS_1_2;
import static io.heddle.dropin.contract.Jsse.TLS_1_3;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import io.heddle.certificate.Identity;
import io.heddle.certificate.TestPki;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import org.bouncycastle.jsse.provider.BouncyCastleJsseProvider;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Behaviour that programs rely on and that JSSE implementations have got wrong, found by running programs on
 * two of them.
 */
@Tag("socket")
@Timeout(value = 30, threadMode = SEPARATE_THREAD)
class TrapsTest {
    private static final byte[] HELLO = "hello".getBytes(US_ASCII);

    /** Suite names that programs still list, although no implementation offers them any more. */
    private static final String[] RETIRED = {
        "SSL_RSA_WITH_RC4_128_MD5",
        "SSL_RSA_WITH_RC4_128_SHA",
        "SSL_RSA_WITH_DES_CBC_SHA",
        "SSL_RSA_WITH_3DES_EDE_CBC_SHA",
        "SSL_RSA_WITH_NULL_MD5",
        "SSL_RSA_WITH_NULL_SHA",
        "SSL_RSA_EXPORT_WITH_RC4_40_MD5",
        "SSL_RSA_EXPORT_WITH_DES40_CBC_SHA",
        "SSL_DHE_DSS_WITH_DES_CBC_SHA",
        "SSL_DHE_DSS_WITH_3DES_EDE_CBC_SHA",
        "SSL_DHE_DSS_EXPORT_WITH_DES40_CBC_SHA",
        "SSL_DHE_RSA_WITH_DES_CBC_SHA",
        "SSL_DHE_RSA_WITH_3DES_EDE_CBC_SHA",
        "SSL_DHE_RSA_EXPORT_WITH_DES40_CBC_SHA",
        "SSL_DH_anon_WITH_RC4_128_MD5",
        "SSL_DH_anon_WITH_DES_CBC_SHA",
        "SSL_DH_anon_WITH_3DES_EDE_CBC_SHA",
        "SSL_DH_anon_EXPORT_WITH_RC4_40_MD5",
        "SSL_DH_anon_EXPORT_WITH_DES40_CBC_SHA",
        "TLS_DH_anon_WITH_AES_128_CBC_SHA",
        "TLS_DH_anon_WITH_AES_256_GCM_SHA384",
        "TLS_DHE_DSS_WITH_AES_128_CBC_SHA",
        "TLS_DHE_DSS_WITH_AES_256_GCM_SHA384",
        "TLS_RSA_WITH_NULL_SHA256",
        "TLS_ECDH_ECDSA_WITH_AES_128_CBC_SHA",
        "TLS_ECDH_RSA_WITH_RC4_128_SHA",
        "TLS_ECDH_anon_WITH_NULL_SHA",
        "TLS_ECDH_anon_WITH_AES_256_CBC_SHA",
        "TLS_ECDHE_ECDSA_WITH_RC4_128_SHA",
        "TLS_ECDHE_ECDSA_WITH_NULL_SHA",
        "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA",
        "TLS_EMPTY_RENEGOTIATION_INFO_SCSV"
    };

    // Reading

    @BetweenEach
    void connection_goes_on_after_a_read_that_timed_out(Jsse client, Jsse server, String version) throws Exception {
        try (TlsEnds ends = TlsEnds.of(client, server, version)) {
            ends.handshake();
            for (SSLSocket socket : List.of(ends.client(), ends.server())) {
                socket.setSoTimeout(1);
                for (int i = 0; i < 3; i++) {
                    assertThatThrownBy(socket.getInputStream()::read).isInstanceOf(SocketTimeoutException.class);
                }
                socket.setSoTimeout(0);
            }
            ends.assertCarries();
        }
    }

    @BetweenEach
    void close_by_another_thread_wakes_a_blocked_reader(Jsse client, Jsse server, String version) throws Exception {
        try (TlsEnds ends = TlsEnds.of(client, server, version)) {
            ends.handshake().assertCarries();
            var reading = new FutureTask<>(() -> ends.client().getInputStream().read());
            Thread reader = Thread.ofPlatform().daemon().name("reader").start(reading);
            await().atMost(Duration.ofSeconds(20)).until(() -> isReading(reader));
            ends.client().close();
            try {
                assertThat(reading.get(20, TimeUnit.SECONDS)).isEqualTo(-1);
            } catch (java.util.concurrent.ExecutionException e) {
                assertThat(e).hasCauseInstanceOf(SocketException.class);
            }
            assertThat(ends.client().isClosed()).isTrue();
        }
    }

    /** Returns whether a thread waits for bytes of a socket. */
    private static boolean isReading(Thread thread) {
        return Stream.of(thread.getStackTrace())
                .anyMatch(frame -> frame.getClassName().equals("sun.nio.ch.NioSocketImpl")
                        && frame.getMethodName().equals("implRead"));
    }

    @BetweenEach
    void end_of_output_of_a_connected_socket_is_close_notify(Jsse client, Jsse server, String version)
            throws Exception {
        try (EchoingServer echoing = EchoingServer.start(server);
                SSLSocket socket =
                        (SSLSocket) client.withoutKey().getSocketFactory().createSocket("localhost", echoing.port())) {
            socket.setEnabledProtocols(new String[] {version});
            socket.getOutputStream().write(HELLO);
            assertThat(socket.getInputStream().readNBytes(5)).isEqualTo(HELLO);
            socket.shutdownOutput();
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
            assertThat(socket.isClosed()).isFalse();
        }
    }

    // Information about a handshake

    @BetweenEach
    void listener_is_notified_once_whatever_follows(Jsse client, Jsse server, String version) throws Exception {
        try (TlsEnds ends = TlsEnds.of(client, server, version)) {
            BlockingQueue<String> events = new LinkedBlockingQueue<>();
            ends.client().addHandshakeCompletedListener(event -> events.add("client"));
            ends.server().addHandshakeCompletedListener(event -> events.add("server"));
            ends.handshake();
            for (int i = 0; i < 3; i++) {
                ends.assertCarries();
            }
            assertThat(Stream.of(events.poll(30, TimeUnit.SECONDS), events.poll(30, TimeUnit.SECONDS)))
                    .containsExactlyInAnyOrder("client", "server");
            assertThat(events).isEmpty();
        }
    }

    @BetweenEach
    void peer_certificates_are_an_array_of_x509(Jsse client, Jsse server, String version) throws Exception {
        try (TlsEnds ends = TlsEnds.of(client, server, version)) {
            ends.handshake();
            X509Certificate[] certificates =
                    (X509Certificate[]) ends.client().getSession().getPeerCertificates();
            assertThat(certificates).containsExactlyElementsOf(Jsse.SERVER.chain());
            assertThat(ends.server().getSession().getLocalCertificates()).isInstanceOf(X509Certificate[].class);
        }
    }

    @BetweenEach
    void ids_are_stable_and_not_empty(Jsse client, Jsse server, String version) throws Exception {
        try (TlsEnds ends = TlsEnds.of(client, server, version)) {
            ends.handshake();
            for (SSLSocket socket : List.of(ends.client(), ends.server())) {
                byte[] id = socket.getSession().getId();
                assertThat(id).isNotEmpty().hasSizeLessThanOrEqualTo(32);
                ends.assertCarries();
                assertThat(socket.getSession().getId()).isEqualTo(id);
            }
        }
    }

    @BetweenEach
    void ids_of_two_sessions_differ(Jsse client, Jsse server, String version) throws Exception {
        try (TlsEnds one = TlsEnds.of(client, server, version);
                TlsEnds other = TlsEnds.of(client, server, version)) {
            SSLSession first = one.handshake().client().getSession();
            SSLSession second = other.handshake().client().getSession();
            assertThat(first.getId()).isNotEqualTo(second.getId());
        }
    }

    // Suites and parameters

    @OnEach
    void retired_suites_can_be_enabled_together_with_others(Jsse jsse) throws Exception {
        String[] suites = Arrays.copyOf(RETIRED, RETIRED.length + 2);
        suites[RETIRED.length] = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256";
        suites[RETIRED.length + 1] = "TLS_AES_128_GCM_SHA256";
        try (TlsEnds ends = TlsEnds.of(jsse, jsse, TLS_1_2)) {
            ends.client().setEnabledCipherSuites(suites);
            ends.server().setEnabledCipherSuites(suites);
            ends.handshake().assertCarries();
            assertThat(ends.client().getSession().getCipherSuite())
                    .isEqualTo("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256");
            for (String created : List.of("TLS_MADE_UP", "", "AES128-SHA", "tls_aes_128_gcm_sha256")) {
                assertThatIllegalArgumentException()
                        .as(created)
                        .isThrownBy(() -> ends.client().setEnabledCipherSuites(new String[] {created}));
            }
        }
    }

    @OnEach
    void enabling_everything_enables_nothing_without_a_key_or_a_certificate(Jsse jsse) throws Exception {
        SSLContext context = jsse.withoutKey();
        String[] supported = context.getSocketFactory().getSupportedCipherSuites();
        assertThat(supported).noneMatch(suite -> suite.contains("_NULL_") || suite.contains("_anon_"));
        for (String open : List.of("TLS_ECDH_anon_WITH_AES_256_CBC_SHA", "TLS_ECDH_anon_WITH_NULL_SHA")) {
            try (TlsEnds ends = TlsEnds.of(context, context)) {
                String[] suites = Arrays.copyOf(supported, supported.length + 1);
                suites[supported.length] = open;
                ends.client().setEnabledCipherSuites(suites);
                ends.client().setEnabledProtocols(new String[] {TLS_1_2});
                ends.server().setEnabledCipherSuites(new String[] {open});
                var accepted = ends.run(() -> {
                    try (SSLSocket server = ends.server()) {
                        return server.getSession();
                    }
                });
                assertThatThrownBy(ends.client()::startHandshake).as(open).isInstanceOf(IOException.class);
                assertThat(TlsEnds.await(accepted).isValid()).isFalse();
            }
        }
    }

    @OnEach
    void retired_versions_can_be_enabled_together_with_others(Jsse jsse) throws Exception {
        try (TlsEnds ends = TlsEnds.of(jsse, jsse, TLS_1_2)) {
            ends.client().setEnabledProtocols(new String[] {"SSLv3", "TLSv1", "TLSv1.1", TLS_1_2});
            ends.server().setEnabledProtocols(new String[] {"SSLv2Hello", "SSLv3", "TLSv1", "TLSv1.1", TLS_1_2});
            ends.handshake().assertCarries();
            assertThat(ends.client().getSession().getProtocol()).isEqualTo(TLS_1_2);
        }
    }

    @OnEachVersion
    void empty_parameters_keep_the_defaults(Jsse jsse, String version) throws Exception {
        try (TlsEnds ends = TlsEnds.of(jsse, jsse, version)) {
            String[] suites = ends.client().getEnabledCipherSuites();
            ends.client().setSSLParameters(new SSLParameters());
            ends.server().setSSLParameters(new SSLParameters());
            assertThat(ends.client().getEnabledProtocols()).containsExactly(version);
            assertThat(ends.client().getEnabledCipherSuites()).isEqualTo(suites);
            ends.handshake().assertCarries();
        }
    }

    @BetweenEach
    void default_suite_is_aes_gcm(Jsse client, Jsse server, String version) throws Exception {
        try (TlsEnds ends = TlsEnds.of(client, server, version)) {
            ends.handshake();
            assertThat(ends.client().getSession().getCipherSuite()).containsPattern("_AES_(128|256)_GCM_");
        }
    }

    // Layering

    @OnEachVersion
    void server_is_created_without_a_host_or_with_no_consumed_bytes(Jsse jsse, String version) throws Exception {
        for (boolean withoutHost : new boolean[] {true, false}) {
            try (SocketEnds tcp = SocketEnds.connect()) {
                SSLSocket server = withoutHost
                        ? (SSLSocket) jsse.context().getSocketFactory().createSocket(tcp.server(), null, -1, false)
                        : (SSLSocket)
                                jsse.context().getSocketFactory().createSocket(tcp.server(), (InputStream) null, false);
                assertThat(server.getUseClientMode()).isEqualTo(withoutHost);
                server.setUseClientMode(false);
                SSLSocket client = (SSLSocket)
                        jsse.withoutKey().getSocketFactory().createSocket(tcp.client(), "localhost", 443, false);
                client.setEnabledProtocols(new String[] {version});
                new TlsEnds(client, server, tcp).assertCarries();
            }
        }
    }

    // Key managers of other providers

    /**
     * Kinds of keys, with the names of key manager factories; those of BouncyCastle's provider work only with Heddle.
     */
    static Stream<Arguments> keysAndManagers() {
        return Stream.of(TestPki.Key.P256, TestPki.Key.RSA_2048)
                .flatMap(key -> Stream.of("SunX509", "PKIX", "BCJSSE")
                        .flatMap(manager -> Jsse.withVersions()
                                .filter(arguments -> !manager.equals("BCJSSE") || arguments.get()[0] != Jsse.SUN_JSSE)
                                .map(arguments -> Arguments.of(arguments.get()[0], arguments.get()[1], key, manager))));
    }

    @ParameterizedTest
    @MethodSource("keysAndManagers")
    void key_managers_of_any_provider_serve_both_sides(Jsse jsse, String version, TestPki.Key key, String manager)
            throws Exception {
        Identity server = TestPki.server(key, "localhost");
        Identity client = TestPki.certificate("CN=someone").key(key, 2).client().issuedBy(TestPki.ca());
        SSLContext serving = jsse.context(
                "TLS", keys(manager, server), Jsse.trust(TestPki.ca().leaf()));
        SSLContext asking = jsse.context(
                "TLS", keys(manager, client), Jsse.trust(TestPki.ca().leaf()));
        try (TlsEnds ends = TlsEnds.of(asking, serving)) {
            ends.client().setEnabledProtocols(new String[] {version});
            ends.server().setNeedClientAuth(true);
            ends.handshake().assertCarries();
            assertThat(ends.client().getSession().getPeerCertificates()).containsExactlyElementsOf(server.chain());
            assertThat(ends.server().getSession().getPeerCertificates()).containsExactlyElementsOf(client.chain());
        }
    }

    private static KeyManager[] keys(String manager, Identity identity) throws Exception {
        KeyManagerFactory factory = manager.equals("BCJSSE")
                ? KeyManagerFactory.getInstance("PKIX", new BouncyCastleJsseProvider())
                : KeyManagerFactory.getInstance(manager, "SunJSSE");
        factory.init(Jsse.store(identity), new char[0]);
        return factory.getKeyManagers();
    }

    @OnEach
    void context_of_the_jdk_defaults_creates_sockets_that_fail_with_a_reason(Jsse jsse) throws Exception {
        SSLContext context = jsse.context("TLS", null, null);
        try (TlsEnds ends = TlsEnds.of(context, jsse.context())) {
            var accepted = ends.run(ends.server()::getSession);
            assertThatThrownBy(ends.client()::startHandshake)
                    .isInstanceOf(IOException.class)
                    .message()
                    .isNotEmpty();
            TlsEnds.await(accepted);
        }
        assertThat(TLS_1_3).isIn((Object[]) context.getDefaultSSLParameters().getProtocols());
    }
}
