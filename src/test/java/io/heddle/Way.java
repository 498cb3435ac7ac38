package io.heddle;

import io.heddle.protocol.TlsVersion;
import io.heddle.session.CaffeineSessionStore;
import io.heddle.session.SessionStore;

/** The four forms of resumption at a server. */
public enum Way {
    /** TLS 1.2, session id and store. */
    ID_1_2(TlsVersion.TLS_1_2, "id", true),
    /** TLS 1.2, ticket of RFC 5077. */
    TICKET_1_2(TlsVersion.TLS_1_2, "ticket", false),
    /** TLS 1.3, ticket. */
    TICKET_1_3(TlsVersion.TLS_1_3, "psk", false),
    /** TLS 1.3, store: the ticket is the id. */
    STORE_1_3(TlsVersion.TLS_1_3, "psk", true);

    private final TlsVersion version;
    private final String resumption;
    private final boolean stored;

    Way(TlsVersion version, String resumption, boolean stored) {
        this.version = version;
        this.resumption = resumption;
        this.stored = stored;
    }

    /** Returns the version. */
    public TlsVersion version() {
        return version;
    }

    /** Returns the value of {@link TlsSocket#resumption} for it. */
    public String resumption() {
        return resumption;
    }

    /** Returns whether the server keeps the session in a store. */
    public boolean stored() {
        return stored;
    }

    /** Returns a pair that resumes in this form. */
    public TlsPair pair() {
        SessionStore store = CaffeineSessionStore.builder().build();
        TlsPair pair = TlsPair.of(version);
        return stored ? pair.server(server -> server.tickets(false).sessionStore(store)) : pair;
    }
}
