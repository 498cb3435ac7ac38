package io.heddle.certificate.path;

import java.security.cert.CertificateException;
import java.util.Random;
import java.util.function.Consumer;

/** The kinds of generated chains, each about one rule of RFC 5280, RFC 6125 or OpenSSL. */
enum ChainKind {
    DNS_CONSTRAINTS(GeneratedNames::dnsConstraints),
    OTHER_CONSTRAINTS(GeneratedNames::otherConstraints),
    PATH_LENGTH(GeneratedUsages::pathLength),
    EXTENDED_KEY_USAGE(GeneratedUsages::extendedKeyUsage),
    KEY_USAGE(GeneratedUsages::keyUsage),
    CROSS_SIGNED(GeneratedPaths::crossSigned),
    DATES(GeneratedPaths::dates),
    TRUST(GeneratedPaths::trust),
    HOSTS(GeneratedNames::hosts),
    ADDRESSES(GeneratedNames::addresses),
    CRLS(GeneratedCrls::crls),
    POLICIES(GeneratedPolicies::policies),
    EXTENSIONS(GeneratedUsages::extensions);

    private static final long SEED = 20_261_129_000_003L;
    private static final int DRAWS = 50;

    @SuppressWarnings("ImmutableEnumChecker") // a reference to a method without state
    private final Consumer<ChainPlan> rule;

    ChainKind(Consumer<ChainPlan> rule) {
        this.rule = rule;
    }

    /**
     * Returns the chain of this kind that belongs to a number; the structure is the same each time, keys and dates are not.
     *
     * <p>Java parses no certificate with a critical extension that it cannot read, so that there is nothing to verify. Such a draw is
     * followed by the next one.
     */
    GeneratedChain generate(int number) {
        for (int draw = 0; draw < DRAWS; draw++) {
            var plan = new ChainPlan(
                    number, new Random(SEED + number * 7919L + number % values().length + draw * 104_729_000L));
            try {
                rule.accept(plan);
                return plan.finish(this);
            } catch (IllegalStateException failed) {
                if (!(failed.getCause() instanceof CertificateException)) {
                    throw failed;
                }
            }
        }
        throw new AssertionError(this + " " + number + ": Java parses none of the certificates drawn");
    }
}
