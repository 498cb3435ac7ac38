package io.heddle.load;

/**
 * Handshakes by what came of them. A handshake is full, resumed or failed, never two of them.
 *
 * @param full full handshakes that succeeded, with or without a session offered
 * @param resumed resumed handshakes that succeeded
 * @param failed handshakes that failed, those included whose TCP connection failed
 * @param offered handshakes that offered a session, whatever came of them
 * @param refused those of {@code full} that had offered a session, which the server did not take
 * @param unoffered handshakes that should have offered a session and had none, since the server had sent none that could be used
 */
public record HandshakeCounts(long full, long resumed, long failed, long offered, long refused, long unoffered) {
    /** None at all. */
    public static final HandshakeCounts NONE = new HandshakeCounts(0, 0, 0, 0, 0, 0);

    /** Returns how many succeeded. */
    public long succeeded() {
        return full + resumed;
    }

    /** Returns how many there were. */
    public long total() {
        return full + resumed + failed;
    }

    /** Returns these and those. */
    public HandshakeCounts plus(HandshakeCounts other) {
        return new HandshakeCounts(
                full + other.full,
                resumed + other.resumed,
                failed + other.failed,
                offered + other.offered,
                refused + other.refused,
                unoffered + other.unoffered);
    }
}
