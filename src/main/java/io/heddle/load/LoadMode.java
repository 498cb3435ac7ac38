package io.heddle.load;

/** What a virtual user does with its connections. */
public enum LoadMode {
    /** Connects, shakes hands, closes; again and again. */
    HANDSHAKE,
    /** Sends requests and reads the answers, over connections that are kept. */
    REQUEST,
    /** Sends or receives as much as goes through, or both. */
    STREAM
}
