package io.heddle.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.heddle.ManualClock;
import io.heddle.certificate.TestPki;
import io.heddle.certificate.path.ChainVerifier;
import io.heddle.certificate.path.TrustStore;
import io.heddle.engine.crypto.FatalAlerts;
import io.heddle.engine.crypto.ProviderCrypto;
import io.heddle.engine.handshake.ClientStapling;
import io.heddle.engine.handshake.Staple;
import io.heddle.engine.handshake.trust.PeerTrust;
import io.heddle.engine.handshake.trust.StapleCheck;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Hashtable;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CertificateEntry;
import org.bouncycastle.tls.TlsUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The extensions of certificates in TLS 1.3, with bytes that no server of Heddle sends. */
@SuppressWarnings("JdkObsolete") // Hashtable: what bctls takes
class StaplingTest {
    private static final int STATUS_REQUEST = 5;
    private static final int SCT = 18;

    private final ClientStapling asking = new ClientStapling(Optional.of(new StapleCheck(
            new PeerTrust(TrustStore.of(List.of()), ChainVerifier.Limits.DEFAULT, new ManualClock()),
            (response, chain, verdict) -> {},
            false,
            true)));

    /** A certificate's extensions: one type, or none for a negative number. */
    private record Entry(int type, int... data) {
        CertificateEntry of(X509Certificate certificate) {
            var extensions = new Hashtable<Integer, byte[]>();
            if (type >= 0) {
                byte[] bytes = new byte[data.length];
                for (int i = 0; i < data.length; i++) {
                    bytes[i] = (byte) data[i];
                }
                extensions.put(type, bytes);
            }
            return new CertificateEntry(new ProviderCrypto(new SecureRandom()).certificate(certificate), extensions);
        }
    }

    private static Certificate chain(Entry... entries) {
        X509Certificate any = TestPki.server("localhost").leaf();
        return new Certificate(
                TlsUtils.EMPTY_BYTES,
                Arrays.stream(entries).map(each -> each.of(any)).toArray(CertificateEntry[]::new));
    }

    private static TlsFailure failure(ClientStapling client, Entry entry) {
        return FatalAlerts.failure(catchThrowable(() -> client.entries(chain(entry))));
    }

    @Test
    void each_certificate_may_have_a_response_and_those_behind_the_last_count_for_nothing() throws IOException {
        asking.entries(chain(
                new Entry(STATUS_REQUEST, 1, 0, 0, 1, 7),
                new Entry(-1),
                new Entry(STATUS_REQUEST, 1, 0, 0, 2, 8, 9),
                new Entry(-1)));
        assertThat(asking.responses()).containsExactly(new byte[] {7}, new byte[0], new byte[] {8, 9});
        asking.entries(chain(new Entry(-1)));
        assertThat(asking.responses()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {STATUS_REQUEST, SCT, 0})
    void an_unsolicited_extension_is_fatal(int type) {
        var silent = new ClientStapling(Optional.empty());
        assertThat(failure(silent, new Entry(type, 1, 0, 0, 1, 7)))
                .hasMessageMatching(
                        "certificate: the server sent the extension .*\\(%d\\), which the client did not ask for"
                                .formatted(type))
                .returns(Code.ERR_SSL_UNSOLICITED_EXTENSION, TlsFailure::code);
        if (type != STATUS_REQUEST) {
            assertThat(failure(asking, new Entry(type, 0)).code()).isEqualTo(Code.ERR_SSL_UNSOLICITED_EXTENSION);
        }
    }

    @Test
    void what_is_too_short_or_too_long_is_fatal() {
        for (Entry entry : List.of(
                new Entry(STATUS_REQUEST),
                new Entry(STATUS_REQUEST, 1),
                new Entry(STATUS_REQUEST, 1, 0, 0),
                new Entry(STATUS_REQUEST, 1, 0, 0, 0),
                new Entry(STATUS_REQUEST, 1, 0, 0, 2, 7),
                new Entry(STATUS_REQUEST, 1, 0, 0, 1, 7, 7),
                new Entry(STATUS_REQUEST, 1, 255, 255, 255, 7))) {
            assertThat(failure(asking, entry).code()).as(entry.toString()).isEqualTo(Code.ERR_SSL_BAD_LENGTH);
        }
    }

    @Test
    void another_type_of_status_is_fatal() {
        assertThat(failure(asking, new Entry(STATUS_REQUEST, 2, 0, 0, 1, 7)).code())
                .isEqualTo(Code.ERR_SSL_UNSUPPORTED_STATUS_TYPE);
    }

    @Test
    void what_is_written_is_read_again() throws IOException {
        byte[] response = {3, 1, 4};
        assertThat(Staple.read(new ByteArrayInputStream(new Staple(response).encoded())))
                .isEqualTo(response);
    }
}
