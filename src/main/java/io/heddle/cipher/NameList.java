package io.heddle.cipher;

import java.util.List;
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
}
