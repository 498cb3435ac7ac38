package io.heddle.cipher;

import java.util.List;
import java.util.stream.Stream;

/** The form that lists of groups and of signature algorithms share: names between colons, blanks around them ignored. */
final class NameList {
    private NameList() {}

    /** Returns the elements, also empty ones. */
    static List<String> split(String list) {
        return Stream.of(list.split(":", -1)).map(String::trim).toList();
    }
}
