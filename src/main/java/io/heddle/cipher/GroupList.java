package io.heddle.cipher;

import io.heddle.failure.InvalidOption;
import io.heddle.failure.TlsFailure;
import io.heddle.protocol.TlsVersion;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The groups for key agreement of one side, as {@code ecdhCurve} takes them: tuples in order of preference, each with
 * groups of about the same strength in order of preference. Immutable.
 *
 * <p>A server of TLS 1.3 selects from the first tuple that has a group of the client's list: one for which the client
 * sent a key share, else another of that tuple, which takes a HelloRetryRequest. So a share for a weaker group
 * never decides against a stronger group that both sides have, and within a tuple none is requested if one was sent. In
 * TLS 1.2 and on a client the tuples are one list.
 *
 * @param tuples the groups, none twice, no tuple empty
 * @param keyShares the groups for which a client of TLS 1.3 sends a key share in its first ClientHello, at most 4;
 *     empty if no group is for TLS 1.3
 * @see <a href="https://docs.openssl.org/3.5/man3/SSL_CTX_set1_curves/">OpenSSL SSL_CTX_set1_groups_list</a>
 */
public record GroupList(List<List<Group>> tuples, List<Group> keyShares) {
    /**
     * The default list, which is that of OpenSSL 3.5 and of Node since 24.5. {@code DEFAULT} in a list stands for it.
     */
    public static final String DEFAULT = "*X25519MLKEM768/*X25519:P-256/X448:P-384:P-521/ffdhe2048:ffdhe3072";

    private static final String DEFAULT_NAME = "DEFAULT";
    private static final int MAX_KEY_SHARES = 4;

    /** Copies the lists. */
    public GroupList {
        tuples = tuples.stream().map(List::copyOf).toList();
        keyShares = List.copyOf(keyShares);
    }

    /** Returns the default groups. */
    public static GroupList defaults() {
        return Defaults.LIST;
    }

    private static final class Defaults {
        static final GroupList LIST = of(DEFAULT);
    }

    /**
     * Returns one tuple with these groups. A client sends a key share for the first that is for TLS 1.3.
     */
    public static GroupList of(Collection<Group> groups) {
        return of(List.of(groups.stream().distinct().toList()), group -> false);
    }

    /**
     * Returns the groups of a list in the syntax of OpenSSL 3.5: tuples separated by {@code /}, in each the names
     * ({@link Group#ofName}) separated by colons. Blanks around a name and groups that are there already are ignored.
     * Before a name may stand, each once and in any order
     *
     * <ul>
     *   <li>{@code *}: a client sends a key share for this group. Without any, it sends one for the first group.
     *   <li>{@code ?}: the name is ignored if it is not known here.
     *   <li>{@code -}: the group is removed from what comes before.
     * </ul>
     *
     * <p>The name {@code DEFAULT}, in any case and without these, stands for {@link #DEFAULT}. The word {@code auto} is
     * not a name: the caller replaces it.
     *
     * @return the list, without a group if it names only unknown ones behind {@code ?}, or removes all
     * @throws InvalidOption with {@code ERR_CRYPTO_OPERATION_FAILED} if an element is empty or its name is not known, a
     *     character before a name is repeated or stands before {@code DEFAULT}, or more than 4 key shares are marked
     */
    public static GroupList of(String list) {
        Parser parser = new Parser(list);
        parser.readTuples(list);
        return parser.result();
    }

    /** Returns the elements between the colons of a list, empty ones included, without the blanks around them. */
    static List<String> names(String list) {
        return Stream.of(list.split(":", -1)).map(String::trim).toList();
    }

    /** Returns the groups of all tuples in order of preference. */
    public List<Group> groups() {
        return tuples.stream().flatMap(List::stream).toList();
    }

    /**
     * Returns the list without the groups that are not permitted. If none of its key shares is left, the first group
     * for TLS 1.3 gets one.
     */
    public GroupList filtered(Predicate<Group> permitted) {
        return of(
                tuples.stream()
                        .map(tuple -> tuple.stream().filter(permitted).toList())
                        .toList(),
                group -> keyShares.contains(group));
    }

    private static GroupList of(List<List<Group>> tuples, Predicate<Group> marked) {
        List<List<Group>> filled =
                tuples.stream().filter(tuple -> !tuple.isEmpty()).toList();
        List<Group> usable = filled.stream()
                .flatMap(List::stream)
                .filter(group -> group.fits(TlsVersion.TLS_1_3))
                .toList();
        List<Group> shares = usable.stream().filter(marked).toList();
        return new GroupList(filled, shares.isEmpty() ? usable.stream().limit(1).toList() : shares);
    }

    /** The tuples that have been read of a list. */
    private static final class Parser {
        private final String list;
        private final List<List<Group>> tuples = new ArrayList<>(List.of(new ArrayList<>()));
        private final Set<Group> marked = new HashSet<>();

        Parser(String list) {
            this.list = list;
        }

        /** Reads tuples, the first of which continues the last tuple so far. */
        void readTuples(String text) {
            boolean first = true;
            for (String tuple : text.split("/", -1)) {
                if (!first) {
                    tuples.add(new ArrayList<>());
                }
                first = false;
                names(tuple).forEach(this::readElement);
            }
        }

        private void readElement(String element) {
            if (element.equalsIgnoreCase(DEFAULT_NAME)) {
                readTuples(DEFAULT);
                return;
            }
            Set<Character> prefixes = new HashSet<>();
            int start = 0;
            while (start < element.length() && "*?-".indexOf(element.charAt(start)) >= 0) {
                if (!prefixes.add(element.charAt(start))) {
                    throw refused(
                            "\"%s\" in \"%s\" has \"%s\" twice, it is allowed once", element, element.charAt(start));
                }
                start++;
            }
            String name = element.substring(start);
            if (name.equalsIgnoreCase(DEFAULT_NAME)) {
                throw refused("\"%s\" in \"%s\" has a character before DEFAULT, none is allowed", element);
            }
            Optional<Group> group = Group.ofName(name);
            if (group.isEmpty() && (name.isEmpty() || !prefixes.contains('?'))) {
                throw refused("\"%s\" in \"%s\" is not a group, allowed are names such as X25519:P-256", name);
            }
            group.ifPresent(found -> {
                if (prefixes.contains('-')) {
                    remove(found);
                } else {
                    add(found, prefixes.contains('*'));
                }
            });
        }

        private void add(Group group, boolean keyShare) {
            if (tuples.stream().anyMatch(tuple -> tuple.contains(group))) {
                return;
            }
            tuples.getLast().add(group);
            if (keyShare && marked.add(group) && marked.size() > MAX_KEY_SHARES) {
                throw refused(
                        "\"%s\" in \"%s\" is marked for a key share, at most %s groups can be",
                        group.opensslName(), MAX_KEY_SHARES);
            }
        }

        private void remove(Group group) {
            tuples.forEach(tuple -> tuple.remove(group));
            marked.remove(group);
        }

        GroupList result() {
            return of(tuples, marked::contains);
        }

        /** @param format takes the element, the list and another value */
        private InvalidOption refused(String format, String element, Object... more) {
            return new InvalidOption(
                    "ERR_CRYPTO_OPERATION_FAILED",
                    "ecdhCurve: Failed to set ECDH curve, "
                            + format.formatted(
                                    TlsFailure.printable(element),
                                    TlsFailure.printable(list),
                                    more.length > 0 ? more[0] : ""));
        }
    }
}
