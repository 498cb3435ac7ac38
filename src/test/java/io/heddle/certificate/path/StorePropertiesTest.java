package io.heddle.certificate.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heddle.certificate.Identity;
import io.heddle.certificate.TestPki;
import io.heddle.failure.InvalidOption;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StorePropertiesTest {
    private static final String TRUST = "javax.net.ssl.trustStore";
    private static final String KEY = "javax.net.ssl.keyStore";

    @TempDir
    Path folder;

    private final Map<String, String> properties = new HashMap<>();

    @Test
    void without_a_key_store_there_is_none() {
        assertThat(read().keyStore()).isEmpty();
        properties.put(KEY, "");
        assertThat(read().keyStore()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"PKCS12", "JKS"})
    void reads_the_key_store_with_its_password(String type) throws Exception {
        Identity server = TestPki.server("a.example");
        properties.put(KEY, keys(type, server).toString());
        properties.put(KEY + "Type", type);
        properties.put(KEY + "Password", "secret");

        StoreProperties.Opened opened = read().keyStore().orElseThrow();

        assertThat(opened.store().getCertificate("own")).isEqualTo(server.leaf());
        assertThat(opened.store().getKey("own", opened.password()).getEncoded())
                .isEqualTo(server.key().getEncoded());
        assertThat(opened).hasToString("Opened[" + type + "]");
    }

    @Test
    void the_type_and_the_provider_are_optional() throws Exception {
        Path file = keys("JKS", TestPki.server("a.example"));
        properties.put(KEY, file.toString());
        properties.put(KEY + "Password", "secret");

        assertThat(read().keyStore().orElseThrow().store().isKeyEntry("own")).isTrue();
        properties.put(KEY + "Type", "JKS");
        properties.put(KEY + "Provider", "SUN");
        assertThat(read().keyStore().orElseThrow().store().getProvider().getName())
                .isEqualTo("SUN");
    }

    @ParameterizedTest
    @ValueSource(strings = {"PKCS12", "JKS"})
    void a_wrong_password_is_reported_without_its_text(String type) throws Exception {
        Path file = keys(type, TestPki.server("a.example"));
        properties.put(KEY, file.toString());
        properties.put(KEY + "Password", "wr0ng");

        assertThatThrownBy(() -> read().keyStore())
                .isInstanceOf(InvalidOption.class)
                .hasMessage("javax.net.ssl.keyStorePassword: \"%s\" is not opened by the password", file);
    }

    @Test
    void files_that_cannot_be_read_are_reported() throws Exception {
        Path text = Files.writeString(folder.resolve("text"), "not a store");
        properties.put(KEY + "Type", "PKCS12");

        properties.put(KEY, folder.resolve("missing").toString());
        assertThatThrownBy(() -> read().keyStore())
                .hasMessage("javax.net.ssl.keyStore: \"%s\" does not exist", folder.resolve("missing"));
        properties.put(KEY, text.toString());
        assertThatThrownBy(() -> read().keyStore())
                .isInstanceOf(InvalidOption.class)
                .hasMessageStartingWith(
                        "javax.net.ssl.keyStore: \"%s\" cannot be read as a store of type PKCS12 (".formatted(text));
        properties.put(KEY, folder.toString());
        assertThatThrownBy(() -> read().keyStore())
                .isInstanceOf(InvalidOption.class)
                .hasMessageStartingWith("javax.net.ssl.keyStore: \"%s\" cannot be read".formatted(folder));
        properties.put(KEY, "\0");
        assertThatThrownBy(() -> read().keyStore()).isInstanceOf(InvalidOption.class);
    }

    @Test
    void types_and_providers_that_do_not_exist_are_reported() {
        properties.put(KEY, "NONE");
        properties.put(KEY + "Type", "ROPE");
        assertThatThrownBy(() -> read().keyStore())
                .hasMessage("javax.net.ssl.keyStoreType: no provider has a store of type \"ROPE\"");
        properties.put(KEY + "Type", "PKCS12");
        properties.put(KEY + "Provider", "Unknown");
        assertThatThrownBy(() -> read().keyStore())
                .hasMessage("javax.net.ssl.keyStoreProvider: there is no provider \"Unknown\"");
    }

    @Test
    void none_is_a_store_without_a_file() throws Exception {
        properties.put(KEY, "NONE");
        properties.put(KEY + "Type", "PKCS12");

        assertThat(read().keyStore().orElseThrow().store().size()).isZero();
    }

    @Test
    void a_token_has_no_file() {
        properties.put(KEY, "store.p12");
        properties.put(KEY + "Type", "pkcs11");

        assertThatThrownBy(() -> read().keyStore())
                .isInstanceOf(InvalidOption.class)
                .hasMessage(
                        "javax.net.ssl.keyStore: it is \"store.p12\", for a store of type PKCS11 only NONE is allowed");
    }

    @Test
    void the_named_trust_store_counts() throws Exception {
        X509Certificate ca = TestPki.ca().leaf();
        properties.put(TRUST, trusted(ca).toString());
        properties.put(TRUST + "Password", "secret");

        assertThat(read().trustStore().certificates()).containsExactly(ca);
    }

    @Test
    void else_jssecacerts_counts_and_then_cacerts() throws Exception {
        X509Certificate first = TestPki.ca().leaf();
        X509Certificate second = TestPki.root("other", TestPki.Key.P256, 31).leaf();
        properties.put("java.home", folder.toString());
        properties.put(TRUST + "Password", "secret");
        assertThat(read().trustStore().certificates()).isEmpty();

        Path security = Files.createDirectories(folder.resolve("lib").resolve("security"));
        Files.copy(trusted(first), security.resolve("cacerts"));
        assertThat(read().trustStore().certificates()).containsExactly(first);
        Files.copy(trusted(second), security.resolve("jssecacerts"));
        assertThat(read().trustStore().certificates()).containsExactly(second);
    }

    @Test
    void none_trusts_no_certificate_unless_the_provider_supplies_a_store() {
        properties.put(TRUST, "NONE");
        properties.put(TRUST + "Type", "PKCS12");
        properties.put(TRUST + "Password", "secret");

        assertThat(read().trustStore().certificates()).isEmpty();
    }

    @Test
    void certificates_that_need_a_password_are_not_passed_over() throws Exception {
        Path file = trusted(TestPki.ca().leaf());
        properties.put(TRUST, file.toString());

        assertThatThrownBy(() -> read().trustStore())
                .isInstanceOf(InvalidOption.class)
                .hasMessage(
                        "javax.net.ssl.trustStore: \"%s\" has no certificate that can be read without"
                                + " javax.net.ssl.trustStorePassword",
                        file);
    }

    @Test
    void a_trust_store_is_read_again_when_it_has_changed() throws Exception {
        Path file = trusted(TestPki.ca().leaf());
        properties.put(TRUST, file.toString());
        properties.put(TRUST + "Password", "secret");
        TrustStore before = read().trustStore();
        assertThat(read().trustStore()).isSameAs(before);

        X509Certificate other = TestPki.root("other", TestPki.Key.P256, 31).leaf();
        FileTime written = Files.getLastModifiedTime(file);
        trusted(other);
        Files.setLastModifiedTime(file, FileTime.from(written.toInstant().plus(Duration.ofSeconds(2))));

        assertThat(read().trustStore().certificates()).containsExactly(other);
    }

    private StoreProperties read() {
        return new StoreProperties(properties::get);
    }

    private Path keys(String type, Identity identity) throws Exception {
        KeyStore store = KeyStore.getInstance(type);
        store.load(null, null);
        store.setKeyEntry(
                "own", identity.key(), "secret".toCharArray(), identity.chain().toArray(X509Certificate[]::new));
        return write(store, "keys." + type);
    }

    private Path trusted(X509Certificate... certificates) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        for (X509Certificate certificate : certificates) {
            store.setCertificateEntry("ca" + Arrays.asList(certificates).indexOf(certificate), certificate);
        }
        return write(store, "trusted.p12");
    }

    private Path write(KeyStore store, String name) throws Exception {
        Path file = folder.resolve(name);
        try (OutputStream out = Files.newOutputStream(file)) {
            store.store(out, "secret".toCharArray());
        }
        return file;
    }
}
