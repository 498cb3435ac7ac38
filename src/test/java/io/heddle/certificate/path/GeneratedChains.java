package io.heddle.certificate.path;

import java.util.List;
import java.util.stream.IntStream;

/** Chains generated from seeds, of all kinds in turn: the same number gives the same structure in every run. */
final class GeneratedChains {
    private GeneratedChains() {}

    /** Returns the first {@code count} chains. */
    static List<GeneratedChain> first(int count) {
        ChainKind[] kinds = ChainKind.values();
        return IntStream.range(0, count)
                .mapToObj(number -> kinds[number % kinds.length].generate(number))
                .toList();
    }
}
