package io.heddle.certificate.path;

import static io.heddle.failure.TlsFailure.Code.EXCLUDED_VIOLATION;
import static io.heddle.failure.TlsFailure.Code.PERMITTED_VIOLATION;
import static io.heddle.failure.TlsFailure.Code.SUBTREE_MINMAX;
import static io.heddle.failure.TlsFailure.Code.UNSPECIFIED;
import static io.heddle.failure.TlsFailure.Code.UNSUPPORTED_CONSTRAINT_SYNTAX;
import static io.heddle.failure.TlsFailure.Code.UNSUPPORTED_CONSTRAINT_TYPE;
import static io.heddle.failure.TlsFailure.Code.UNSUPPORTED_NAME_SYNTAX;

import io.heddle.certificate.x509.ParsedCertificate;
import io.heddle.failure.TlsFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.jspecify.annotations.Nullable;

/**
 * The check of the names of a chain against the name constraints above them (RFC 5280 4.2.1.10), including those of the
 * trust anchor, which the JDK ignores.
 *
 * <p>Its cost is the product of names and constraints, so only chains with good signatures up to an anchor are checked.
 *
 * <p>A wildcard is permitted if all names that it matches are, and excluded if one of them is. A malformed name, such
 * as a DNS name with a final dot, is refused if its form is constrained. As in OpenSSL, the leaf's common names count
 * as DNS names if it has no other; see {@link ConstrainedName}.
 */
final class NameConstraintCheck {
    static final String NAME_CONSTRAINTS = "2.5.29.30";

    private final ChainBuilder.Chain chain;
    private final VerificationBudget budget;
    private final Findings findings;

    /** The names by depth, parsed at the first comparison. */
    private final @Nullable List<ConstrainedName>[] names;

    @SuppressWarnings({"unchecked", "rawtypes"}) // an array of lists
    NameConstraintCheck(ChainBuilder.Chain chain, VerificationBudget budget, Findings findings) {
        this.chain = chain;
        this.budget = budget;
        this.findings = findings;
        this.names = new List[chain.links().size()];
    }

    void check() {
        List<ParsedCertificate> links = chain.links();
        for (int depth = chain.lastDepth(); depth > 0; depth--) {
            ParsedCertificate issuer = links.get(depth);
            byte[] extension = issuer.certificate.getExtensionValue(NAME_CONSTRAINTS);
            if (extension != null) {
                checkBelow(issuer, depth, extension);
            }
        }
    }

    /** Returns whether an issuer of the chain permits the empty DNS name, which the JDK takes for no name at all. */
    static boolean permitsEveryDnsName(ChainBuilder.Chain chain) {
        return chain.links().stream().skip(1).anyMatch(link -> {
            byte[] extension = link.certificate.getExtensionValue(NAME_CONSTRAINTS);
            Constraints constraints = extension == null ? null : constraints(extension);
            return constraints != null
                    && constraints.permitted().stream()
                            .anyMatch(tree -> tree.subtree() instanceof NameSubtree.Dns dns
                                    && dns.labels().isEmpty());
        });
    }

    private void checkBelow(ParsedCertificate issuer, int above, byte[] extension) {
        Constraints constraints = constraints(extension);
        for (int depth = above - 1; depth >= 0; depth--) {
            ParsedCertificate link = chain.links().get(depth);
            // RFC 5280 6.1.3: a self-issued certificate in the middle of the path is exempt.
            if (depth > 0 && link.selfIssued) {
                continue;
            }
            if (constraints == null) {
                findings.add(UNSUPPORTED_CONSTRAINT_SYNTAX, depth, "the name constraints of %s cannot be read", issuer);
                continue;
            }
            List<ConstrainedName> below = names(link, depth);
            if (below == null) {
                findings.add(UNSUPPORTED_NAME_SYNTAX, depth, "the names of %s cannot be read", link);
            } else if (!budget.comparisons((long) below.size() * constraints.size())) {
                findings.add(
                        UNSPECIFIED,
                        depth,
                        "the names of %s under the name constraints of %s take more than %d comparisons, or too long",
                        link,
                        issuer,
                        VerificationBudget.MOST_COMPARISONS);
                return;
            } else {
                violation(constraints, below, issuer, link, depth);
            }
        }
    }

    private @Nullable List<ConstrainedName> names(ParsedCertificate link, int depth) {
        if (names[depth] == null) {
            try {
                names[depth] = ConstrainedName.of(link, depth == 0);
            } catch (RuntimeException unreadable) {
                return null;
            }
        }
        return names[depth];
    }

