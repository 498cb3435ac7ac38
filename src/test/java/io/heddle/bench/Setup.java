package io.heddle.bench;

import io.heddle.certificate.TestPki;
import io.heddle.cipher.Group;
import io.heddle.protocol.TlsVersion;
import java.util.List;

/**
 * What both stacks are told to negotiate, so that they do the same work.
 *
 * @param group of the key exchange
 * @param judged whether the client judges the server's chain and name
 */
record Setup(TlsVersion version, TestPki.Key key, Group group, Resumption resumption, boolean judged) {
    static final String HOST = "localhost";

    /** How a client's second connection gets its keys. */
    enum Resumption {
        /** Anew. */
        NONE,
        /** From a session that the server keeps under an id. */
        ID,
        /** From a session that the client brings in a ticket. */
        TICKET
    }

    static Setup full(TlsVersion version, TestPki.Key key, Group group) {
        return new Setup(version, key, group, Resumption.NONE, true);
    }

    static Setup resumed(TlsVersion version, Resumption resumption) {
        return new Setup(version, TestPki.Key.P256, Group.X25519, resumption, true);
    }

    /** Returns what streams and idle connections use. */
    static Setup usual() {
        return full(TlsVersion.TLS_1_3, TestPki.Key.P256, Group.X25519);
    }

    Setup unjudged() {
        return new Setup(version, key, group, resumption, false);
    }

    /** Returns the groups to allow. In TLS 1.2 they are for certificates too, so that of the EC key may not be missing. */
    List<Group> groups() {
        return version == TlsVersion.TLS_1_2 && group != Group.P_256 ? List.of(group, Group.P_256) : List.of(group);
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
