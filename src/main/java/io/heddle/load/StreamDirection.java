package io.heddle.load;

/** Which way {@link LoadMode#STREAM} goes. */
public enum StreamDirection {
    /** To the server, which discards it. */
    SEND,
    /** From the server, which sends unasked. */
    RECEIVE,
    /** Both at the same time; the server sends back what it gets, or sends unasked. */
    BOTH;

    boolean sends() {
        return this != RECEIVE;
    }

    boolean receives() {
        return this != SEND;
    }
}