    private void violation(
            Constraints constraints,
            List<ConstrainedName> below,
            ParsedCertificate issuer,
            ParsedCertificate link,
            int depth) {
        for (ConstrainedName name : below) {
            TlsFailure.Code code = permitted(constraints.permitted(), name)
                    .or(() -> excluded(constraints.excluded(), name))
                    .orElse(null);
            if (code == PERMITTED_VIOLATION) {
                findings.add(code, depth, "the names of %s are not among those that %s may issue", link, issuer);
            } else if (code == EXCLUDED_VIOLATION) {
                findings.add(code, depth, "the names of %s are among those that %s may not issue", link, issuer);
            } else if (code != null) {
                findings.add(
                        code, depth, "the names of %s cannot be compared with the constraints of %s", link, issuer);
            }
            if (code != null) {
                return;
            }
        }
    }

    /** A name is permitted if no subtree is of its form or one contains it. */
    private static Optional<TlsFailure.Code> permitted(List<Tree> trees, ConstrainedName name) {
        Match match = Match.of(trees, name, NameSubtree::contains);
        return match.hit() || !match.constrained() || match.incomparable().isPresent()
                ? match.incomparable()
                : Optional.of(PERMITTED_VIOLATION);
    }

    private static Optional<TlsFailure.Code> excluded(List<Tree> trees, ConstrainedName name) {
        Match match = Match.of(trees, name, NameSubtree::touches);
        return match.hit() ? Optional.of(EXCLUDED_VIOLATION) : match.incomparable();
    }

    /**
     * The comparison of a name with the subtrees of its form, up to the first that decides.
     *
     * @param constrained whether there is a subtree of its form
     * @param hit whether a subtree applies to the name
     * @param incomparable the code if a subtree before that cannot be compared
     */
    private record Match(boolean constrained, boolean hit, Optional<TlsFailure.Code> incomparable) {
        static Match of(List<Tree> trees, ConstrainedName name, BiPredicate<NameSubtree, ConstrainedName> applies) {
            boolean constrained = false;
            for (Tree tree : trees) {
                if (tree.subtree().form() != name.form()) {
                    continue;
                }
                constrained = true;
                Optional<TlsFailure.Code> incomparable = NameConstraintCheck.incomparable(tree, name);
                if (incomparable.isPresent() || applies.test(tree.subtree(), name)) {
                    return new Match(true, incomparable.isEmpty(), incomparable);
                }
            }
            return new Match(constrained, false, Optional.empty());
        }
    }

    /** RFC 5280 4.2.1.10: a name that cannot be compared is refused, and minimum and maximum are not used. */
    private static Optional<TlsFailure.Code> incomparable(Tree tree, ConstrainedName name) {
        if (tree.ranged()) {
            return Optional.of(SUBTREE_MINMAX);
        } else if (tree.subtree() instanceof NameSubtree.Incomparable) {
            return Optional.of(UNSUPPORTED_CONSTRAINT_TYPE);
        }
        return name instanceof ConstrainedName.Incomparable ? Optional.of(UNSUPPORTED_NAME_SYNTAX) : Optional.empty();
    }

    private static @Nullable Constraints constraints(byte[] extension) {
        try {
            NameConstraints read = NameConstraints.getInstance(ParsedCertificate.content(extension));
            return read == null
                    ? null
                    : new Constraints(trees(read.getPermittedSubtrees()), trees(read.getExcludedSubtrees()));
        } catch (RuntimeException unreadable) {
            return null;
        }
    }

    private static List<Tree> trees(GeneralSubtree @Nullable [] subtrees) {
        List<Tree> trees = new ArrayList<>();
        if (subtrees != null) {
            for (GeneralSubtree subtree : subtrees) {
                trees.add(new Tree(
                        NameSubtree.of(subtree.getBase()),
                        subtree.getMinimum().signum() != 0 || subtree.getMaximum() != null));
            }
        }
        return trees;
    }

    /**
     * The name constraints of an issuer.
     *
     * @param permitted the subtrees that it may issue for
     * @param excluded the subtrees that it may not issue for
     */
    private record Constraints(List<Tree> permitted, List<Tree> excluded) {
        int size() {
            return permitted.size() + excluded.size();
        }
    }

    /**
     * One subtree.
     *
     * @param ranged whether it has a minimum or a maximum
     */
    private record Tree(NameSubtree subtree, boolean ranged) {}
}
