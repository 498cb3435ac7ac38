package io.heddle.cipher;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.failure.InvalidOption;
import io.heddle.interop.Node;
import io.heddle.interop.Openssl;
import io.heddle.interop.ProgramResult;
import java.lang.module.ModuleDescriptor.Version;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Comparison of cipher lists with the installed {@code openssl} and {@code node}. */
@Tag("interop")
class CipherListInteropTest {
    private static final int GENERATED = 200;
    private static final String NO_MATCH = "ERR_SSL_NO_CIPHER_MATCH";
    private static final String INVALID = "ERR_SSL_INVALID_COMMAND";

    private static final List<String> WORDS = List.of("""
            ALL COMPLEMENTOFALL COMPLEMENTOFDEFAULT HIGH MEDIUM LOW FIPS kRSA kDHE kEDH DH kECDHE kEECDH
            ECDH kPSK kRSAPSK kECDHEPSK kDHEPSK aRSA aDSS DSS aNULL aECDSA ECDSA aPSK EDH DHE EECDH ECDHE
            NULL RSA ADH AECDH PSK SRP 3DES RC4 eNULL AES128 AES256 AES AESGCM AESCCM AESCCM8 CAMELLIA128
            CAMELLIA256 CAMELLIA CHACHA20 ARIA ARIAGCM ARIA128 ARIA256 CBC MD5 SHA1 SHA SHA256 SHA384 SSLv3
            TLSv1 TLSv1.0 TLSv1.2 TLSv1.3 DEFAULT nope""".strip().split("\\s+", -1));

    @Test
    void expands_lists_as_the_installed_openssl_does() {
        Set<String> supported = knownToOpenssl();
        Version release = Openssl.release();
        List<String> lists = lists(false);
        int refused = 0;
        for (String list : lists) {
            String expected = openssl(list, supported);
            refused += expected.startsWith("ERR_") ? 1 : 0;
            assertThat(comparable(ours(list, supported), release))
                    .as("list \"%s\"", list)
                    .isEqualTo(comparable(expected, release));
        }
        assertThat(lists).hasSizeGreaterThan(60);
        System.out.printf("compared %d cipher lists with openssl, %d of them refused by it%n", lists.size(), refused);
    }

    @Test
    @Tag("node")
    void offers_what_the_installed_node_offers_for_the_same_option() {
        // The default level of a list depends on the release, 1 or 2.
        List<String> lists = lists(true).stream()
                .map(CipherListInteropTest::atLevel)
                .distinct()
                .toList();
        List<String> expected = new NodeOracle().clientHellos(lists);
        Version release = Node.openssl();
        int refused = 0;
        for (int i = 0; i < lists.size(); i++) {
            String list = lists.get(i);
            refused += expected.get(i).startsWith("ERR_") ? 1 : 0;
            // Node refuses, at the handshake, to offer a version for which its level leaves no suite; we leave it out.
            String ours = ours(list, null);
            String offered = ours.startsWith("TLS_") || ours.startsWith("ERR_") ? ours : NO_MATCH;
            assertThat(comparable(offered, release))
                    .as("ciphers \"%s\"", list)
                    .isEqualTo(comparable(expected.get(i), release));
        }
        System.out.printf("compared %d cipher options with node, %d of them refused by it%n", lists.size(), refused);
    }

    @Test
    void has_each_suite_under_the_number_and_the_names_of_the_installed_openssl() {
        ProgramResult result = all("-V", "-stdname");
        Pattern line = Pattern.compile(" *0x(..),0x(..) +- (\\S+) +- (\\S+) +(\\S+) .*");
        Map<String, String> expected = result.out()
                .lines()
                .map(line::matcher)
                .filter(Matcher::matches)
                .collect(Collectors.toMap(
                        match -> match.group(4),
                        match -> match.group(1) + match.group(2) + " " + match.group(3) + " " + match.group(5)));
        assertThat(Suite.all())
                .allSatisfy(suite -> assertThat(expected)
                        .containsEntry(
                                suite.name(),
                                "%04X %s %s".formatted(suite.number(), suite.standardName(), suite.listVersion())));
    }

    /** The recorded tables, the written lists and generated ones; for Node with names of TLS 1.3 among them. */
    private static List<String> lists(boolean tls13) {
        long seed = Long.getLong("heddle.seed", System.nanoTime());
        System.out.printf("cipher lists: seed %d%n", seed);
        var random = new Random(seed);
        var lists = new ArrayList<String>();
        CipherTable.all().forEach(table -> lists.add(table.list()));
        lists.addAll(CipherTable.lists("nasty.lists"));
        if (tls13) {
            lists.addAll(CipherTable.lists("nasty-tls13.lists"));
        }
        for (int i = 0; i < GENERATED; i++) {
            lists.add(generate(random, tls13));
        }
        return List.copyOf(new LinkedHashSet<>(lists));
    }

