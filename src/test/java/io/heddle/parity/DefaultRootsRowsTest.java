package io.heddle.parity;

import static io.heddle.parity.Agents.AGENT1;
import static io.heddle.parity.Agents.AGENT3;
import static io.heddle.parity.Agents.CA1;
import static io.heddle.parity.Agents.CA2;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heddle.CaSource;
import io.heddle.HeddleProvider;
import io.heddle.SecureContext;
import io.heddle.Tls;
import io.heddle.certificate.TestPki;
import io.heddle.certificate.file.Pem;
import io.heddle.failure.InvalidOption;
import io.heddle.failure.TlsFailure.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Provider;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Rows of the area verification/hostname on the default roots. They belong to the process: each test restores them.
 * Tests of this project run one after the other.
 */
class DefaultRootsRowsTest {
    private static final Provider PROVIDER = new HeddleProvider();

    private final List<String> before = Tls.getCACertificates();

    @AfterEach
    void restore() {
        Tls.setDefaultCACertificates(before);
    }

    private static String customRoot() {
        return Agents.pem(CA1);
    }

    @DisplayName("VER-28, VER-35: the roots of the platform, always the same unmodifiable list")
    @Test
    void lists_the_roots_of_the_platform() {
        List<String> roots = Tls.rootCertificates();

        assertThat(roots).isNotEmpty().doesNotHaveDuplicates().isSameAs(Tls.rootCertificates());
        assertThat(roots).isSameAs(Tls.getCACertificates(CaSource.BUNDLED));
        assertThat(roots).isUnmodifiable();
        assertThat(roots)
                .allMatch(pem ->
                        pem.startsWith("-----BEGIN CERTIFICATE-----\n") && pem.endsWith("\n-----END CERTIFICATE-----"));
    }

    @DisplayName(
            "VER-36, VER-37, VER-39: the default roots are the platform's, and without a file there are no extra ones")
    @Test
    void the_default_roots_are_the_platforms() {
        assertThat(Tls.getCACertificates(CaSource.EXTRA)).isEmpty();
        assertThat(before).containsAll(Tls.rootCertificates());
        assertThat(Tls.getCACertificates(CaSource.DEFAULT)).isSameAs(Tls.getCACertificates());
    }

    @DisplayName("VER-47: the roots that were set are listed; duplicates collapse, the platform's roots stay")
    @Test
    void replaces_the_default_roots() {
        List<String> bundled = Tls.rootCertificates();
        List<String> both = new ArrayList<>(bundled);
        both.add(customRoot());
        for (List<String> roots : List.of(List.of(customRoot()), List.<String>of(), bundled, both, bundled.subList(0, 3))) {
            Tls.setDefaultCACertificates(roots);

            assertThat(Tls.getCACertificates())
                    .containsExactlyElementsOf(roots.stream().map(String::strip).toList())
                    .isSameAs(Tls.getCACertificates(CaSource.DEFAULT));
            assertThat(Tls.rootCertificates()).isSameAs(bundled);
        }
        Tls.setDefaultCACertificates(List.of(customRoot(), customRoot(), customRoot().strip()));
        assertThat(Tls.getCACertificates()).containsExactly(customRoot().strip());
    }

    @DisplayName("VER-48, VER-51: a text that is refused changes nothing")
    @Test
    void all_or_nothing() {
        String broken = Pem.write("CERTIFICATE", "not DER".getBytes(US_ASCII));
        for (List<String> first : List.of(before, List.of(customRoot()))) {
            Tls.setDefaultCACertificates(first);
            List<String> was = Tls.getCACertificates();

            assertThatExceptionOfType(InvalidOption.class)
                    .isThrownBy(() -> Tls.setDefaultCACertificates(List.of("not a valid certificate")))
                    .withMessage("certs[0]: contains no certificate in PEM or DER (a file is given as a Path)"
                            + " (No valid certificates found)")
                    .withCauseInstanceOf(InvalidOption.class)
                    .satisfies(e -> assertThat(e.code()).isEqualTo("ERR_CRYPTO_OPERATION_FAILED"));
            assertThatExceptionOfType(InvalidOption.class)
                    .isThrownBy(() -> Tls.setDefaultCACertificates(List.of(customRoot(), broken)))
                    .withMessage("certs[1]: contains a certificate whose content is not valid DER")
                    .satisfies(e -> assertThat(e.code()).isEqualTo("ERR_OSSL_PEM_ASN1_LIB"));
            assertThat(Tls.getCACertificates()).isSameAs(was);
        }
    }

