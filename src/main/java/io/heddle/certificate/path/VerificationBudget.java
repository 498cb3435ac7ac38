package io.heddle.certificate.path;

import java.time.Duration;

/**
 * A limit on the work of one verification of a chain. The peer chooses the chain, so the work that grows with it is
 * counted and limited: steps of the search for a path, signatures, and comparisons of names.
 *
 * <p>A verification also ends when its thread is interrupted, as at the deadline of a handshake, and after 30 seconds.
 * Confined to the verifying thread.
 */
final class VerificationBudget {
    /** A path of OpenSSL's depth of 100 has 101 signatures; the rest is for other paths. */
    static final int MOST_SIGNATURES = 200;

    /** Signatures of chains without an anchor prove nothing; they are verified only for OpenSSL's verdict. */
    static final int MOST_UNTRUSTED_SIGNATURES = 16;

    /** The limit of Go and of webpki; OpenSSL allows four times as many. */
    static final int MOST_COMPARISONS = 250_000;

    static final int MOST_STEPS = 1_000;

    private static final Duration LONGEST = Duration.ofSeconds(30);

    private final long began = System.nanoTime();
    private final boolean interruptible = !Thread.currentThread().isInterrupted();

    private int signatures;
    private int untrustedSignatures;
    private long comparisons;
    private int steps;

    /** Returns whether another signature of a chain that leads to an anchor may be checked, and counts it. */
    boolean signature() {
        return !isOver() && ++signatures <= MOST_SIGNATURES;
    }

    /** Returns whether another signature of a chain without an anchor may be checked, and counts it. */
    boolean untrustedSignature() {
        return !isOver() && ++untrustedSignatures <= MOST_UNTRUSTED_SIGNATURES;
    }

    /** Returns whether this many more comparisons of a name with a constraint may be made, and counts them. */
    boolean comparisons(long more) {
        comparisons += more;
        return comparisons <= MOST_COMPARISONS && !isOver();
    }

    /** Returns whether the search for a path may take another step, and counts it. */
    boolean step() {
        return ++steps <= MOST_STEPS && !isOver();
    }

    /**
     * Returns whether the verification must end: the signatures are used up, the thread was interrupted, or the time
     * is over.
     */
    boolean isOver() {
        return signatures > MOST_SIGNATURES
                || (interruptible && Thread.currentThread().isInterrupted())
                || System.nanoTime() - began > LONGEST.toNanos();
    }
}
