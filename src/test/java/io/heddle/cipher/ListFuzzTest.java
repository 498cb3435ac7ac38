package io.heddle.cipher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.heddle.failure.InvalidOption;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Fuzzed lists: the result is a selection or {@link InvalidOption}. */
@Tag("fuzz")
class ListFuzzTest {
    /** The duration of fuzzing for each kind of list; {@code -Dheddle.fuzz.millis} for more. */
    private static final Duration TIME = Duration.ofMillis(Long.getLong("heddle.fuzz.millis", 350));

    private static final List<String> PIECES = List.of(
            ":",
            ":",
            ",",
            ";",
            " ",
            "+",
            "-",
            "!",
            "*",
            "?",
            "/",
            "@",
            "=",
            ".",
            "_",
            "$",
            "\0",
            "\n",
            "é",
            "\uD83D",
            "😀",
            "TLS_",
            "!TLS_",
            "@STRENGTH",
            "@SECLEVEL=",
            "0",
            "9",
            "SUITEB128",
            "DEFAULT",
            "ALL",
            "HIGH",
            "AES",
            "ECDHE",
            "aNULL",
            "SHA256");

    @Test
    void cipher_lists_only_end_in_the_documented_failure() {
        fuzz(
                List.of(CipherList.DEFAULT, "ECDHE+AESGCM:!aNULL:@SECLEVEL=2", "ALL:-RSA:+AES@STRENGTH"),
                List.of("ERR_SSL_NO_CIPHER_MATCH", "ERR_SSL_INVALID_COMMAND", "ERR_INVALID_ARG_VALUE"),
                list -> {
                    CipherList selected = CipherList.of(list);
                    assertThat(selected.tls12().size() + selected.tls13().size())
                            .isPositive();
                    assertThat(selected.tls12()).doesNotHaveDuplicates();
                    assertThat(selected.securityLevel()).isBetween(0, 5);
                });
    }

    @Test
    void group_lists_only_end_in_the_documented_failure() {
        fuzz(
                List.of(
                        "X25519:P-256:secp384r1:ffdhe2048",
                        "prime256v1",
                        GroupList.DEFAULT,
                        "?nope:DEFAULT/-X25519:*P-521"),
                List.of("ERR_CRYPTO_OPERATION_FAILED"),
                list -> {
                    GroupList read = GroupList.of(list);
                    assertThat(read.groups()).doesNotHaveDuplicates().containsAll(read.keyShares());
                    assertThat(read.keyShares()).hasSizeLessThanOrEqualTo(4);
                });
    }

    @Test
    void sigalg_lists_only_end_in_the_documented_failure() {
        fuzz(
                List.of("RSA-PSS+SHA256:ecdsa_secp256r1_sha256", "ed25519:RSA+SHA1"),
                List.of("ERR_INVALID_ARG_VALUE"),
                list -> assertThat(Sigalg.parseList(list)).isNotEmpty().doesNotHaveDuplicates());
    }

    private static void fuzz(List<String> seeds, List<String> codes, Consumer<String> reader) {
        long seed = Long.getLong("heddle.seed", System.nanoTime());
        var random = new Random(seed);
        long end = System.nanoTime() + TIME.toNanos();
        int read = 0;
        int refused = 0;
        while (System.nanoTime() < end) {
            String list = mutate(seeds.get(random.nextInt(seeds.size())), random);
            read++;
            try {
                reader.accept(list);
            } catch (InvalidOption e) {
                refused++;
                assertThat(e.code()).isIn(codes);
            } catch (RuntimeException | StackOverflowError e) {
                fail("seed %d, list \"%s\"".formatted(seed, list), e);
            }
        }
        assertThat(refused).isBetween(1, read - 1);
        System.out.printf("fuzzed %d lists, %d refused, seed %d%n", read, refused, seed);
    }

    private static String mutate(String list, Random random) {
        var text = new StringBuilder(list);
        for (int n = random.nextInt(6); n > 0; n--) {
            int at = random.nextInt(text.length() + 1);
            switch (random.nextInt(4)) {
                case 0 -> text.insert(at, PIECES.get(random.nextInt(PIECES.size())));
                case 1 -> text.delete(at, Math.min(text.length(), at + 1 + random.nextInt(8)));
                case 2 -> text.insert(at, (char) random.nextInt(0x10000));
                default -> text.append(text, 0, Math.min(at, 200));
            }
        }
        return text.toString();
    }
}