    @Test
    void accepts_texts_bytes_files_and_certificates_in_one_list(@TempDir Path folder) throws Exception {
        Path pem = Files.writeString(folder.resolve("two.pem"), Agents.pem(CA1, CA2));
        Path der = Files.write(folder.resolve("ca5.der"), Agents.CA5.leaf().getEncoded());
        byte[] bytes = CA2.leaf().getEncoded();
        List<X509Certificate> expected = Agents.leaves(Agents.CA5, CA2, CA1, Agents.AGENT2);

        Tls.setDefaultCACertificates(List.of(der, bytes, customRoot(), pem, Agents.AGENT2.leaf(), customRoot().getBytes(US_ASCII)));

        assertThat(SecureContext.builder().build().trusted()).containsExactlyElementsOf(expected);
        assertThat(Tls.getCACertificates()).hasSize(4);
    }

    @DisplayName("VER-48: an element that is refused is named, with the reason")
    @Test
    void names_the_refused_element_and_the_reason(@TempDir Path folder) throws Exception {
        List<String> was = Tls.getCACertificates();
        Path missing = folder.resolve("missing.pem");
        Path empty = Files.writeString(folder.resolve("empty.pem"), "");

        refuses(List.of(customRoot(), 7), "ERR_INVALID_ARG_TYPE")
                .withMessage(
                        "certs[1]: a java.lang.Integer was given, allowed are String, byte[], Path and X509Certificate");
        refuses(Collections.singletonList(null), "ERR_INVALID_ARG_TYPE")
                .withMessage("certs[0]: null was given, allowed are String, byte[], Path and X509Certificate");
        refuses(List.of(missing), "ENOENT").withMessage("certs[0] \"%s\": there is no such file", missing);
        refuses(List.of(customRoot(), empty), "ERR_CRYPTO_OPERATION_FAILED")
                .withMessage(
                        "certs[1] \"%s\": contains no certificate in PEM or DER (No valid certificates found)", empty);
        refuses(List.of(""), "ERR_CRYPTO_OPERATION_FAILED")
                .withMessage("certs[0]: the text is empty, PEM is expected (No valid certificates found)");
        refuses(List.of("ca.pem"), "ERR_CRYPTO_OPERATION_FAILED")
                .withMessageContaining("the text \"ca.pem\" looks like the name of a file (a file is given as a Path)");
        refuses(List.of(new byte[] {0x30, 1}), "ERR_OSSL_PEM_ASN1_LIB")
                .withMessage("certs[0]: contains a certificate whose content is not valid DER");

        assertThat(Tls.getCACertificates()).isSameAs(was);
    }

    private static ThrowableAssertAlternative<InvalidOption> refuses(List<?> certs, String code) {
        return assertThatExceptionOfType(InvalidOption.class)
                .isThrownBy(() -> Tls.setDefaultCACertificates(certs))
                .satisfies(e -> assertThat(e.code()).isEqualTo(code));
    }

    @Test
    void applies_to_contexts_of_jsse_initialised_afterwards() throws Exception {
        SSLContext old = jsse("TLS");
        Tls.setDefaultCACertificates(Agents.leaves(CA2));
        SSLContext context = jsse("TLS");
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX", PROVIDER);
        factory.init((KeyStore) null);

        assertThat(((X509TrustManager) factory.getTrustManagers()[0]).getAcceptedIssuers())
                .containsExactly(CA2.leaf());
        try (var server = Loopback.serve(Agents.identity(AGENT3))) {
            meets(context, server);
            meets(jsse("Default"), server);
            assertThatThrownBy(() -> meets(old, server))
                    .isInstanceOf(SSLHandshakeException.class)
                    .hasMessageContaining("no trusted certificate issued");
            Tls.setDefaultCACertificates(before);
            meets(context, server);
            assertThatThrownBy(() -> meets(jsse("TLS"), server)).isInstanceOf(SSLHandshakeException.class);
        }
    }

