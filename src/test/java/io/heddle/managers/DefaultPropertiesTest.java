package io.heddle.managers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heddle.certificate.Identity;
import io.heddle.certificate.TestPki;
import io.heddle.certificate.path.StoreProperties;
import io.heddle.certificate.path.TrustStore;
import io.heddle.failure.InvalidOption;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyManagementException;
import java.security.KeyStore;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DefaultPropertiesTest {
    private static final Identity SERVER = TestPki.server("a.example");

    @TempDir
    Path folder;

    private final Map<String, String> properties = new HashMap<>();
    private final DefaultProperties read = new DefaultProperties(properties::get, () -> TestPki.NOW);
    private final Supplier<TrustStore> anchors = new StoreProperties(properties::get)::trustStore;

    @Test
    void without_properties_there_are_no_keys_and_no_choices() throws Exception {
        assertThat(read.keyManagers()).isEmpty();
        assertThat(read.clientProtocols()).isEmpty();
        assertThat(read.serverProtocols()).isEmpty();
        assertThat(read.clientCipherSuites()).isEmpty();
        assertThat(read.serverCipherSuites()).isEmpty();
    }

    @Test
    void takes_the_keys_of_the_key_store() throws Exception {
        named("javax.net.ssl.keyStore", TestStores.keys(SERVER), "heddle");

        var manager = (X509ExtendedKeyManager) read.keyManagers()[0];

        assertThat(manager.chooseServerAlias("EC", null, null)).isEqualTo("key0");
        assertThat(manager.getPrivateKey("key0")).isEqualTo(SERVER.key());
    }

    @Test
    void takes_the_certificates_of_the_trust_store() throws Exception {
        named("javax.net.ssl.trustStore", TestStores.trusted(TestPki.ca().leaf()), "secret");

        var manager = (X509ExtendedTrustManager) read.trustManagers(anchors)[0];

        manager.checkServerTrusted(TestStores.chain(SERVER), "UNKNOWN");
        assertThat(manager.getAcceptedIssuers()).containsExactly(TestPki.ca().leaf());
    }

    @Test
    void stores_that_cannot_be_read_are_reported() {
        Path missing = folder.resolve("missing");
        properties.put("javax.net.ssl.keyStore", missing.toString());
        properties.put("javax.net.ssl.trustStore", missing.toString());

        assertThatThrownBy(read::keyManagers)
                .isInstanceOf(KeyManagementException.class)
                .hasMessage("javax.net.ssl.keyStore: \"%s\" does not exist", missing)
                .hasCauseInstanceOf(InvalidOption.class);
        assertThatThrownBy(() -> read.trustManagers(anchors))
                .isInstanceOf(KeyManagementException.class)
                .hasMessage("javax.net.ssl.trustStore: \"%s\" does not exist", missing);
    }

    @Test
    void a_key_with_another_password_than_its_store_is_reported_without_the_password() throws Exception {
        KeyStore store = KeyStore.getInstance("JKS");
        store.load(null, null);
        TestStores.add(store, "own", SERVER);
        named("javax.net.ssl.keyStore", store, "secret");
        properties.put("javax.net.ssl.keyStoreType", "JKS");

        assertThatThrownBy(read::keyManagers)
                .isInstanceOf(KeyManagementException.class)
                .hasMessage(
                        "javax.net.ssl.keyStorePassword: the key \"own\" of the key store is not opened by the"
                                + " password, file \"%s\"",
                        properties.get("javax.net.ssl.keyStore"))
                .hasMessageNotContaining("secret");
    }

    private interface Choice extends Function<DefaultProperties, Optional<List<String>>> {}

    private static final Map<String, Choice> PROTOCOLS = Map.of(
            "jdk.tls.client.protocols", DefaultProperties::clientProtocols,
            "jdk.tls.server.protocols", DefaultProperties::serverProtocols);

    private static final Map<String, Choice> SUITES = Map.of(
            "jdk.tls.client.cipherSuites", DefaultProperties::clientCipherSuites,
            "jdk.tls.server.cipherSuites", DefaultProperties::serverCipherSuites);

    @Test
    void versions_are_in_the_order_of_the_property() {
        PROTOCOLS.forEach((property, choice) -> {
            properties.clear();
            properties.put(property, " TLSv1.2 ,TLSv1.3,TLSv1.2,,SSLv3");
            assertThat(choice.apply(read)).contains(List.of("TLSv1.2", "TLSv1.3"));
            properties.put(property, "\"TLSv1.3\"");
            assertThat(choice.apply(read)).contains(List.of("TLSv1.3"));
            properties.put(property, "");
            assertThat(choice.apply(read)).isEmpty();
        });
    }

    @Test
    void unknown_and_unsupported_versions_are_refused() {
        PROTOCOLS.forEach((property, choice) -> {
            properties.put(property, "TLSv1.3,TLSv1.4");
            assertThatThrownBy(() -> choice.apply(read))
                    .isInstanceOf(InvalidOption.class)
                    .hasMessage(
                            "%s: \"TLSv1.4\" is not a TLS version, allowed are TLSv1, TLSv1.1, TLSv1.2 and TLSv1.3",
                            property);
            properties.put(property, "SSLv3,SSLv2Hello");
            assertThatThrownBy(() -> choice.apply(read))
                    .isInstanceOf(InvalidOption.class)
                    .hasMessage(
                            "%s: [SSLv3, SSLv2Hello] are not supported any more, which leaves no version", property);
        });
    }

    @Test
    void suites_are_in_the_order_of_the_property() {
        SUITES.forEach((property, choice) -> {
            properties.put(property, "TLS_AES_256_GCM_SHA384, TLS_AES_128_GCM_SHA256,SSL_RSA_WITH_RC4_128_MD5");
            assertThat(choice.apply(read))
                    .contains(List.of("TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256", "SSL_RSA_WITH_RC4_128_MD5"));
        });
    }

    @Test
    void invented_suites_are_refused() {
        SUITES.forEach((property, choice) -> {
            properties.put(property, "TLS_AES_256_GCM_SHA384,TLS_ROT13");
            assertThatThrownBy(() -> choice.apply(read))
                    .isInstanceOf(InvalidOption.class)
                    .hasMessage("%s: \"TLS_ROT13\" is not a cipher suite", property);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"https.protocols", "https.cipherSuites"})
    void what_https_url_connection_reads_is_left_to_it(String property) {
        properties.put(property, "TLSv1.2");

        assertThat(read.clientProtocols()).isEmpty();
        assertThat(read.clientCipherSuites()).isEmpty();
    }

    private void named(String property, KeyStore store, String password) throws Exception {
        Path file = folder.resolve(property);
        try (OutputStream out = Files.newOutputStream(file)) {
            store.store(out, password.toCharArray());
        }
        properties.put(property, file.toString());
        properties.put(property + "Password", password);
    }
}
