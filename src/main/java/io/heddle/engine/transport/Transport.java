package io.heddle.engine.transport;

import java.io.IOException;

/**
 * A carrier of TLS records: a TCP socket, a channel (also of a Unix-domain socket) or any pair of streams.
 *
 * <p>One thread reads and one writes at a time; a third may close at any time, which wakes both.
 */
public interface Transport {
    /**
     * Reads at least one byte.
     *
     * @param timeoutMillis how long to wait, 0 for no limit
     * @return how many bytes were read, -1 at the end
     * @throws java.net.SocketTimeoutException if the time is over; no bytes are lost, and the next read continues
     */
    int read(byte[] into, int offset, int length, int timeoutMillis) throws IOException;

    /** Writes all bytes. */
    void write(byte[] from, int offset, int length) throws IOException;

    /**
     * Returns whether the transport serves this TLS connection only. If not, no byte behind the peer's close_notify may
     * be read from it, and closing the connection does not close it.
     */
    default boolean endsWithTls() {
        return true;
    }

    /**
     * Returns whether closing with unread bytes makes the peer lose bytes that it has not read yet, as the reset of TCP
     * does, and reads have timeouts, so that the unread bytes can be read first.
     */
    default boolean resetsUnread() {
        return false;
    }

    /**
     * Returns whether a read has failed because the connection below is gone, as after a reset of TCP, so that no byte
     * that is written can arrive. May be called by any thread.
     */
    default boolean isLost() {
        return false;
    }

    /** Returns how many bytes can be read without waiting, 0 if the number is unknown. */
    int available() throws IOException;

    /** Ends the local direction if the transport can; the peer's stays open. */
    void shutdownOutput() throws IOException;

    /** Ends reading and, if the transport can, wakes a thread that waits in a read; writing goes on. */
    void shutdownInput() throws IOException;

    /** Closes both directions and wakes threads that wait in a read or write. Never waits for the peer. */
    void close() throws IOException;

    /**
     * Closes as {@link #close} when a time limit is exceeded. A transport that continues after TLS is closed too, since
     * nothing else wakes a thread that waits in it, and its position in a record is unknown.
     */
    default void breakOff() throws IOException {
        close();
    }
}
