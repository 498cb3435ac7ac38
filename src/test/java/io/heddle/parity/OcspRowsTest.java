package io.heddle.parity;

import static io.heddle.parity.Agents.AGENT1;
import static io.heddle.parity.Agents.CA1;
import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.SecureContext;
import io.heddle.ServerOptions;
import io.heddle.certificate.Identity;
import io.heddle.certificate.TestOcsp;
import io.heddle.failure.Alert;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.TlsVersion;
import java.io.ByteArrayOutputStream;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Rows on stapled OCSP responses. */
class OcspRowsTest {
    private static final char[] PASSPHRASE = "sample".toCharArray();

    private record Request(X509Certificate certificate, Optional<X509Certificate> issuer) {}

    private static final byte[] RESPONSE = TestOcsp.good(CA1, AGENT1.leaf());

    private final BlockingQueue<Request> requests = new LinkedBlockingQueue<>();

    private Loopback serve(Consumer<SecureContext.Builder> context, Optional<byte[]> answer) throws Exception {
        return serve(context, options -> {}, answer);
    }

    private Loopback serve(
            Consumer<SecureContext.Builder> context, Consumer<ServerOptions.Builder> options, Optional<byte[]> answer)
            throws Exception {
        var server = Loopback.serve(context, options);
        server.server.onOcspRequest((certificate, issuer) -> {
            requests.add(new Request(certificate, issuer));
            new CountDownLatch(1).await(100, TimeUnit.MILLISECONDS);
            return answer;
        });
        return server;
    }

    @DisplayName("OCSP-01: the server's listener blocks and answers; the client receives the bytes, or none")
    @ParameterizedTest
    @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
    void staples_the_answer_of_the_listener(TlsVersion version) throws Exception {
        for (Optional<byte[]> answer : List.of(Optional.<byte[]>empty(), Optional.of(RESPONSE))) {
            try (var server = serve(context(AGENT1, version), answer)) {
                ConnectionResult result = server.exchange(o ->
                                o.servername("agent1").ca(Agents.leaves(CA1)).requestOCSP(true))
                        .worked();

                assertThat(result.client().ocspResponse().isPresent()).isEqualTo(answer.isPresent());
                answer.ifPresent(bytes -> assertThat(result.client().ocspResponse())
                        .hasValueSatisfying(received -> assertThat(received).isEqualTo(bytes)));
                assertThat(requests.take()).isEqualTo(new Request(AGENT1.leaf(), Optional.of(CA1.leaf())));
            }
        }
    }

    private static Consumer<SecureContext.Builder> context(Identity identity, TlsVersion version) {
        return context -> context.identity(identity)
                .ca(Agents.leaves(CA1))
                .minVersion(version)
                .maxVersion(version);
    }

    @DisplayName("OCSP-01: a connection that the client ends in its listener completes on neither side")
    @ParameterizedTest
    @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
    void the_client_may_refuse(TlsVersion version) throws Exception {
        try (var server = serve(context(AGENT1, version), Optional.of(RESPONSE))) {
            ConnectionResult result = server.exchange(o -> o.servername("agent1")
                    .ca(Agents.leaves(CA1))
                    .onOcspResponse((response, chain, verdict) -> {
                        throw Code.CERT_REVOKED.failure(Alert.CERTIFICATE_REVOKED, "ocsp: %s", verdict.status());
                    }));

            result.clientFailed(Code.CERT_REVOKED).serverFailed(Code.ERR_SSL_SSLV3_ALERT_CERTIFICATE_REVOKED);
            assertThat(result.clientError()).hasMessageStartingWith("ocsp: GOOD");
        }
    }

    @DisplayName("OCSP-01: the same with the identity from PKCS#12; no listener is called for a client that requests no response")
    @ParameterizedTest
    @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
    void uses_the_identity_of_a_pfx(TlsVersion version) throws Exception {
        var store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("agent1", AGENT1.key(), PASSPHRASE, new Certificate[] {AGENT1.leaf()});
        var pfx = new ByteArrayOutputStream();
        store.store(pfx, PASSPHRASE);
        try (var server = serve(
                context -> context.pfx(pfx.toByteArray(), PASSPHRASE)
                        .minVersion(version)
                        .maxVersion(version),
                // The file has no issuer to verify a response with.
                options -> options.verifyOCSP(false),
                Optional.of(RESPONSE))) {
            ConnectionResult result = server.exchange(
                            o -> o.servername("agent1").ca(Agents.leaves(CA1)).requestOCSP(true))
                    .worked();
            assertThat(result.client().ocspResponse())
                    .hasValueSatisfying(received -> assertThat(received).isEqualTo(RESPONSE));
            requests.clear();

            ConnectionResult silent = server.exchange(o -> o.servername("agent1").ca(Agents.leaves(CA1)))
                    .worked();
            assertThat(silent.client().ocspResponse()).isEmpty();
            assertThat(requests).isEmpty();
        }
    }
}
