package io.heddle.bench;

import io.heddle.certificate.TestPki;
import io.heddle.cipher.Group;
import io.heddle.cipher.GroupList;
import io.heddle.protocol.TlsVersion;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The parameters that both stacks negotiate, so that they do the same work.
 *
 * @param group the group of the key exchange
 * @param verified whether the client verifies the server's chain and name
 */
record Setup(TlsVersion version, TestPki.Key key, Group group, Resumption resumption, boolean verified) {
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
        return new Setup(version, key, group, Resumption.NONE, true);
    }

    static Setup resumed(TlsVersion version, Resumption resumption) {
        return new Setup(version, TestPki.Key.P256, Group.X25519, resumption, true);
    }

    /** Returns the setup of streams and idle connections. */
    static Setup usual() {
        return full(TlsVersion.TLS_1_3, TestPki.Key.P256, Group.X25519);
    }

    Setup unjudged() {
        return new Setup(version, key, group, resumption, false);
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

    /** Returns the suite by its standard name: AES-128-GCM everywhere. */
    String suite() {
        if (version == TlsVersion.TLS_1_3) {
            return "TLS_AES_128_GCM_SHA256";
        }
        return key == TestPki.Key.P256
                ? "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"
                : "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256";
    }
}
