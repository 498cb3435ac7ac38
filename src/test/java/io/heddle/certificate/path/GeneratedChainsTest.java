package io.heddle.certificate.path;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.certificate.Problem;
import io.heddle.certificate.path.ChainDifference.Peer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Compares verdicts on 2,000 generated chains with those of {@code openssl verify} and of the JDK. The property {@code heddle.chains} sets a larger number.
 * The verdicts are the same, or {@link ChainDifference} has the reason.
 */
@Tag("interop")
class GeneratedChainsTest {
    private static final int CHAINS = Math.max(2000, Integer.getInteger("heddle.chains", 2000));
    private static final Path PAGE = Path.of("docs", "verification.md");

    private static final String VERDICTS = "| beside | Heddle | what | why |";
    private static final String CODES = "| Heddle | OpenSSL | what | why |";

    private static final List<ChainComparison> COMPARISONS = new ArrayList<>();
    private static final Map<ChainDifference, Integer> SEEN = new EnumMap<>(ChainDifference.class);
    private static final List<String> UNEXPLAINED = new ArrayList<>();

    @BeforeAll
    static void compare(@TempDir Path directory) throws Exception {
        List<GeneratedChain> chains = GeneratedChains.first(CHAINS);
        List<List<String>> openssl = new OpenSslPeer(directory).verify(chains);
        for (int i = 0; i < chains.size(); i++) {
            var comparison = ChainComparison.of(chains.get(i), openssl.get(i), JdkPeer.refusal(chains.get(i)));
            COMPARISONS.add(comparison);
            for (Peer peer : Peer.values()) {
                explain(comparison, peer);
            }
        }
        System.out.printf(
                "generated chains: %d compared, %d accepted; differences from OpenSSL %d, from the JDK %d%n",
                CHAINS,
                COMPARISONS.stream().filter(ChainComparison::accepted).count(),
                count(Peer.OPENSSL),
                count(Peer.JDK));
    }

    @Test
    void differs_from_openssl_and_the_jdk_only_for_named_reasons() {
        assertThat(UNEXPLAINED).as("unexplained, " + UNEXPLAINED.size()).isEmpty();
    }

    @Test
    void accepts_nothing_that_both_refuse_but_for_wildcards_over_underscores() {
        assertThat(COMPARISONS.stream()
                        .filter(chain -> chain.accepted() && !chain.accepts(Peer.OPENSSL) && !chain.accepts(Peer.JDK))
                        .filter(chain -> !ChainDifference.WILDCARD_AND_UNDERSCORE.explains(chain)))
                .isEmpty();
    }

    @Test
    void has_no_difference_on_its_list_that_is_none() {
        assertThat(Stream.of(ChainDifference.values())
                        .filter(difference -> difference.occurs == ChainDifference.Occurs.ALWAYS)
                        .filter(difference -> !SEEN.containsKey(difference)))
                .as("of these differences there is no case among %d chains", CHAINS)
                .isEmpty();
    }

    @Test
    void names_the_problems_that_openssl_names() {
        var softly = new SoftAssertions();
        var seen = EnumSet.noneOf(CodeDifference.class);
        for (ChainComparison chain : COMPARISONS) {
            if (!chain.accepted() && !chain.accepts(Peer.OPENSSL)) {
                Optional<String> unlike = CodeDifference.unexplained(chain, seen);
                softly.assertThat(unlike).as(chain.toString()).isEmpty();
            }
        }
        softly.assertThat(seen).containsExactly(CodeDifference.values());
        softly.assertAll();
    }

    /** With the property {@code heddle.differences=write} the tables of the page are written anew. */
    @Test
    void documents_each_difference() throws Exception {
        String page = Files.readString(PAGE);
        String expected = withRows(
                withRows(page, VERDICTS, Stream.of(ChainDifference.values()).map(ChainDifference::line)),
                CODES,
                Stream.of(CodeDifference.values()).map(CodeDifference::line));
        if (System.getProperty("heddle.differences", "").equals("write")) {
            Files.writeString(PAGE, expected);
        } else {
            assertThat(page).isEqualTo(expected);
        }
    }

    /** Returns the page with these rows in the table that has this first line. */
    private static String withRows(String page, String first, Stream<String> rows) {
        List<String> lines = page.lines().toList();
        int begin = lines.indexOf(first) + 2;
        assertThat(begin).as("the table %s", first).isGreaterThan(1);
        int end = begin;
        while (end < lines.size() && lines.get(end).startsWith("|")) {
            end++;
        }
        var all = new ArrayList<>(lines.subList(0, begin));
        rows.forEach(all::add);
        all.addAll(lines.subList(end, lines.size()));
        return String.join("\n", all) + "\n";
    }

    private static long count(Peer peer) {
        return COMPARISONS.stream()
                .filter(chain -> chain.accepted() != chain.accepts(peer))
                .count();
    }

    private static void explain(ChainComparison chain, Peer peer) {
        if (chain.accepted() == chain.accepts(peer)) {
            return;
        }
        List<ChainDifference> differences = Stream.of(ChainDifference.values())
                .filter(difference -> difference.peer == peer)
                .toList();
        boolean explained = true;
        if (chain.accepted()) {
            List<ChainDifference> found =
                    differences.stream().filter(each -> each.explains(chain)).toList();
            found.forEach(each -> SEEN.merge(each, 1, Integer::sum));
            explained = !found.isEmpty();
        }
        for (Problem problem : chain.problems()) {
            List<ChainDifference> found = differences.stream()
                    .filter(each -> each.explains(chain, problem))
                    .toList();
            found.forEach(each -> SEEN.merge(each, 1, Integer::sum));
            explained &= !found.isEmpty();
        }
        if (!explained) {
            UNEXPLAINED.add(peer + ": " + chain);
        }
    }
}
