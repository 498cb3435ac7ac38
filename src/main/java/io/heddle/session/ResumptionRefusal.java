package io.heddle.session;

/** A reason not to resume a session. All but one lead to a full handshake. */
public enum ResumptionRefusal {
    /** The session is of another version than the connection. */
    OTHER_VERSION,
    /** The session id contexts differ. */
    OTHER_CONTEXT,
    /** The session's time is more than a minute ahead of this server's clock. */
    FROM_THE_FUTURE,
    /** The session or ticket is older than its own timeout. */
    SESSION_EXPIRED,
    /** The time since the full handshake exceeds this server's session timeout. */
    HANDSHAKE_TOO_OLD,
    /** The session was established for another server name than the client requests. */
    OTHER_SERVER_NAME,
    /** A session of another implementation has no server name, and this server requires one. */
    SERVER_NAME_UNKNOWN,
    /** No certificate was requested when the session was established, and this server requests one. */
    CLIENT_CERTIFICATE_NEVER_ASKED,
    /** A session of another implementation has no certificate, and it is unknown whether one was requested. */
    CLIENT_CERTIFICATE_UNKNOWN,
    /** The client had no certificate, and this server requires one. */
    CLIENT_CERTIFICATE_MISSING,
    /** The client's certificate was not valid, and this server requires a valid one. */
    CLIENT_CERTIFICATE_INVALID,
    /** A session of TLS 1.3 has the flag of RFC 7627, which no server sets. */
    EXTENDED_MASTER_SECRET_IN_TLS13,
    /** The session has no extended master secret, but the client offers it: RFC 7627 5.3 requires a full handshake. */
    EXTENDED_MASTER_SECRET_NEW,
    /** Neither the session nor the client has it: RFC 7627 5.3 advises against resuming. */
    EXTENDED_MASTER_SECRET_MISSING,
    /**
     * The session has an extended master secret, and the client does not offer it. Fatal: RFC 7627 5.3 requires the
     * connection to end with {@code handshake_failure}.
     */
    EXTENDED_MASTER_SECRET_DROPPED;

    /** Returns whether the connection must end with {@code handshake_failure} instead of a full handshake. */
    public boolean isFatal() {
        return this == EXTENDED_MASTER_SECRET_DROPPED;
    }
}
