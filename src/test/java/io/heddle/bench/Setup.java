package io.heddle.bench;

import io.heddle.certificate.TestPki;
import io.heddle.cipher.Group;
import io.heddle.cipher.GroupList;
import io.heddle.protocol.TlsVersion;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The parameters that all stacks negotiate, so that they do the same work.
 *
 * @param group the group of the key exchange
 * @param verified whether the client verifies the server's chain and name
 * @param chacha whether TLS 1.2 has ChaCha20-Poly1305; Conscrypt chooses the cipher of TLS 1.3 itself
 */
record Setup(
        TlsVersion version, TestPki.Key key, Group group, Resumption resumption, boolean verified, boolean chacha) {
    static final String HOST = "localhost";

    /** The key establishment of a client's second connection. */
    enum Resumption {
        /** A full handshake. */
        NONE,
        /** From a session that the server keeps under an id. */
        ID,
        /** From a session that the client sends in a ticket. */
        TICKET
    }

    static Setup full(TlsVersion version, TestPki.Key key, Group group) {
        return new Setup(version, key, group, Resumption.NONE, true, false);
    }

    static Setup resumed(TlsVersion version, Resumption resumption, Group group) {
        return new Setup(version, TestPki.Key.P256, group, resumption, true, false);
    }

    /** Returns the setup of streams and idle connections. */
    static Setup usual() {
        return full(TlsVersion.TLS_1_3, TestPki.Key.P256, Group.P_256);
    }

    /** Returns the setup of streams with ChaCha20-Poly1305, in TLS 1.2. */
    static Setup chacha20() {
        return new Setup(TlsVersion.TLS_1_2, TestPki.Key.P256, Group.P_256, Resumption.NONE, true, true);
    }

    /** Returns a setup in which the client does not verify the server's chain and name. */
    Setup unjudged() {
        return new Setup(version, key, group, resumption, false, chacha);
    }

    /**
     * Returns the groups to allow. In TLS 1.2 they also apply to certificates, so that the group of the EC
     * key must be included.
     */
    List<Group> groups() {
        return version == TlsVersion.TLS_1_2 && group != Group.P_256 ? List.of(group, Group.P_256) : List.of(group);
    }

    /**
     * Returns the groups as {@code ecdhCurve} takes them. X25519MLKEM768 is the default list, with its two key shares.
     */
    String ecdhCurve() {
        return group == Group.X25519MLKEM768
                ? GroupList.DEFAULT
                : groups().stream().map(Group::standardName).collect(Collectors.joining(":"));
    }

    boolean resumes() {
        return resumption != Resumption.NONE;
    }

    /** Returns the suite by its standard name: AES-128-GCM unless it is ChaCha20-Poly1305. */
    String suite() {
        return suite(version);
    }

    /** Returns the suite of another version. */
    String suite(TlsVersion other) {
        if (other == TlsVersion.TLS_1_3) {
            return "TLS_AES_128_GCM_SHA256";
        }
        return "TLS_ECDHE_%s_WITH_%s_SHA256"
                .formatted(key == TestPki.Key.P256 ? "ECDSA" : "RSA", chacha ? "CHACHA20_POLY1305" : "AES_128_GCM");
    }
}
