package io.heddle.cipher;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.failure.InvalidOption;
import io.heddle.interop.Node;
import java.lang.module.ModuleDescriptor.Version;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Comparison of the accepted lists of groups and signature algorithms with the installed {@code node}. OpenSSL 3.5
 * ignores the case of letters and repeated names, as Heddle does; older releases refuse such lists.
 */
@Tag("interop")
@Tag("node")
class NameInteropTest {
    private static final int GENERATED = 150;

    /** The names of an option. */
    private record Names(List<String> any, Set<String> otherCase) {
        private List<String> all() {
            return Stream.concat(any.stream(), otherCase.stream().sorted()).toList();
        }
    }

    /**
     * Names that Node and Heddle both accept or refuse; names of hybrids depend on the release. For an empty list see
     * below.
     */
    private static final Names GROUPS = new Names(
            names("""
            P-256 prime256v1 secp256r1 P-384 secp384r1 P-521 secp521r1 X25519 x25519 X448 x448 ffdhe2048
            ffdhe3072 ffdhe4096 ffdhe6144 ffdhe8192 secp256k1 brainpoolP256r1 brainpoolP384r1
            brainpoolP512r1 nope P256 prime192v3""", " X25519 ", "\tP-256"),
            Set.of("p-256", "PRIME256V1", "SECP256R1", "FFDHE2048", "brainpoolp256r1"));

    private static final Names SIGALGS = new Names(
            names("""
            RSA+SHA1 RSA+SHA224 RSA+SHA256 RSA+SHA384 RSA+SHA512 RSA-PSS+SHA256 PSS+SHA384 RSA-PSS+SHA512
            RSA-PSS+SHA1 RSA-PSS+SHA224 ECDSA+SHA1 ECDSA+SHA224 ECDSA+SHA256 ECDSA+SHA384 ECDSA+SHA512
            DSA+SHA1 DSA+SHA224 DSA+SHA256 DSA+SHA384 DSA+SHA512 RSA+sha256 SHA256+RSA sha384+ECDSA
            RSA+MD5 RSA SHA256 RSA+ +SHA256 RSA+RSA SHA1+SHA256 rsa_pkcs1_sha1 rsa_pkcs1_sha224
            rsa_pkcs1_sha256 rsa_pkcs1_sha384 rsa_pkcs1_sha512 rsa_pss_rsae_sha256 rsa_pss_rsae_sha384
            rsa_pss_rsae_sha512 rsa_pss_pss_sha256 rsa_pss_pss_sha384 rsa_pss_pss_sha512
            ecdsa_secp256r1_sha256 ecdsa_secp384r1_sha384 ecdsa_secp521r1_sha512 ed25519 ed448 nope
            id-ml-dsa-65 id-ml-dsa-65+UNDEF mldsa64 ML-DSA-65+SHA512""", "", " ", " RSA+SHA256 ", "RSA +SHA256"),
            Set.of("rsa+SHA256", "ED25519", "Ed25519", "RSA_PSS_RSAE_SHA256", "pss+sha384"));

    @Test
    void takes_the_lists_of_groups_that_node_takes() {
        compare("ecdhCurve", GROUPS, Group::parseList);
    }

    @Test
    void takes_the_lists_of_signature_algorithms_that_node_takes() {
        compare("sigalgs", SIGALGS, Sigalg::parseList);
    }

    /** OpenSSL 3.5 reads an empty list of groups as its defaults, undocumented; earlier releases refuse it. */
    @ParameterizedTest
    @ValueSource(strings = {"", " "})
    void refuses_an_empty_list_of_groups_as_node_did_before_openssl_3_5(String empty) {
        assertThat(takes(Group::parseList, empty)).isFalse();
        assertThat(new NodeOracle().accepts("ecdhCurve", List.of(empty))).containsExactly(!isBefore35());
    }

    private static boolean isBefore35() {
        return Node.openssl().compareTo(Version.parse("3.5")) < 0;
    }

    private static void compare(String option, Names names, Function<String, List<?>> parser) {
        long seed = Long.getLong("heddle.seed", System.nanoTime());
        var random = new Random(seed);
        List<String> all = names.all();
        var lists = new LinkedHashSet<>(all);
        for (int i = 0; i < GENERATED; i++) {
            var list = new ArrayList<String>();
            for (int n = 1 + random.nextInt(4); n > 0; n--) {
                list.add(all.get(random.nextInt(all.size())));
            }
            lists.add(String.join(":", list));
        }
        List<String> values = List.copyOf(lists);
        List<Boolean> expected = new NodeOracle().accepts(option, values);
        boolean before35 = isBefore35();
        for (int i = 0; i < values.size(); i++) {
            String list = values.get(i);
            boolean refusedBefore35 = usesOtherCase(list, names.otherCase()) || repeats(parser, list);
            assertThat(takes(parser, list) && !(before35 && refusedBefore35))
                    .as("%s \"%s\", seed %d", option, list, seed)
                    .isEqualTo(expected.get(i));
        }
        long taken = expected.stream().filter(yes -> yes).count();
        assertThat(taken).isBetween(20L, values.size() - 20L);
        System.out.printf(
                "compared %d values of %s with node, %d of them accepted by both, seed %d%n",
                values.size(), option, taken, seed);
    }

    private static boolean usesOtherCase(String list, Set<String> otherCase) {
        return NameList.split(list).stream().anyMatch(otherCase::contains);
    }

    private static boolean repeats(Function<String, List<?>> parser, String list) {
        return takes(parser, list)
                && parser.apply(list).size() < NameList.split(list).size();
    }

    private static List<String> names(String plain, String... withBlanks) {
        return Stream.concat(Stream.of(plain.split("\\s+", -1)), Stream.of(withBlanks))
                .toList();
    }

    private static boolean takes(Function<String, List<?>> parser, String list) {
        try {
            return !parser.apply(list).isEmpty();
        } catch (InvalidOption e) {
            return false;
        }
    }
}
