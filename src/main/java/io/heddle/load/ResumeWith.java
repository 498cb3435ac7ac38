package io.heddle.load;

/** What sessions are resumed with. */
public enum ResumeWith {
    /** A ticket, in TLS 1.2 or 1.3. A session without is not offered. */
    TICKET,
    /** An id, which takes a server with a session store. No tickets are asked for, and TLS 1.3 is not spoken. */
    ID,
    /** Whatever the server gave. */
    ANY
}
