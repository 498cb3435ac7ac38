package io.heddle.cipher;

import static io.heddle.cipher.Group.FFDHE2048;
import static io.heddle.cipher.Group.FFDHE3072;
import static io.heddle.cipher.Group.MLKEM768;
import static io.heddle.cipher.Group.P_256;
import static io.heddle.cipher.Group.P_384;
import static io.heddle.cipher.Group.P_521;
import static io.heddle.cipher.Group.SECP256K1;
import static io.heddle.cipher.Group.X25519;
import static io.heddle.cipher.Group.X25519MLKEM768;
import static io.heddle.cipher.Group.X448;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heddle.failure.InvalidOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The syntax of {@code ecdhCurve}; {@link NameInteropTest} compares it with Node's and OpenSSL's. */
class GroupListTest {
    private static final List<List<Group>> DEFAULT_TUPLES = List.of(
            List.of(X25519MLKEM768),
            List.of(X25519, P_256),
            List.of(X448, P_384, P_521),
            List.of(FFDHE2048, FFDHE3072));

    private static void assertReads(String list, List<List<Group>> tuples, Group... keyShares) {
        GroupList read = GroupList.of(list);
        assertThat(read.tuples()).as(list).isEqualTo(tuples);
        assertThat(read.keyShares()).as(list).containsExactly(keyShares);
    }

    @Test
    void a_colon_list_is_one_tuple_whose_first_group_gets_the_key_share() {
        assertReads("X25519:P-256:secp384r1", List.of(List.of(X25519, P_256, P_384)), X25519);
        assertReads(" prime256v1 :\tx25519", List.of(List.of(P_256, X25519)), P_256);
        assertReads("secp256k1:MLKEM768", List.of(List.of(SECP256K1, MLKEM768)), MLKEM768);
        assertReads("secp256k1", List.of(List.of(SECP256K1)));
    }

    @Test
    void slashes_separate_tuples() {
        assertReads(
                "X25519MLKEM768/X25519:P-256",
                List.of(List.of(X25519MLKEM768), List.of(X25519, P_256)),
                X25519MLKEM768);
        assertReads(" P-256 : X25519 / P-384 ", List.of(List.of(P_256, X25519), List.of(P_384)), P_256);
    }

    @Test
    void stars_mark_the_key_shares_of_a_client() {
        assertReads(
                "*X25519MLKEM768/*X25519", List.of(List.of(X25519MLKEM768), List.of(X25519)), X25519MLKEM768, X25519);
        assertReads("P-256:*X25519", List.of(List.of(P_256, X25519)), X25519);
        assertReads("*secp256k1:P-256", List.of(List.of(SECP256K1, P_256)), P_256);
        assertReads(
                "*P-256:*X25519:*X448:*P-384:-P-256:*P-521",
                List.of(List.of(X25519, X448, P_384, P_521)),
                X25519,
                X448,
                P_384,
                P_521);
    }

    @Test
    void question_marks_ignore_unknown_names() {
        assertReads("?nope:P-256", List.of(List.of(P_256)), P_256);
        assertReads("?*X25519MLKEM768:*?X25519", List.of(List.of(X25519MLKEM768, X25519)), X25519MLKEM768, X25519);
        assertReads("P-256/?nope/X25519", List.of(List.of(P_256), List.of(X25519)), P_256);
        assertReads("? P-256:X25519", List.of(List.of(X25519)), X25519);
        assertReads("?nope", List.of());
    }

    @Test
    void minus_removes_what_comes_before() {
        assertReads("P-256:X25519:-P-256", List.of(List.of(X25519)), X25519);
        assertReads("X25519/-X25519/P-256", List.of(List.of(P_256)), P_256);
        assertReads("-P-256:P-256:-?nope", List.of(List.of(P_256)), P_256);
        assertReads("-P-256", List.of());
    }

    @Test
    void a_group_that_is_there_already_is_ignored_with_its_star() {
        assertReads("p-256:X25519:PRIME256V1:x25519", List.of(List.of(P_256, X25519)), P_256);
        assertReads("P-256:X25519/*P-256", List.of(List.of(P_256, X25519)), P_256);
    }

    @Test
    void default_stands_for_the_default_tuples() {
        assertReads("DEFAULT", DEFAULT_TUPLES, X25519MLKEM768, X25519);
        assertReads(
                "default:-X25519MLKEM768:-X25519",
                List.of(List.of(P_256), DEFAULT_TUPLES.get(2), DEFAULT_TUPLES.get(3)),
                P_256);
        // Its first tuple continues the one before, and its last goes on.
        assertThat(GroupList.of("P-521:DEFAULT:secp256k1").tuples())
                .isEqualTo(List.of(
                        List.of(P_521, X25519MLKEM768),
                        List.of(X25519, P_256),
                        List.of(X448, P_384),
                        List.of(FFDHE2048, FFDHE3072, SECP256K1)));
        assertThat(GroupList.defaults()).isEqualTo(GroupList.of("DEFAULT"));
    }

    @Test
    void filtering_keeps_tuples_and_gives_the_first_group_a_key_share_if_none_is_left() {
        GroupList filtered = GroupList.defaults().filtered(group -> group.kind() == Group.Kind.ECDH && group != X25519);
        assertThat(filtered.tuples()).isEqualTo(List.of(List.of(P_256), DEFAULT_TUPLES.get(2)));
        assertThat(filtered.keyShares()).containsExactly(P_256);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                ":",
                "X25519:",
                ":X25519",
                "X25519::P-256",
                "/P-256",
                "P-256/",
                "P-256//X25519",
                " / ",
                "?nope/",
                "X25519,P-256",
                "auto",
                "auto:X25519",
                "wap-wsg-idm-ecid-wtls1",
                "c2pnb163v1",
                "prime192v3",
                "nope",
                "-nope:P-256",
                "**P-256",
                "??P-256",
                "--P-256",
                "* P-256",
                "?",
                "*",
                "-",
                "?*-",
                "*DEFAULT",
                "?DEFAULT",
                "-DEFAULT",
                "*P-256:*X25519:*X448:*P-384:*P-521",
                "*P-256:*X448:*P-384:DEFAULT"
            })
    void refuses_what_openssl_refuses(String list) {
        assertThatThrownBy(() -> GroupList.of(list))
                .isInstanceOfSatisfying(
                        InvalidOption.class, e -> assertThat(e.code()).isEqualTo("ERR_CRYPTO_OPERATION_FAILED"))
                .hasMessageStartingWith("ecdhCurve: Failed to set ECDH curve, ");
    }

    @Test
    void reports_the_wrong_element() {
        assertThatThrownBy(() -> GroupList.of("X25519:nope"))
                .hasMessage("ecdhCurve: Failed to set ECDH curve, \"nope\" in \"X25519:nope\" is not a group, "
                        + "allowed are names such as X25519:P-256");
        assertThatThrownBy(() -> GroupList.of("X25519:**P-256"))
                .hasMessage(
                        "ecdhCurve: Failed to set ECDH curve, \"**P-256\" in \"X25519:**P-256\" has \"*\" twice, it is allowed once");
        assertThatThrownBy(() -> GroupList.of("*P-256:*X25519:*X448:*P-384:*P-521"))
                .hasMessageEndingWith("is marked for a key share, at most 4 groups can be");
    }
}
