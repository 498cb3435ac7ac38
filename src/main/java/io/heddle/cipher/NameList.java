package io.heddle.cipher;

import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The common syntax of lists of groups and of signature algorithms: names separated by colons, with blanks around
 * them ignored.
 */
final class NameList {
    private NameList() {}

    /** Returns the elements, including empty ones. */
    static List<String> split(String list) {
        return Stream.of(list.split(":", -1)).map(String::trim).toList();
    }

    /**
     * Returns the values of a list in its order, without repetitions.
     *
     * @param ofName returns the value with a name, empty if there is none
     * @param refusal creates the exception for a list and its unknown name
     */
    static <T> List<T> parse(
            String list, Function<String, Optional<T>> ofName, BiFunction<String, String, RuntimeException> refusal) {
        return split(list).stream()
                .map(name -> ofName.apply(name).orElseThrow(() -> refusal.apply(list, name)))
                .distinct()
                .toList();
    }
}
