package io.heddle.cipher;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.SecureContext;
import io.heddle.failure.InvalidOption;
import io.heddle.interop.Node;
import io.heddle.interop.Openssl;
import io.heddle.interop.ProgramResult;
import java.lang.module.ModuleDescriptor.Version;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Comparison of lists of groups and signature algorithms with the installed {@code node} and {@code openssl}: which are
 * accepted, and which groups and key shares a ClientHello has. From OpenSSL 3.5 on the whole syntax is compared;
 * earlier releases have names and colons alone, and heed the case of letters and repeated names.
 */
@Tag("interop")
@Tag("node")
class NameInteropTest {
    private static final int GENERATED = 500;
    private static final Version SYNTAX = Version.parse("3.5");

    /** The names of an option. */
    private record Names(List<String> any, Set<String> otherCase) {
        private List<String> all() {
            return Stream.concat(any.stream(), otherCase.stream().sorted()).toList();
        }
    }

    /** Names that all releases and Heddle accept, or refuse. For an empty list see below. */
    private static final Names GROUPS = new Names(
            names("""
            P-256 prime256v1 secp256r1 P-384 secp384r1 P-521 secp521r1 X25519 x25519 X448 x448 ffdhe2048
            ffdhe3072 ffdhe4096 ffdhe6144 ffdhe8192 secp256k1 brainpoolP256r1 brainpoolP384r1
            brainpoolP512r1 nope P256 prime192v3""", " X25519 ", "\tP-256"),
            Set.of("p-256", "PRIME256V1", "SECP256R1", "FFDHE2048", "brainpoolp256r1"));

    private static final List<String> GROUPS_OF_3_5 = List.of(
            "X25519MLKEM768",
            "x25519mlkem768",
            "SecP256r1MLKEM768",
            "SecP384r1MLKEM1024",
            "MLKEM512",
            "MLKEM768",
            "MLKEM1024",
            "DEFAULT",
            "default");

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

    private static final List<String> SIGALGS_OF_3_5 = names(
            "?nope ?ed25519 ?RSA+SHA256 ?RSA+FOO ?RSA ??ed25519 ?RSA+ ?RSA+SHA256+SHA1 ?ED448",
            "?",
            "? ed25519",
            " ?ed448 ");

    private final long seed = Long.getLong("heddle.seed", System.nanoTime());
    private final Random random = new Random(seed);

