package io.heddle.managers;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.certificate.Identity;
import io.heddle.certificate.TestPki;
import io.heddle.cipher.Sigalg;
import io.heddle.protocol.KeyType;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.jsse.provider.BouncyCastleJsseProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class KeyTypeNamesTest {
    @ParameterizedTest
    @CsvSource({
        "SunX509, RSA_2048",
        "SunX509, RSA_PSS_2048",
        "SunX509, P256",
        "SunX509, P384",
        "SunX509, P521",
        "SunX509, ED25519",
        "SunX509, ED448",
        "SunX509, ML_DSA_44",
        "SunX509, ML_DSA_87",
        "PKIX, RSA_2048",
        "PKIX, RSA_PSS_2048",
        "PKIX, P256",
        "PKIX, P384",
        "PKIX, P521",
        "PKIX, ED25519",
        "PKIX, ED448",
        "PKIX, ML_DSA_44",
        "PKIX, ML_DSA_65",
        "BC, RSA_2048",
        "BC, RSA_PSS_2048",
        "BC, P256",
        "BC, P384",
        "BC, P521"
    })
    void the_names_of_a_kind_find_its_key_in_any_manager(String managers, TestPki.Key key) throws Exception {
        Identity identity = TestPki.certificate("CN=localhost").key(key, 1).issuedBy(TestPki.ca());
        X509ExtendedKeyManager manager = manager(managers, identity);
        List<String> names = KeyTypeNames.of(identity.keyType());

        assertThat(names).anyMatch(name -> manager.chooseEngineServerAlias(name, null, null) != null);
        assertThat(manager.chooseEngineClientAlias(names.toArray(String[]::new), null, null))
                .isNotNull();
    }

    @ParameterizedTest
    @CsvSource({"SunX509", "PKIX", "BC"})
    void the_names_of_another_kind_do_not(String managers) throws Exception {
        X509ExtendedKeyManager manager = manager(managers, TestPki.server(TestPki.Key.P256, "localhost"));

        for (KeyType other : KeyType.values()) {
            if (other != KeyType.EC) {
                assertThat(KeyTypeNames.of(other))
                        .as(other.name())
                        .noneMatch(name -> manager.chooseEngineServerAlias(name, null, null) != null);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Sigalg.class)
    void kinds_of_signatures_have_the_names_of_their_keys(Sigalg sigalg) {
        assertThat(KeyTypeNames.of(sigalg.keyType())).isNotEmpty();
    }

    @Test
    void no_manager_is_called_for_an_unknown_kind() {
        assertThat(KeyTypeNames.of(KeyType.UNKNOWN)).isEmpty();
    }

    private static X509ExtendedKeyManager manager(String managers, Identity identity) throws Exception {
        KeyManagerFactory factory = managers.equals("BC")
                ? KeyManagerFactory.getInstance("PKIX", new BouncyCastleJsseProvider(new BouncyCastleProvider()))
                : KeyManagerFactory.getInstance(managers, "SunJSSE");
        factory.init(TestStores.keys(identity), TestStores.password());
        return TestStores.manager(factory);
    }
}
