package io.heddle;

import java.util.Map;

/**
 * A {@link TlsServer} as JMX shows it while it listens: the figures of {@link ServerStatistics}, one attribute each, under {@code
 * io.heddle:type=TlsServer,name="ADDRESS"}. Counts are since the server was made.
 *
 * @see ServerOptions.Builder#jmx
 */
public interface TlsServerMXBean {
    /** Returns where the server listens. */
    String getAddress();

    /** Returns how many connections it takes at a time. */
    int getMaxConnections();

    /** Returns how many connections are open. */
    int getActive();

    /** Returns how many connections were accepted. */
    long getAccepted();

    /** Returns how many connections were closed at once, beyond the most that it takes. */
    long getDropped();

    /** Returns how many handshakes were full ones. */
    long getFullHandshakes();

    /** Returns how many handshakes resumed a session by its id. */
    long getResumedById();

    /** Returns how many handshakes resumed a session by a ticket of TLS 1.2 or below. */
    long getResumedByTicket();

    /** Returns how many handshakes resumed a session in TLS 1.3. */
    long getResumedByPsk();

    /** Returns how many full handshakes refused the client's session, or made none that could resume, by the reason. */
    Map<String, Long> getRefusals();

    /** Returns how many handshakes failed. */
    long getFailedHandshakes();

    /** Returns how many handshakes failed with each code that has occurred. */
    Map<String, Long> getFailures();

    /** Returns how many tickets were made. */
    long getTicketsSealed();

    /** Returns how many tickets of clients could be opened. */
    long getTicketsOpened();

    /** Returns how many of the opened tickets were under a key that no longer seals. */
    long getTicketsRenewed();

    /** Returns how many tickets of clients could not be opened. */
    long getTicketsRefused();

    /** Returns how many sessions were kept without a ticket. */
    long getSessionsKept();

    /** Returns how many sessions were asked for by id and found. */
    long getSessionsFound();

    /** Returns how many sessions were asked for by id and not found. */
    long getSessionsMissed();

    /** Returns how many sessions the store holds, -1 if it does not tell. Goes over all of them. */
    long getStoreSize();

    /** Returns how many bytes the sessions in the store have, -1 if it does not tell. Goes over all of them. */
    long getStoreBytes();

    /** Returns how many sessions the store has given up because it was full, -1 if it does not tell. */
    long getStoreEvictions();

    /** Returns how many OCSP responses were sent. */
    long getStaplesSent();

    /** Returns how many OCSP responses were left out, because a client would refuse them. */
    long getStaplesWithheld();

    /** Returns the bytes of application data received on connections that have ended. */
    long getBytesRead();

    /** Returns the bytes of application data sent on connections that have ended. */
    long getBytesWritten();
}
