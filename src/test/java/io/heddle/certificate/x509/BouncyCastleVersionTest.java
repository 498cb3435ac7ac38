package io.heddle.certificate.x509;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The accepted versions of the BouncyCastle jars; {@code OtherBouncyCastleTest} runs on some of them. */
class BouncyCastleVersionTest {
    private static Map<String, String> jars(String bcprov, String bcutil, String bcpkix, String bctls) {
        Map<String, String> jars = new LinkedHashMap<>();
        jars.put("bcprov", bcprov);
        jars.put("bcutil", bcutil);
        jars.put("bcpkix", bcpkix);
        jars.put("bctls", bctls);
        return jars;
    }

    @Test
    void jars_of_the_build_are_found_and_taken() {
        assertThat(BouncyCastleVersion.found().keySet()).containsExactly("bcprov", "bcutil", "bcpkix", "bctls");
        BouncyCastleVersion.require();
    }

    @ParameterizedTest
    @CsvSource({
        "1.84, 1.84, 1.84, 1.84",
        "1.84.0, 1.84, 1.84, 1.84.0",
        "1.84.1, 1.84.1, 1.84.1, 1.84.1",
        "1.85.2, 1.84, 1.84, 1.84",
        "1.87, 1.87, 1.87, 1.84",
        "1.100, 1.87, 1.84, 1.84",
        "1.87.0.vendor-1, 1.84, 1.84, 1.84"
    })
    void newer_jars_are_taken_below_those_that_are_built_on_them(
            String bcprov, String bcutil, String bcpkix, String bctls) {
        assertThat(BouncyCastleVersion.problem(jars(bcprov, bcutil, bcpkix, bctls)))
                .isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "1.81, 1.84, 1.84, 1.84, bcprov is of version 1.81",
        "1.83.9, 1.84, 1.84, 1.84, bcprov is of version 1.83.9",
        "1.84, 1.83, 1.84, 1.84, bcutil is of version 1.83",
        "1.84, 1.84, 1.80, 1.84, bcpkix is of version 1.80",
        "1.84, 1.84, 1.84, 1.85, bctls is of version 1.85",
        "1.84, 1.84, 1.84, 1.840, bctls is of version 1.840",
        "1.84, 1.84, 1.84, 1.81, bctls is of version 1.81",
        "2.73.8, 1.84, 1.84, 1.84, bcprov is of version 2.73.8",
        "unknown, 1.84, 1.84, 1.84, bcprov is of version unknown"
    })
    void others_are_refused(String bcprov, String bcutil, String bcpkix, String bctls, String sentence) {
        assertThat(BouncyCastleVersion.problem(jars(bcprov, bcutil, bcpkix, bctls)))
                .isEqualTo("BouncyCastle: " + sentence
                        + ", Heddle needs bctls 1.84, and bcprov, bcutil and bcpkix of version 1.84 or a later 1.x");
    }

    @ParameterizedTest
    @CsvSource({"1.84, 1.87, 1.84, bcprov, bcutil", "1.87, 1.84, 1.87, bcutil, bcpkix"})
    void jar_that_is_older_than_one_built_on_it_is_refused(
            String bcprov, String bcutil, String bcpkix, String older, String newer) {
        assertThat(BouncyCastleVersion.problem(jars(bcprov, bcutil, bcpkix, "1.84")))
                .isEqualTo(
                        "BouncyCastle: %s is of version 1.84 and %s of version 1.87, which needs %s of that version or a later one"
                                .formatted(older, newer, older));
    }

    @Test
    void jar_that_does_not_say_its_version_is_taken() {
        assertThat(BouncyCastleVersion.problem(Map.of())).isNull();
        assertThat(BouncyCastleVersion.problem(Map.of("bcutil", "1.84"))).isNull();
    }
}
