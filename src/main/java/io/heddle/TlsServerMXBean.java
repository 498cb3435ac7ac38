package io.heddle;

import java.util.Map;

/**
 * A {@link TlsServer} in JMX while it listens: the figures of {@link ServerStatistics} as attributes, under {@code
 * io.heddle:type=TlsServer,name="ADDRESS"}. Counts begin with the creation of the server.
 *
 * @see ServerOptions.Builder#jmx
 */
public interface TlsServerMXBean {
    /** Returns the address that the server listens on. */
    String getAddress();

    /** Returns the largest number of open connections. */
    int getMaxConnections();

    /** Returns the number of open connections. */
    int getActive();

    /** Returns the number of accepted connections. */
    long getAccepted();

    /** Returns the number of connections closed immediately because the limit was reached. */
    long getDropped();

    /** Returns the number of full handshakes. */
    long getFullHandshakes();

    /** Returns the number of handshakes that resumed a session by its id. */
    long getResumedById();

    /** Returns the number of handshakes that resumed a session by a ticket of TLS 1.2 or below. */
    long getResumedByTicket();

    /** Returns the number of handshakes that resumed a session in TLS 1.3. */
    long getResumedByPsk();

    /** Returns the number of full handshakes that refused the client's session or created none that can be resumed, by reason. */
    Map<String, Long> getRefusals();

    /** Returns the number of failed handshakes. */
    long getFailedHandshakes();

    /** Returns the number of failed handshakes by code; only codes that occurred. */
    Map<String, Long> getFailures();

    /** Returns the number of tickets issued. */
    long getTicketsSealed();

    /** Returns the number of clients' tickets that could be opened. */
    long getTicketsOpened();

    /** Returns the number of opened tickets under a key that no longer seals. */
    long getTicketsRenewed();

    /** Returns the number of clients' tickets that could not be opened. */
    long getTicketsRefused();

    /** Returns the number of sessions stored without a ticket. */
    long getSessionsKept();

    /** Returns the number of sessions requested by id and found. */
    long getSessionsFound();

    /** Returns the number of sessions requested by id and not found. */
    long getSessionsMissed();

    /** Returns the number of sessions in the store, -1 if it has no statistics. Iterates over all sessions. */
    long getStoreSize();

    /** Returns the size of the sessions in the store in bytes, -1 if it has no statistics. Iterates over all sessions. */
    long getStoreBytes();

    /** Returns the number of sessions the store has evicted because it was full, -1 if it has no statistics. */
    long getStoreEvictions();

    /** Returns the number of OCSP responses sent. */
    long getStaplesSent();

    /** Returns the number of OCSP responses withheld because a client would refuse them. */
    long getStaplesWithheld();

    /** Returns the bytes of application data received on connections that have ended. */
    long getBytesRead();

    /** Returns the bytes of application data sent on connections that have ended. */
    long getBytesWritten();
}