    private static String generate(Random random, boolean tls13) {
        var list = new StringBuilder(random.nextInt(4) == 0 ? "DEFAULT" : random.nextInt(3) == 0 ? "ALL" : "");
        int elements = 1 + random.nextInt(7);
        for (int i = 0; i < elements; i++) {
            list.append(list.isEmpty() ? "" : pick(random, List.of(":", ":", ":", ":", ",", " ", ";", "::")));
            if (tls13 && random.nextInt(6) == 0) {
                list.append(list.isEmpty() || list.toString().endsWith(":") ? "" : ":")
                        .append(pick(random, tls13Names()))
                        .append(':');
                continue;
            }
            switch (random.nextInt(12)) {
                case 0 -> list.append("@STRENGTH");
                case 1 -> list.append("@SECLEVEL=").append(random.nextInt(6));
                default -> {
                    list.append(pick(random, List.of("", "", "", "-", "!", "+")));
                    list.append(word(random));
                    while (random.nextInt(3) == 0) {
                        list.append('+').append(word(random));
                    }
                }
            }
        }
        // A list with SRP or NULL-MD5 only is valid for OpenSSL and selects nothing here.
        return list.append(":!SRP:!MD5").toString();
    }

    private static List<String> tls13Names() {
        return Suite.all().stream().filter(Suite::isTls13).map(Suite::name).toList();
    }

    private static String word(Random random) {
        List<Suite> suites = List.copyOf(Suite.all());
        return random.nextInt(3) > 0
                ? pick(random, WORDS)
                : suites.get(5 + random.nextInt(suites.size() - 5)).name();
    }

    private static String pick(Random random, List<String> from) {
        return from.get(random.nextInt(from.size()));
    }

    /** Returns the names selected, or the code of the failure; without those that {@code known}, if given, has not. */
    private static String ours(String text, @Nullable Set<String> supported) {
        try {
            CipherList list = CipherList.of(text);
            return Stream.concat(list.tls13().stream(), list.tls12().stream())
                    .map(Suite::name)
                    .filter(name -> supported == null || supported.contains(name))
                    .collect(Collectors.joining(":"));
        } catch (InvalidOption e) {
            return e.code();
        }
    }

    /**
     * Returns {@code names} without the suites of CCM-8 where the peer is older than OpenSSL 3.2, which moved them from HIGH to
     * MEDIUM and to 64 bits of security; so does Heddle. A list that is left without a suite of one version has no match.
     */
    private static String comparable(String names, Version peer) {
        if (peer.compareTo(Version.parse("3.2")) >= 0 || names.startsWith("ERR_")) {
            return names;
        }
        List<String> left = Pattern.compile(":")
                .splitAsStream(names)
                .filter(name -> !name.contains("CCM8") && !name.contains("CCM_8"))
                .toList();
        long tls13 = left.stream().filter(name -> name.startsWith("TLS_")).count();
        return tls13 == 0 || tls13 == left.size() ? NO_MATCH : String.join(":", left);
    }

    private static Set<String> knownToOpenssl() {
        return Set.of(all().out().strip().split(":", -1));
    }

    private static ProgramResult all(String... options) {
        var command = new ArrayList<>(List.of("ciphers", "-ciphersuites", String.join(":", tls13Names())));
        command.addAll(List.of(options));
        command.add("ALL:COMPLEMENTOFALL:@SECLEVEL=0");
        return Openssl.run(command.toArray(String[]::new)).succeeded();
    }

    /** A Suite B profile would swallow the addition. */
    private static String atLevel(String list) {
        return list.contains("@SECLEVEL") || list.startsWith("SUITEB") ? list : list + ":@SECLEVEL=1";
    }

    private static String openssl(String list, Set<String> supported) {
        // The default level of a list is Heddle's own.
        ProgramResult result = Openssl.run("ciphers", "-s", "-psk", "-v", "--", atLevel(list));
        if (result.exitCode() != 0) {
            return result.err().contains("invalid command") ? INVALID : NO_MATCH;
        }
        return result.out()
                .lines()
                .map(line -> line.substring(0, line.indexOf(' ')))
                .filter(name -> supported.contains(name) && Suite.ofName(name).isPresent())
                .collect(Collectors.joining(":"));
    }
}
