package io.heddle.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.heddle.failure.InvalidOption;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class KeyMaterialTest {
    @ParameterizedTest
    @EnumSource(
            value = TestPki.Key.class,
            names = {"RSA_512"},
            mode = EnumSource.Mode.EXCLUDE)
    void reads_back_a_key_of_each_kind_and_pairs_it_with_its_certificate_alone(TestPki.Key kind) {
        Identity made = TestPki.certificate("CN=a").key(kind, 1).selfSigned();
        Identity stranger = TestPki.certificate("CN=b").key(kind, 2).selfSigned();

        var key = PrivateKeyReader.read("key", TestPki.pem(made.key()).getBytes(StandardCharsets.US_ASCII));
        var chain = CertificateReader.read("cert", TestPki.pem(made.chain()));

        assertThat(new Identity(key, chain).keyType()).isEqualTo(made.keyType());
        assertThatExceptionOfType(InvalidOption.class)
                .isThrownBy(() -> new Identity(key, stranger.chain()))
                .withMessageContaining("does not belong to the certificate of \"CN=b\"")
                .satisfies(e -> assertThat(e.code()).isEqualTo("ERR_OSSL_X509_KEY_VALUES_MISMATCH"));
    }

    @Test
    void refuses_an_identity_without_certificate() {
        Identity made = TestPki.server("a.example");

        assertThatExceptionOfType(InvalidOption.class)
                .isThrownBy(() -> new Identity(made.key(), List.of()))
                .withMessage("cert: a private key is given without a certificate");
        assertThat(made.toString()).isEqualTo("Identity[\"CN=a.example\", EC, 1 certificates]");
    }
}
