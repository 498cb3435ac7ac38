package io.heddle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("provider")
class CryptoProviderTest {
    @Test
    void the_system_property_decides_the_providers() {
        boolean isNative = !System.getProperty("heddle.crypto", "auto").equals("jdk");

        CryptoProvider providers = Tls.cryptoProvider();

        assertThat(providers.isNative()).isEqualTo(isNative);
        assertThat(providers.algorithms().get("EC")).startsWith(isNative ? "AmazonCorrettoCryptoProvider " : "SunEC ");
        assertThat(providers.algorithms().get("X25519")).startsWith(isNative ? "Conscrypt " : "SunEC ");
    }

    @Test
    void each_family_of_algorithms_has_the_name_and_version_of_its_provider() {
        Map<String, String> algorithms = Tls.cryptoProvider().algorithms();

        assertThat(algorithms.keySet())
                .containsExactly(
                        "AES", "AES-GCM", "CHACHA20-POLY1305", "EC", "HMAC", "ML-KEM", "RSA", "SHA-2", "X25519");
        assertThat(algorithms.values()).allMatch(text -> text.matches("\\S+ \\d[\\d.]*"));
    }
}
