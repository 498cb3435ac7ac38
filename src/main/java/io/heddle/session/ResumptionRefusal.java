package io.heddle.session;

/** Why a session does not resume. All but one lead to a full handshake. */
public enum ResumptionRefusal {
    /** The session is of another version than the connection. */
    OTHER_VERSION,
    /** The session id contexts differ. */
    OTHER_CONTEXT,
    /** The session's time is more than a minute ahead of this server's clock. */
    FROM_THE_FUTURE,
    /** The session or ticket is older than its own timeout. */
    SESSION_EXPIRED,
    /** The full handshake is longer ago than this server's session timeout. */
    HANDSHAKE_TOO_OLD,
    /** The session was made for another server name than the client asks for. */
    OTHER_SERVER_NAME,
    /** A foreign session does not say for which server name it was made, and here that matters. */
    SERVER_NAME_UNKNOWN,
    /** The session was made where no certificate was asked for, and here one is. */
    CLIENT_CERTIFICATE_NEVER_ASKED,
    /** A foreign session has no certificate, and nobody knows whether one was asked for. */
    CLIENT_CERTIFICATE_UNKNOWN,
    /** The client had no certificate, and here one is required. */
    CLIENT_CERTIFICATE_MISSING,
    /** The client's certificate was not valid, and here a valid one is required. */
    CLIENT_CERTIFICATE_INVALID,
    /** A session of TLS 1.3 has the flag of RFC 7627, which no server sets. */
    EXTENDED_MASTER_SECRET_IN_TLS13,
    /** The session has no extended master secret, but the client offers it: RFC 7627 5.3 wants a full handshake. */
    EXTENDED_MASTER_SECRET_NEW,
    /** Neither the session nor the client has it: RFC 7627 5.3 advises against resuming. */
    EXTENDED_MASTER_SECRET_MISSING,
    /**
     * The session has an extended master secret, and the client does not offer it. Fatal: RFC 7627 5.3 wants the
     * connection to end with {@code handshake_failure}.
     */
    EXTENDED_MASTER_SECRET_DROPPED;

    /** Returns whether the connection has to end with {@code handshake_failure}, rather than go on in full. */
    public boolean isFatal() {
        return this == EXTENDED_MASTER_SECRET_DROPPED;
    }
}
