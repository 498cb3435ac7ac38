package io.heddle.endpoint;

import javax.net.ssl.SSLSessionContext;

/** JSSE's view of the sessions of one side of an {@code SSLContext}. */
public interface SessionContext extends SSLSessionContext {
    /** Stops resuming the session where possible: a ticket that was issued remains valid until it expires. */
    void forget(byte[] id);
}
