package io.heddle;

import javax.net.ssl.SSLSessionContext;

/** JSSE's view of the sessions of one side of an {@code SSLContext}. */
interface SessionContext extends SSLSessionContext {
    /** Resumes the session no more, as far as that is in our hands: a ticket that is out stays good until it is too old. */
    void forget(byte[] id);
}
