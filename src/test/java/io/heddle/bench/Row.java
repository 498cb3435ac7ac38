package io.heddle.bench;

import io.heddle.bench.Measurement.Table;
import io.heddle.bench.Setup.Resumption;
import io.heddle.certificate.TestPki;
import io.heddle.cipher.Group;
import io.heddle.protocol.TlsVersion;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * A measurement that several peers take part in.
 *
 * @param name also the name by which a peer's JVM finds the row
 * @param table where the row stands in the report
 * @param peers that can take part
 * @param quick whether the row belongs to the quick form
 * @param workload created in the JVM of a peer
 */
record Row(String name, Table table, Set<Peer> peers, boolean quick, WorkloadFactory workload) {
    private static final int KIB = 1024;
    private static final int PING_PONG = 500;
    private static final Set<Peer> TLS = EnumSet.range(Peer.HEDDLE, Peer.BCJSSE);
    private static final Set<Peer> ALL = EnumSet.range(Peer.HEDDLE, Peer.PLAIN);

    /**
     * Returns the units of the warm-up. The compiler takes a method after 5,000 to 15,000 calls, and takes some methods
     * several times; a handshake without much arithmetic shows that most.
     */
    double warmUp() {
        return switch (table) {
            case FULL -> 4_000;
            case CROWD -> 20_000;
            case RESUMED -> name.contains(TlsVersion.TLS_1_2.protocol()) ? 100_000 : 20_000;
            default -> 0;
        };
    }

    /** Creates the work of a row for a peer. */
    interface WorkloadFactory {
        Workload of(Peer peer) throws Exception;
    }

    /** Returns the rows in the order of the report. */
    static List<Row> all() {
        List<Row> rows = new ArrayList<>();
        fullHandshakes(rows);
        resumedHandshakes(rows);
        streams(rows);
        idle(rows);
        return rows;
    }

    static Row named(String name) {
        return all().stream()
                .filter(row -> row.name.equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(name));
    }

    private static void fullHandshakes(List<Row> rows) {
        for (TlsVersion version : List.of(TlsVersion.TLS_1_3, TlsVersion.TLS_1_2)) {
            for (TestPki.Key key : List.of(TestPki.Key.P256, TestPki.Key.RSA_2048)) {
                for (Group group : List.of(Group.P_256, Group.X25519)) {
                    // The quick form leaves out combinations of two things that are measured alone.
                    boolean quick = key == TestPki.Key.P256
                            ? group == Group.P_256 || version == TlsVersion.TLS_1_3
                            : group == Group.P_256 && version == TlsVersion.TLS_1_3;
                    Setup setup = Setup.full(version, key, group);
                    String name = "full %s %s %s".formatted(version.protocol(), key, group);
                    rows.add(handshakes(name, Table.FULL, quick, setup.unjudged()));
                    rows.add(handshakes(name + ", chain judged", Table.FULL, false, setup));
                }
            }
        }
        Setup hybrid = Setup.full(TlsVersion.TLS_1_3, TestPki.Key.P256, Group.X25519MLKEM768)
                .unjudged();
        rows.add(new Row(
                "full TLSv1.3 P256 X25519MLKEM768 by default",
                Table.FULL,
                EnumSet.of(Peer.HEDDLE, Peer.HEDDLE_JDK, Peer.CONSCRYPT),
                false,
                peer -> new Handshakes(peer.stack(hybrid), hybrid)));
    }

    private static void resumedHandshakes(List<Row> rows) {
        rows.add(handshakes(
                "resumed TLSv1.3 ticket (P_256)",
                Table.RESUMED,
                true,
                Setup.resumed(TlsVersion.TLS_1_3, Resumption.TICKET, Group.P_256)));
        rows.add(handshakes(
                "resumed TLSv1.3 ticket (X25519)",
                Table.RESUMED,
                false,
                Setup.resumed(TlsVersion.TLS_1_3, Resumption.TICKET, Group.X25519)));
        rows.add(handshakes(
                "resumed TLSv1.2 ticket",
                Table.RESUMED,
                true,
                Setup.resumed(TlsVersion.TLS_1_2, Resumption.TICKET, Group.P_256)));
        rows.add(handshakes(
                "resumed TLSv1.2 id",
                Table.RESUMED,
                false,
                Setup.resumed(TlsVersion.TLS_1_2, Resumption.ID, Group.P_256)));
    }

    private static Row handshakes(String name, Table table, boolean quick, Setup setup) {
        return new Row(name, table, TLS, quick, peer -> new Handshakes(peer.stack(setup), setup));
    }

    private static void streams(List<Row> rows) {
        for (Setup setup : List.of(Setup.usual(), Setup.chacha20())) {
            for (int kib : List.of(16, 1)) {
                rows.add(new Row(
                        "MB in memory, writes of %d KiB%s".formatted(kib, setup.chacha() ? ", TLS 1.2 ChaCha20" : ""),
                        Table.RECORDS,
                        TLS,
                        kib == 16 || !setup.chacha(),
                        peer -> new BulkStream(Loopback.inMemory(peer.stack(setup)), kib * KIB)));
            }
        }
        for (int kib : List.of(16, 64)) {
            rows.add(new Row(
                    "MB over loopback, writes of %d KiB".formatted(kib),
                    Table.SOCKETS,
                    ALL,
                    true,
                    peer -> BulkStream.overLoopback(peer.stack(Setup.usual()), kib * KIB)));
        }
        rows.add(new Row(
                "1 KiB round trips, %d connections".formatted(PING_PONG),
                Table.SOCKETS,
                ALL,
                true,
                peer -> PingPong.overLoopback(peer.stack(Setup.usual()), PING_PONG)));
    }

    private static void idle(List<Row> rows) {
        rows.add(new Row(
                "KB of heap for an end of an idle connection",
                Table.HEAP,
                ALL,
                true,
                peer -> new IdleHeap(peer.stack(Setup.usual()))));
        Setup setup =
                Setup.full(TlsVersion.TLS_1_3, TestPki.Key.P256, Group.P_256).unjudged();
        rows.add(new Row(
                "full TLSv1.3 P256 P_256 beside idle connections",
                Table.CROWD,
                EnumSet.of(Peer.HEDDLE, Peer.HEDDLE_CROWDED),
                false,
                peer -> new CrowdedHandshakes(peer.stack(setup), setup, peer == Peer.HEDDLE ? 100 : 50_000)));
    }
}
