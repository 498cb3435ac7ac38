package io.heddle.cipher;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.failure.InvalidOption;
import io.heddle.interop.Node;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Which lists of groups and of signature algorithms we take, against the {@code node} of this machine. */
@Tag("interop")
@Tag("node")
class NameInteropTest {
    private static final int GENERATED = 150;

    /** Names that OpenSSL 3.0 and later know or refuse as we do; 3.0 does not know X25519MLKEM768 and the like. */
    private static final List<String> GROUPS = names("""
            P-256 prime256v1 secp256r1 P-384 secp384r1 P-521 secp521r1 X25519 x25519 X448 x448 ffdhe2048
            ffdhe3072 ffdhe4096 ffdhe6144 ffdhe8192 secp256k1 brainpoolP256r1 brainpoolP384r1
            brainpoolP512r1 p-256 PRIME256V1 SECP256R1 FFDHE2048 nope P256 prime192v3 brainpoolp256r1""", "", " ", " X25519 ", "\tP-256");

    private static final List<String> SIGALGS = names("""
            RSA+SHA1 RSA+SHA224 RSA+SHA256 RSA+SHA384 RSA+SHA512 RSA-PSS+SHA256 PSS+SHA384 RSA-PSS+SHA512
            RSA-PSS+SHA1 RSA-PSS+SHA224 ECDSA+SHA1 ECDSA+SHA224 ECDSA+SHA256 ECDSA+SHA384 ECDSA+SHA512
            DSA+SHA1 DSA+SHA224 DSA+SHA256 DSA+SHA384 DSA+SHA512 RSA+sha256 SHA256+RSA sha384+ECDSA
            rsa+SHA256 RSA+MD5 RSA SHA256 RSA+ +SHA256 RSA+RSA SHA1+SHA256 rsa_pkcs1_sha1 rsa_pkcs1_sha224
            rsa_pkcs1_sha256 rsa_pkcs1_sha384 rsa_pkcs1_sha512 rsa_pss_rsae_sha256 rsa_pss_rsae_sha384
            rsa_pss_rsae_sha512 rsa_pss_pss_sha256 rsa_pss_pss_sha384 rsa_pss_pss_sha512
            ecdsa_secp256r1_sha256 ecdsa_secp384r1_sha384 ecdsa_secp521r1_sha512 ed25519 ed448 ED25519
            Ed25519 RSA_PSS_RSAE_SHA256 nope""", "", " ", " RSA+SHA256 ", "RSA +SHA256");

    @Test
    void takes_the_lists_of_groups_that_node_takes() {
        compare("ecdhCurve", GROUPS, Group::parseList);
    }

    @Test
    void takes_the_lists_of_signature_algorithms_that_node_takes() {
        compare("sigalgs", SIGALGS, Sigalg::parseList);
    }

    private static void compare(String option, List<String> names, Consumer<String> parser) {
        long seed = Long.getLong("heddle.seed", System.nanoTime());
        var random = new Random(seed);
        var lists = new LinkedHashSet<>(names);
        for (int i = 0; i < GENERATED; i++) {
            var list = new ArrayList<String>();
            for (int n = 1 + random.nextInt(4); n > 0; n--) {
                list.add(names.get(random.nextInt(names.size())));
            }
            lists.add(String.join(":", list));
        }
        List<String> values = List.copyOf(lists);
        List<Boolean> expected = new NodeOracle().accepts(option, values);
        Set<String> accepted = IntStream.range(0, values.size())
                .filter(expected::get)
                .mapToObj(values::get)
                .collect(Collectors.toSet());
        for (int i = 0; i < values.size(); i++) {
            if (differsBetweenVersions(values.get(i), accepted)) {
                continue;
            }
            assertThat(takes(parser, values.get(i)))
                    .as("%s \"%s\", seed %d", option, values.get(i), seed)
                    .isEqualTo(expected.get(i));
        }
        long taken = expected.stream().filter(yes -> yes).count();
        assertThat(taken).isBetween(20L, values.size() - 20L);
        System.out.printf(
                "compared %d values of %s with node, %d of them accepted by both, seed %d%n",
                values.size(), option, taken, seed);
    }

    /**
     * OpenSSL 3.0 refuses names in another case, which 3.5 and Heddle accept; 3.5 accepts an empty list of groups and a name that
     * is there twice, which 3.0 and Heddle refuse.
     */
    private static boolean differsBetweenVersions(String list, Set<String> accepted) {
        List<String> names = NameList.split(list);
        boolean anotherCase = names.stream()
                .anyMatch(name -> !accepted.contains(name) && accepted.stream().anyMatch(name::equalsIgnoreCase));
        boolean twice = names.stream().map(NameInteropTest::meant).distinct().count() < names.size();
        return anotherCase || (Node.hasOpenssl32() && (list.isBlank() || twice));
    }

    /** Returns what a name stands for, the name itself if it is none. */
    private static Object meant(String name) {
        return Group.ofName(name)
                .map(Object.class::cast)
                .or(() -> Sigalg.ofName(name))
                .orElse(name);
    }

    private static List<String> names(String plain, String... withBlanks) {
        return Stream.concat(Stream.of(plain.split("\\s+", -1)), Stream.of(withBlanks))
                .toList();
    }

    private static boolean takes(Consumer<String> parser, String list) {
        try {
            parser.accept(list);
            return true;
        } catch (InvalidOption e) {
            return false;
        }
    }
}
