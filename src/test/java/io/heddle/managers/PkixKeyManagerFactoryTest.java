package io.heddle.managers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heddle.certificate.Identity;
import io.heddle.certificate.TestPki;
import java.security.InvalidAlgorithmParameterException;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.UnrecoverableKeyException;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.X509CertSelector;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.spec.SecretKeySpec;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.KeyStoreBuilderParameters;
import javax.net.ssl.X509ExtendedKeyManager;
import org.junit.jupiter.api.Test;

class PkixKeyManagerFactoryTest {
    private static final Identity SERVER = TestPki.server("a.example");

    @Test
    void a_factory_without_init_has_no_managers() {
        assertThatThrownBy(() -> new PkixKeyManagerFactory().engineGetKeyManagers())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the KeyManagerFactory is not initialised: call init first");
    }

    @Test
    void without_a_store_there_are_no_keys() throws Exception {
        var factory = new PkixKeyManagerFactory();

        factory.engineInit(null, null);

        assertThat(manager(factory).chooseServerAlias("EC", null, null)).isNull();
    }

    @Test
    void keys_are_decrypted_once() throws Exception {
        KeyStore store = TestStores.keys(SERVER);
        char[] password = TestStores.password();
        var factory = new PkixKeyManagerFactory();

        factory.engineInit(store, password);
        Arrays.fill(password, 'x');
        store.deleteEntry("key0");

        assertThat(manager(factory).getPrivateKey("key0")).isEqualTo(SERVER.key());
    }

    @Test
    void refuses_a_wrong_password_and_names_the_key() throws Exception {
        KeyStore store = TestStores.keys(SERVER);

        assertThatThrownBy(() -> new PkixKeyManagerFactory().engineInit(store, "wr0ng".toCharArray()))
                .isInstanceOf(UnrecoverableKeyException.class)
                .hasMessage("the key \"key0\" of the key store is not opened by the password")
                .hasCauseInstanceOf(UnrecoverableKeyException.class);
        assertThatThrownBy(() -> new PkixKeyManagerFactory().engineInit(store, null))
                .isInstanceOf(UnrecoverableKeyException.class);
    }

    @Test
    void refuses_a_store_that_was_not_loaded() throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");

        assertThatThrownBy(() -> new PkixKeyManagerFactory().engineInit(store, TestStores.password()))
                .isInstanceOf(KeyStoreException.class);
    }

    @Test
    void leaves_out_what_is_no_identity() throws Exception {
        KeyStore store = TestStores.trusted(TestPki.ca().leaf());
        store.setKeyEntry("secret", new SecretKeySpec(new byte[16], "AES"), TestStores.password(), null);
        var factory = new PkixKeyManagerFactory();

        factory.engineInit(store, TestStores.password());

        assertThat(manager(factory).getCertificateChain("ca0")).isNull();
        assertThat(manager(factory).getPrivateKey("secret")).isNull();
    }

    @Test
    void takes_the_parameters_of_builders_alone() {
        assertThatThrownBy(() -> new PkixKeyManagerFactory()
                        .engineInit(new CertPathTrustManagerParameters(new PKIXBuilderParameters(
                                TestStores.trusted(TestPki.ca().leaf()), new X509CertSelector()))))
                .isInstanceOf(InvalidAlgorithmParameterException.class)
                .hasMessage("the parameters must be KeyStoreBuilderParameters");
    }

    /** A store that counts the requests for a key, and can be locked. */
    private static final class Counting extends KeyStore.Builder {
        final KeyStore store;
        final AtomicInteger keysAsked = new AtomicInteger();
        boolean locked;

        Counting(Identity... identities) throws Exception {
            store = TestStores.keys(identities);
        }

        @Override
        public KeyStore getKeyStore() throws KeyStoreException {
            if (locked) {
                throw new KeyStoreException("no token");
            }
            return store;
        }

        @Override
        public KeyStore.ProtectionParameter getProtectionParameter(String alias) {
            keysAsked.incrementAndGet();
            return new KeyStore.PasswordProtection(TestStores.password());
        }
    }

    @Test
    void builders_are_called_when_a_key_is_needed() throws Exception {
        var builder = new Counting(SERVER);
        X509ExtendedKeyManager manager = manager(builder);

        assertThat(manager.chooseServerAlias("EC", null, null)).isEqualTo("0.key0");
        assertThat(manager.getCertificateChain("0.key0")).containsExactly(SERVER.leaf());
        assertThat(builder.keysAsked).hasValue(0);
        assertThat(manager.getPrivateKey("0.key0")).isEqualTo(SERVER.key());
        assertThat(builder.keysAsked).hasValue(1);
        assertThat(manager.getPrivateKey("0.key0")).isEqualTo(SERVER.key());
        assertThat(builder.keysAsked).hasValue(1);
    }

    @Test
    void a_key_that_was_replaced_in_its_store_is_noticed() throws Exception {
        var builder = new Counting(SERVER);
        X509ExtendedKeyManager manager = manager(builder);
        manager.getPrivateKey("0.key0");

        Identity other = TestPki.server(TestPki.Key.P384, "a.example");
        TestStores.add(builder.store, "key0", other);

        assertThat(manager.getPrivateKey("0.key0")).isEqualTo(other.key());
        assertThat(manager.getCertificateChain("0.key0")).containsExactly(other.leaf());
        builder.store.deleteEntry("key0");
        assertThat(manager.getPrivateKey("0.key0")).isNull();
        assertThat(manager.getCertificateChain("0.key0")).isNull();
    }

    @Test
    void several_builders_count_in_their_order() throws Exception {
        var first = new Counting(TestPki.server(TestPki.Key.RSA_2048, "a.example"));
        var second = new Counting(SERVER, TestPki.server(TestPki.Key.ED25519, "a.example"));
        X509ExtendedKeyManager manager = manager(first, second);

        assertThat(manager.chooseServerAlias("RSA", null, null)).isEqualTo("0.key0");
        assertThat(manager.chooseServerAlias("EdDSA", null, null)).isEqualTo("1.key1");
        assertThat(manager.chooseClientAlias(new String[] {"RSA", "EC"}, null, null))
                .isEqualTo("0.key0");
        first.locked = true;
        assertThat(manager.chooseClientAlias(new String[] {"RSA", "EC"}, null, null))
                .isEqualTo("1.key0");
        assertThat(manager.getPrivateKey("0.key0")).isNull();
        assertThat(manager.getCertificateChain("0.key0")).isNull();
    }

    @Test
    void names_that_no_builder_has_are_unknown() throws Exception {
        X509ExtendedKeyManager manager = manager(new Counting(SERVER));

        for (String alias : List.of("", ".", "key0", "1.key0", "-1.key0", "x.key0", "0.", "0", "99999999999.key0")) {
            assertThat(manager.getPrivateKey(alias)).as(alias).isNull();
            assertThat(manager.getCertificateChain(alias)).as(alias).isNull();
        }
    }

    private static X509ExtendedKeyManager manager(KeyStore.Builder... builders) throws Exception {
        var factory = new PkixKeyManagerFactory();
        factory.engineInit(new KeyStoreBuilderParameters(List.of(builders)));
        return manager(factory);
    }

    private static X509ExtendedKeyManager manager(PkixKeyManagerFactory factory) {
        return (X509ExtendedKeyManager) factory.engineGetKeyManagers()[0];
    }
}
