package io.heddle.load;

/** What had been counted at one moment; the difference of two is what happened between them. */
record Counted(long full, long resumed, long failed, long requests, long sent, long received) {
    static final Counted NOTHING = new Counted(0, 0, 0, 0, 0, 0);

    Counted plus(Counted other) {
        return new Counted(
                full + other.full,
                resumed + other.resumed,
                failed + other.failed,
                requests + other.requests,
                sent + other.sent,
                received + other.received);
    }

    Counted minus(Counted other) {
        return new Counted(
                full - other.full,
                resumed - other.resumed,
                failed - other.failed,
                requests - other.requests,
                sent - other.sent,
                received - other.received);
    }
}