    private static SSLContext jsse(String name) throws GeneralSecurityException {
        SSLContext context = SSLContext.getInstance(name, PROVIDER);
        if (!name.equals("Default")) {
            context.init(null, null, null);
        }
        return context;
    }

    private static void meets(SSLContext context, Loopback server) throws IOException {
        try (var client = context.getSocketFactory().createSocket("127.0.0.1", server.server.port())) {
            client.getOutputStream().write('x');
            assertThat(client.getInputStream().read()).isEqualTo('x');
        }
    }

    @DisplayName("VER-53, VER-54: the ca of a connection takes precedence over the default roots")
    @Test
    void the_ca_of_a_connection_takes_precedence() throws Exception {
        try (var server = Loopback.serve(Agents.identity(AGENT1))) {
            for (List<String> roots : List.of(Tls.rootCertificates(), List.<String>of())) {
                Tls.setDefaultCACertificates(roots);
                server.exchange(o -> o.host("agent1").ca(customRoot())).worked();
            }
        }
    }

    @DisplayName("VER-55, VER-56, VER-57: a change applies from the next connection on")
    @Test
    void the_default_roots_apply_from_the_next_connection_on() throws Exception {
        List<String> both = new ArrayList<>(Tls.rootCertificates());
        both.add(customRoot());
        try (var server = Loopback.serve(Agents.identity(AGENT1))) {
            server.exchange(o -> o.host("agent1")).clientFailed(Code.UNABLE_TO_VERIFY_LEAF_SIGNATURE);
            Tls.setDefaultCACertificates(both);
            server.exchange(o -> o.host("agent1")).worked();
            Tls.setDefaultCACertificates(List.of(customRoot()));
            server.exchange(o -> o.host("agent1")).worked();
            Tls.setDefaultCACertificates(List.of());
            server.exchange(o -> o.host("agent1")).clientFailed(Code.UNABLE_TO_VERIFY_LEAF_SIGNATURE);
        }
    }

    @DisplayName("VER-29: ca replaces the default roots, addCa keeps them")
    @Test
    void addCa_keeps_the_default_roots(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("ca1.pem"), customRoot());
        Tls.setDefaultCACertificates(List.of(Agents.pem(CA2)));
        try (var server = Loopback.serve(Agents.identity(AGENT3))) {
            server.exchange(o -> o.host("agent3")).worked();
            server.exchange(o -> o.host("agent3").ca(customRoot())).clientFailed(Code.UNABLE_TO_VERIFY_LEAF_SIGNATURE);
            server.exchange(o -> o.host("agent3").addCa(Agents.leaves(CA1))).worked();
            SecureContext extended = Tls.createSecureContext(o -> {}).toBuilder()
                    .addCa(Agents.leaves(CA1))
                    .build();
            server.exchange(o -> o.host("agent3").secureContext(extended)).worked();
        }
        try (var server = Loopback.serve(Agents.identity(AGENT1))) {
            server.exchange(o -> o.host("agent1").addCa(Agents.leaves(CA1))).worked();
            server.exchange(o -> o.host("agent1").addCa(customRoot())).worked();
            server.exchange(o -> o.host("agent1").addCa(file)).worked();
            server.exchange(o -> o.host("agent1").ca(Agents.leaves(CA2)).addCa(file))
                    .worked();
        }
        try (var server = Loopback.serve(Agents.identity(AGENT3))) {
            server.exchange(o -> o.host("agent3").addCa(customRoot())).worked();
            server.exchange(o -> o.host("agent3").addCa(file)).worked();
            server.exchange(o -> o.host("agent3").ca(Agents.leaves(CA1)).addCa(file))
                    .clientFailed(Code.UNABLE_TO_VERIFY_LEAF_SIGNATURE);
        }
    }

    @DisplayName("VER-31: default roots stay in force beside a revocation list and PKCS#12")
    @Test
    void other_options_keep_the_default_roots() throws Exception {
        Tls.setDefaultCACertificates(List.of(Agents.pem(CA2)));
        try (var server = Loopback.serve(Agents.identity(AGENT3))) {
            server.exchange(o -> o.host("agent3").crl(TestPki.crl(CA2))).worked();
            server.exchange(o -> o.host("agent3").identity(AGENT1)).worked();
        }
    }
}
