package io.heddle.bench;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The settings of a run, system properties: {@code heddle.bench.seconds}, the measuring time of each row and peer, 2 by
 * default; {@code heddle.bench.quick}, fewer rows and shorter times; {@code heddle.bench.only}, a regular expression for
 * the names of rows; {@code heddle.bench.peers}, one for the names of peers.
 */
final class Settings {
    static final boolean QUICK = Boolean.getBoolean("heddle.bench.quick");
    static final Duration MEASURED = Duration.ofMillis(
            Math.round(1000 * Double.parseDouble(System.getProperty("heddle.bench.seconds", QUICK ? "1" : "2"))));

    private static final String ONLY_TEXT = System.getProperty("heddle.bench.only", "");
    private static final Pattern ONLY = Pattern.compile(ONLY_TEXT);
    private static final String PEERS_TEXT = System.getProperty("heddle.bench.peers", "");
    private static final Pattern PEERS = Pattern.compile(PEERS_TEXT, Pattern.CASE_INSENSITIVE);
    private static final Set<Peer> QUICK_PEERS =
            EnumSet.of(Peer.HEDDLE, Peer.HEDDLE_JDK, Peer.SUNJSSE, Peer.CONSCRYPT, Peer.HEDDLE_CROWDED);

    private Settings() {}

    /** Returns whether to measure a row: those named by the user, else all, or those of the quick form. */
    static boolean wants(String row, boolean quick) {
        return ONLY_TEXT.isEmpty() ? quick || !QUICK : ONLY.matcher(row).find();
    }

    /** Returns whether to measure a peer: those named by the user, else all, or those of the quick form. */
    static boolean wants(Peer peer) {
        return PEERS_TEXT.isEmpty()
                ? !QUICK || QUICK_PEERS.contains(peer)
                : PEERS.matcher(peer.title()).find();
    }
}
