package io.heddle.certificate.path;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.certificate.TestPki;
import io.heddle.failure.TlsFailure.Code;
import java.security.cert.X509Certificate;
import org.junit.jupiter.api.Test;

class VerdictCacheTest {
    private final VerdictCache verdicts = new VerdictCache();

    @Test
    void a_cached_verdict_of_one_host_or_certificate_does_not_apply_to_another() {
        X509Certificate here = TestPki.server(TestPki.Key.P256, "here.example").leaf();
        X509Certificate there =
                TestPki.server(TestPki.Key.P256, "there.example").leaf();
        for (int time = 0; time < 2; time++) {
            assertThat(verdicts.ofName("here.example", here)).isEmpty();
            assertThat(verdicts.ofName("there.example", there)).isEmpty();
            assertThat(verdicts.ofName("there.example", here))
                    .hasValueSatisfying(
                            failure -> assertThat(failure.code()).isEqualTo(Code.ERR_TLS_CERT_ALTNAME_INVALID));
            assertThat(verdicts.ofName("here.example", there)).isPresent();
        }
    }
}