    @Test
    void reads_lists_of_groups_as_node_does() {
        boolean syntax = Node.openssl().compareTo(SYNTAX) >= 0;
        List<String> lists = syntax ? inNewSyntax(GENERATED) : inOldSyntax(GROUPS, GENERATED);
        List<String> answers = new NodeOracle().groupsAndKeyShares(lists);
        for (int i = 0; i < lists.size(); i++) {
            compare(lists.get(i), answers.get(i), syntax, "node");
        }
        report(
                "groups",
                lists.size(),
                "node",
                answers.stream().filter("refused"::equals).count());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, 3, 4, 5})
    void a_security_level_removes_the_groups_that_it_removes_in_node(int level) {
        boolean hybrids = Node.openssl().compareTo(SYNTAX) >= 0;
        String list = Stream.of(Group.values())
                .filter(group -> group != Group.P_521)
                .filter(group -> hybrids || group.kind() == Group.Kind.ECDH || group.kind() == Group.Kind.DH)
                .map(Group::opensslName)
                .collect(Collectors.joining(":", "P-521:", ""));
        String ciphers = CipherList.DEFAULT + "@SECLEVEL=" + level;
        SecureContext context =
                SecureContext.builder().ecdhCurve(list).ciphers(ciphers).build();
        assertThat(hex(context.groups()) + "|0019")
                .isEqualTo(new NodeOracle()
                        .groupsAndKeyShares(List.of(list), ciphers)
                        .getFirst());
    }

    @Test
    void reads_lists_of_groups_as_openssl_does() throws Exception {
        boolean syntax = Openssl.release().compareTo(SYNTAX) >= 0;
        List<String> lists = syntax ? inNewSyntax(GENERATED) : inOldSyntax(GROUPS, GENERATED);
        int refused = 0;
        try (var hellos = new HelloCatcher()) {
            for (String list : lists) {
                ProgramResult ended =
                        Openssl.run("s_client", "-groups", list, "-connect", "127.0.0.1:" + hellos.port());
                String answer = ended.err().contains("SSL_CONF_cmd")
                        ? "refused"
                        : hellos.next().map(HelloCatcher::groupsAndKeyShares).orElse("error");
                refused += answer.equals("refused") ? 1 : 0;
                compare(list, answer, syntax, "openssl");
            }
        }
        report("groups", lists.size(), "openssl", refused);
    }

    @Test
    void takes_the_lists_of_signature_algorithms_that_node_takes() {
        boolean syntax = Node.openssl().compareTo(SYNTAX) >= 0;
        List<String> lists = inOldSyntax(
                syntax ? new Names(concat(SIGALGS.any(), SIGALGS_OF_3_5), SIGALGS.otherCase()) : SIGALGS, GENERATED);
        List<Boolean> expected = new NodeOracle().accepts("sigalgs", lists);
        for (int i = 0; i < lists.size(); i++) {
            String list = lists.get(i);
            boolean refusedBefore = usesOtherCase(list, SIGALGS.otherCase())
                    || (takesSigalgs(list)
                            && Sigalg.parseList(list).size()
                                    < GroupList.names(list).size());
            assertThat(takesSigalgs(list) && (syntax || !refusedBefore))
                    .as("sigalgs \"%s\", seed %d", list, seed)
                    .isEqualTo(expected.get(i));
        }
        report(
                "sigalgs",
                lists.size(),
                "node",
                expected.stream().filter(yes -> !yes).count());
    }

    /** OpenSSL 3.5 accepts an empty list of groups, with which no handshake succeeds; earlier releases refuse it. */
    @ParameterizedTest
    @ValueSource(strings = {"", " "})
    void refuses_an_empty_list_of_groups_as_node_did_before_openssl_3_5(String empty) {
        assertThat(read(empty)).isEqualTo("refused");
        assertThat(new NodeOracle().accepts("ecdhCurve", List.of(empty)))
                .containsExactly(Node.openssl().compareTo(SYNTAX) >= 0);
    }

    private void compare(String list, String answer, boolean syntax, String peer) {
        boolean refusedBefore = !syntax
                && (usesOtherCase(list, GROUPS.otherCase())
                        || (!read(list).equals("refused")
                                && GroupList.of(list).groups().size()
                                        < GroupList.names(list).size()));
        assertThat(refusedBefore ? "refused" : read(list))
                .as("ecdhCurve \"%s\" of %s, seed %d", list, peer, seed)
                .isEqualTo(answer);
    }

    /** Returns what a ClientHello has with this list, in the form of {@link HelloCatcher#groupsAndKeyShares}. */
    private static String read(String list) {
        try {
            GroupList read = GroupList.of(list);
            return read.keyShares().isEmpty() ? "error" : hex(read.groups()) + "|" + hex(read.keyShares());
        } catch (InvalidOption e) {
            return "refused";
        }
    }

    private static String hex(List<Group> groups) {
        return groups.stream().map(group -> "%04x".formatted(group.number())).collect(Collectors.joining(","));
    }

    private static boolean takesSigalgs(String list) {
        try {
            return !Sigalg.parseList(list).isEmpty();
        } catch (InvalidOption e) {
            return false;
        }
    }

    private List<String> inOldSyntax(Names names, int count) {
        List<String> all = names.all();
        var lists = new LinkedHashSet<>(all);
        while (lists.size() < count) {
            lists.add(random.ints(1 + random.nextInt(4), 0, all.size())
                    .mapToObj(all::get)
                    .collect(Collectors.joining(":")));
        }
        return List.copyOf(lists);
    }

    /** Returns lists with tuples and characters before the names, most of them valid. */
    private List<String> inNewSyntax(int count) {
        List<String> all = concat(GROUPS.all(), GROUPS_OF_3_5);
        List<String> accepted =
                all.stream().filter(name -> !read(name).equals("refused")).toList();
        var lists = new LinkedHashSet<>(all);
        // The word auto alone is Node's, not OpenSSL's.
        lists.addAll(List.of(
                "auto:P-256",
                "?auto:P-256",
                "*DEFAULT",
                "?DEFAULT",
                "-DEFAULT",
                "P-256:DEFAULT",
                "DEFAULT/secp256k1",
                "P-256:",
                "/X25519",
                "* P-256",
                "? P-256"));
        while (lists.size() < count) {
            var list = new StringBuilder();
            for (int left = 1 + random.nextInt(5); left > 0; left--) {
                List<String> from = random.nextInt(8) == 0 ? all : accepted;
                list.append(prefixed(from.get(random.nextInt(from.size()))));
                if (left > 1) {
                    list.append(random.nextInt(3) == 0 ? "/" : ":");
                }
            }
            lists.add(list.toString());
        }
        return List.copyOf(lists);
    }

    private String prefixed(String name) {
        if (name.contains(" ") || name.contains("\t") || name.equalsIgnoreCase("DEFAULT")) {
            return name;
        }
        // A star before a curve that is not for TLS 1.3 leaves OpenSSL without a key share, and so without a
        // ClientHello.
        String star = GroupList.of("?" + name).keyShares().isEmpty() ? "" : "*";
        return switch (random.nextInt(9)) {
            case 0, 1 -> star + name;
            case 2 -> "?" + name;
            case 3 -> (random.nextBoolean() ? star + "?" : "?" + star) + name;
            case 4 -> (random.nextBoolean() ? "-" : "-?") + name;
            case 5 -> random.nextInt(6) == 0 ? "**" + name : name;
            default -> name;
        };
    }

    private static <T> List<T> concat(List<T> first, List<T> second) {
        return Stream.concat(first.stream(), second.stream()).toList();
    }

    private static boolean usesOtherCase(String list, Set<String> otherCase) {
        return GroupList.names(list).stream().anyMatch(otherCase::contains);
    }

    private static List<String> names(String plain, String... withBlanks) {
        return Stream.concat(Stream.of(plain.split("\\s+", -1)), Stream.of(withBlanks))
                .toList();
    }

    /** Some of the lists are accepted and some refused, else nothing was compared. */
    private void report(String option, int lists, String peer, long refused) {
        assertThat(refused).isBetween(10L, lists - 10L);
        System.out.printf(
                "compared %d lists of %s with %s, %d of them refused by both, seed %d%n",
                lists, option, peer, refused, seed);
    }
}
