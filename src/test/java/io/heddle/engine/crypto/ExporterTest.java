package io.heddle.engine.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.bouncycastle.tls.PRFAlgorithm;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("provider")
class ExporterTest {
    private static Exporter exporter(boolean bound, byte[] secret) {
        return new Exporter(
                new ProviderCrypto(new SecureRandom()),
                false,
                bound,
                PRFAlgorithm.tls_prf_sha256,
                32,
                secret,
                new byte[64]);
    }

    private static byte[] secret() {
        byte[] secret = new byte[48];
        Arrays.fill(secret, (byte) 7);
        return secret;
    }

    @Test
    void exporting_leaves_the_secret_as_it_is() throws TlsFailure {
        byte[] secret = secret();
        Exporter exporter = exporter(true, secret);
        byte[] first = exporter.export(20, "EXPORTER-heddle", Optional.empty());
        assertThat(exporter.export(20, "EXPORTER-heddle", Optional.empty())).isEqualTo(first);
        assertThat(secret).isEqualTo(secret());
    }

    @Test
    void without_an_extended_master_secret_nothing_is_exported() {
        Exporter exporter = exporter(false, new byte[0]);
        assertThat(catchThrowableOfType(
                        TlsFailure.class, () -> exporter.export(20, "EXPORTER-heddle", Optional.empty())))
                .hasMessage(
                        "exportKeyingMaterial: the handshake agreed on no extended master secret, without which another"
                                + " connection could have the same keys")
                .returns(Code.ERR_TLS_INVALID_STATE, TlsFailure::code);
    }

    @Test
    void an_unreachable_secret_is_overwritten() {
        byte[] secret = secret();
        assertThat(exporter(true, secret)).isNotNull();
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> {
            System.gc();
            return secret[0] == 0;
        });
        assertThat(secret).containsOnly(0);
    }
}
