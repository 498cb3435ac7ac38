package io.heddle.engine.transport;

import java.io.IOException;

/**
 * What TLS records travel over: a TCP socket, a channel (so Unix-domain sockets too) or any pair of streams.
 *
 * <p>One thread reads and one writes at a time; a third may close at any time, which wakes both.
 */
public interface Transport {
    /**
     * Reads at least one byte.
     *
     * @param timeoutMillis how long to wait, 0 for as long as it takes
     * @return how many bytes were read, -1 at the end
     * @throws java.net.SocketTimeoutException when the time is over; nothing is lost and the next read goes on
     */
    int read(byte[] into, int offset, int length, int timeoutMillis) throws IOException;

    /** Writes all of it. */
    void write(byte[] from, int offset, int length) throws IOException;

    /**
     * Returns whether the transport is for this TLS connection alone. If not, nothing behind the peer's close_notify may be read
     * from it, and closing the connection does not close it.
     */
    default boolean endsWithTls() {
        return true;
    }

    /**
     * Returns whether closing with unread bytes makes the peer lose what it has not read yet, as TCP does with its reset, and
     * reads have timeouts, so that the peer can be heard out for a while.
     */
    default boolean resetsUnread() {
        return false;
    }

    /** Returns how many bytes can be read without waiting, 0 if that is not known. */
    int available() throws IOException;

    /** Ends our direction, where the transport can; the other stays open. */
    void shutdownOutput() throws IOException;

    /** Ends reading for whoever waits in a read, as well as the transport can; writing goes on. */
    void shutdownInput() throws IOException;

    /** Closes both directions and wakes whoever waits in a read or write. Never blocks for the peer. */
    void close() throws IOException;

    /**
     * Closes as {@link #close}, when a time is over: a transport that goes on after TLS is closed too, since nothing else wakes
     * who waits in it, and nobody could tell where in a record it stands.
     */
    default void breakOff() throws IOException {
        close();
    }
}
