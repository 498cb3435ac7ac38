package io.heddle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heddle.certificate.Identity;
import io.heddle.certificate.OcspVerdict.Status;
import io.heddle.certificate.TestOcsp;
import io.heddle.certificate.TestPki;
import io.heddle.engine.handshake.trust.StapleCheck;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Responses for several certificates of one chain, as TLS 1.3 has room for them (RFC 8446 4.4.2.1). */
class StapleCheckTest {
    private static final byte[] NONE = {};

    private final Identity intermediate = TestPki.intermediate("Heddle Test Intermediate");
    private final Identity server =
            TestPki.certificate("CN=localhost").server("localhost").issuedBy(intermediate);
    private final byte[] good = TestOcsp.good(intermediate, server.leaf());
    private final SecureContext context = SecureContext.builder()
            .ca(TestPki.ca().chain())
            .clock(new ManualClock())
            .build();

    private StapleCheck.Result check(List<byte[]> responses, List<X509Certificate> chain) throws Exception {
        return check(true).check(responses, chain);
    }

    private StapleCheck check(boolean rejectUnauthorized) {
        return new StapleCheck(context.content().trust(), (response, chain, verdict) -> {}, false, rejectUnauthorized);
    }

    private StapleCheck.Result check(byte[]... responses) throws Exception {
        return check(List.of(responses), server.chain());
    }

    private void assertRefused(Code code, byte[]... responses) throws Exception {
        assertThatThrownBy(() -> check(responses))
                .isInstanceOfSatisfying(
                        TlsFailure.class, failure -> assertThat(failure.code()).isEqualTo(code));
        assertThat(check(false).check(List.of(responses), server.chain()).error())
                .contains(code);
    }

    @Test
    void the_response_of_an_intermediate_counts() throws Exception {
        StapleCheck.Result result = check(good, TestOcsp.good(TestPki.ca(), intermediate.leaf()));
        assertThat(result.error()).isEmpty();
        assertThat(result.verdict().status()).isEqualTo(Status.GOOD);
        assertRefused(Code.CERT_REVOKED, good, TestOcsp.revoked(TestPki.ca(), intermediate.leaf()));
        assertRefused(Code.CERT_REVOKED, NONE, TestOcsp.revoked(TestPki.ca(), intermediate.leaf()));
        assertRefused(Code.OCSP_RESP_INVALID, good, new byte[] {1});
        assertRefused(Code.OCSP_VERIFY_FAILED, good, good);
    }

    @Test
    void a_root_in_the_chain_vouches_for_itself() throws Exception {
        var chain = new ArrayList<>(server.chain());
        chain.add(TestPki.ca().leaf());
        byte[] ofRoot = TestOcsp.good(TestPki.ca(), TestPki.ca().leaf());
        assertThat(check(List.of(good, NONE, ofRoot), chain).error()).isEmpty();
    }

    @Test
    void a_certificate_that_is_not_on_the_verified_path_counts_for_nothing() throws Exception {
        var chain = new ArrayList<>(server.chain());
        chain.add(TestPki.server("unused").leaf());
        assertThat(check(List.of(good, NONE, new byte[] {1}), chain).error()).isEmpty();
    }

    @Test
    void at_most_ten_responses_of_intermediates_are_verified() throws Exception {
        // The same certificate repeated: it is on the path, and each response would cost a signature verification.
        var chain = new ArrayList<>(server.chain());
        chain.addAll(Collections.nCopies(10, intermediate.leaf()));
        byte[] ofIntermediate = TestOcsp.good(TestPki.ca(), intermediate.leaf());
        var responses = new ArrayList<byte[]>(List.of(good));
        responses.addAll(Collections.nCopies(10, ofIntermediate));
        assertThat(check(responses, chain).error()).isEmpty();
        responses.add(ofIntermediate);
        assertThatThrownBy(() -> check(responses, chain))
                .hasMessageStartingWith(
                        "ocsp: the server sent OCSP responses for more than 10 intermediate certificates");
    }
}
