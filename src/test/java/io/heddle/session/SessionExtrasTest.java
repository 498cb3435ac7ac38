package io.heddle.session;

import static io.heddle.session.TestSessions.ISSUER;
import static io.heddle.session.TestSessions.LEAF;
import static io.heddle.session.TestSessions.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SessionExtrasTest {
    private static final HexFormat HEX = HexFormat.of();

    /** At rest in tickets and stores of a fleet, so these bytes must not change. */
    @Test
    void has_an_encoding_that_stays() {
        SessionExtras extras = SessionExtras.of(NOW, ClientCertificatePolicy.REQUIRE, List.of(LEAF, ISSUER));
        assertThat(HEX.formatHex(extras.der()))
                .isEqualTo("3018" + "020101" + "02046b03ea88" + "020102" + "300a" + "3003020107" + "3003020108");
        assertThat(HEX.formatHex(SessionExtras.of(NOW, ClientCertificatePolicy.NONE, List.of())
                        .der()))
                .isEqualTo("300e" + "020101" + "02046b03ea88" + "020100" + "3000");
        byte[] id = {1, 2, 3};
        assertThat(HEX.formatHex(SessionExtras.of(NOW, ClientCertificatePolicy.NONE, List.of(), id)
                        .der()))
                .isEqualTo("3013" + "020101" + "02046b03ea88" + "020100" + "3000" + "0403010203");
    }

    @Test
    void original_id_comes_back_and_may_be_absent() {
        byte[] der = HEX.parseHex("3013" + "020101" + "02046b03ea88" + "020100" + "3000" + "0403010203");
        assertThat(SessionExtras.read(der).orElseThrow().originalId()).containsExactly(1, 2, 3);
        byte[] without = HEX.parseHex("300e" + "020101" + "02046b03ea88" + "020100" + "3000");
        assertThat(SessionExtras.read(without).orElseThrow().originalId()).isEmpty();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SessionExtras.of(NOW, ClientCertificatePolicy.NONE, List.of(), new byte[33]));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", // nothing
                "00", // no sequence
                "68656464 6c65", // text
                "300e 020100 02046b03ea88 020100 3000", // format 0
                "300e 020102 02046b03ea88 020100 3000", // a later format
                "300e 020101 02046b03ea88 020103 3000", // a policy that does not exist
                "300c 020101 02046b03ea88 020100", // no chain
                "300e 020101 02046b03ea88 020100 3000 00", // a byte too many behind
                "3010 020101 02046b03ea88 020100 3000 0400", // an original id without bytes
                "3012 020101 02046b03ea88 020100 3000 0400 0400", // two of them
                "3010 020101 02046b03ea88 020100 3000 0500", // an element too many inside
                "3011 020101 02046b03ea88 020100 3003020107" // a chain of something else
            })
    void takes_foreign_bytes_for_foreign(String hex) {
        assertThat(SessionExtras.read(HEX.parseHex(hex.replace(" ", "")))).isEmpty();
    }

    @Test
    void bounds_the_chain_when_written_and_when_read() {
        assertThat(SessionExtras.of(NOW, ClientCertificatePolicy.NONE, Collections.nCopies(100, LEAF))
                        .peerChain())
                .hasSize(100);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SessionExtras.of(NOW, ClientCertificatePolicy.NONE, Collections.nCopies(101, LEAF)))
                .withMessage("session: a chain of 101 certificates, at most 100 are kept");

        DerWriter tooLong = new DerWriter(1024);
        for (int i = 0; i < 101; i++) {
            tooLong.raw(LEAF);
        }
        tooLong.wrap(0x30, 0);
        tooLong.raw(HEX.parseHex("020101" + "02046b03ea88" + "020100"));
        tooLong.wrap(0x30, 0);
        assertThat(SessionExtras.read(tooLong.finish())).isEmpty();
    }

    @Test
    void refuses_what_it_cannot_write() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SessionExtras.of(Instant.ofEpochSecond(-1), ClientCertificatePolicy.NONE, List.of()))
                .withMessage("session: the original time 1969-12-31T23:59:59Z is before 1970");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SessionExtras.of(NOW, ClientCertificatePolicy.NONE, List.of(new byte[] {1})))
                .withMessage("session: the certificate does not have the tag 0x30");
    }
}
