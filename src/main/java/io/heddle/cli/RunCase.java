package io.heddle.cli;

import io.heddle.SecureContext;
import io.heddle.protocol.TlsVersion;
import java.nio.file.Path;

/** One way to resume, measured by {@code heddle run}: with which version, and how the server has to say it was done. */
enum RunCase {
    TLS_1_2_ID("TLS 1.2 id", TlsVersion.TLS_1_2, false, "id"),
    TLS_1_2_TICKET("TLS 1.2 ticket", TlsVersion.TLS_1_2, true, "ticket"),
    TLS_1_3_TICKET("TLS 1.3 ticket", TlsVersion.TLS_1_3, true, "psk");

    private final String title;
    private final TlsVersion version;
    private final boolean tickets;
    private final String resumption;

    RunCase(String title, TlsVersion version, boolean tickets, String resumption) {
        this.title = title;
        this.version = version;
        this.tickets = tickets;
        this.resumption = resumption;
    }

    String title() {
        return title;
    }

    /** Whether the server sends tickets; a client takes those that it gets, so ids need a server without. */
    boolean tickets() {
        return tickets;
    }

    /** What {@code TlsSocket.resumption()} says of a connection that resumed this way. */
    String resumption() {
        return resumption;
    }

    /** Returns the context of a client that speaks this version only. */
    SecureContext client(Path ca) {
        return SecureContext.builder()
                .ca(ca)
                .minVersion(version)
                .maxVersion(version)
                .build();
    }
}
