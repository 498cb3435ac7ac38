package io.heddle.engine.handshake;

import java.util.Locale;

/** The means by which a session was resumed. */
public enum Resumption {
    /** By its id, from the server's store (RFC 5246 7.3). */
    ID,
    /** By a ticket of TLS 1.2 (RFC 5077). */
    TICKET,
    /** By a ticket of TLS 1.3, which is a pre-shared key (RFC 8446 2.2). */
    PSK;

    /** Returns the word that users see: {@code id}, {@code ticket} or {@code psk}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
