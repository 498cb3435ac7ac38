package io.heddle.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DerReaderTest {
    private static DerReader reader(String hex) {
        return new DerReader(HexFormat.of().parseHex(hex));
    }

    @ParameterizedTest
    @CsvSource({
        "020100, 0",
        "02017f, 127",
        "02020080, 128",
        "020500ffffffff, 4294967295",
        "02087fffffffffffffff, 9223372036854775807"
    })
    void reads_minimal_integers_and_the_writer_writes_them(String hex, long value) throws Exception {
        assertThat(reader(hex).integer("it", Long.MAX_VALUE)).isEqualTo(value);
        DerWriter writer = new DerWriter(1);
        writer.integer(value);
        assertThat(HexFormat.of().formatHex(writer.finish())).isEqualTo(hex);
    }

    @ParameterizedTest
    @CsvSource({
        "0200, session: it is an integer without bytes",
        "0201ff, session: it is negative",
        "02020001, session: it is an integer with a needless leading zero",
        "0209008000000000000000, session: it is greater than 255",
        "02020100, session: it is greater than 255",
        "040101, session: it does not have the tag 0x02",
        "0202ff, session: it is cut off",
        "02, session: it is cut off",
        "'', session: it does not have the tag 0x02",
        "0280, session: it has an indefinite length but no elements",
        "02840000, session: it is cut off",
        "02847fffffff, session: it is cut off",
        "0288ffffffffffffffff, session: it is cut off",
        "02feffff, session: it is cut off"
    })
    void refuses_integers_that_openssl_refuses(String hex, String message) {
        assertThatThrownBy(() -> reader(hex).integer("it", 255))
                .isExactlyInstanceOf(MalformedSession.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"020105", "02810105", "0284000000 0105", "02870000000000000105"})
    void takes_needless_length_bytes(String hex) throws Exception {
        DerReader reader = reader(hex.replace(" ", ""));
        assertThat(reader.integer("it", 255)).isEqualTo(5);
        assertThat(reader.atEnd()).isTrue();
    }

    @Test
    void takes_indefinite_lengths_one_in_another() throws Exception {
        DerReader reader = reader("3080" + "a080" + "020105" + "0000" + "0000" + "0401ff");
        DerReader inner = reader.enter(0x30, "outer").enter(0xA0, "inner");
        assertThat(inner.integer("it", 255)).isEqualTo(5);
        assertThat(inner.atEnd()).isTrue();
        assertThat(reader.octets(0x04, "next", 9)).containsExactly(0xFF);
    }

    @ParameterizedTest
    @CsvSource({
        "3080020105, session: it is cut off",
        "308002010500, session: it is cut off",
        "30803080308030803080308030803080308030803080, session: it is nested too deeply"
    })
    void refuses_indefinite_lengths_that_do_not_end(String hex, String message) {
        assertThatThrownBy(() -> reader(hex).enter(0x30, "it"))
                .isExactlyInstanceOf(MalformedSession.class)
                .hasMessage(message);
    }

    @Test
    void refuses_more_octets_than_allowed_and_left_over_bytes() {
        assertThatThrownBy(() -> reader("0403010203").octets(0x04, "it", 2))
                .hasMessage("session: it has 3 bytes, at most 2 are allowed");
        assertThatThrownBy(() -> reader("0403").finish("it")).hasMessage("session: it has 2 bytes too many");
    }

    @Test
    void refuses_tag_numbers_above_30() {
        assertThatThrownBy(() -> reader("bf1f03020105").skip("it")).hasMessage("session: it has a tag number above 30");
    }

    @ParameterizedTest
    @CsvSource({"0, 0400", "127, 047f", "128, 048180", "255, 0481ff", "256, 04820100", "65536, 0483010000"})
    void the_writer_writes_the_shortest_length(int length, String start) throws Exception {
        DerWriter writer = new DerWriter(0);
        writer.octets(0x04, new byte[length]);
        byte[] der = writer.finish();
        assertThat(HexFormat.of().formatHex(der)).startsWith(start).hasSize(start.length() + 2 * length);
        assertThat(new DerReader(der).octets(0x04, "it", length)).hasSize(length);
    }
}
