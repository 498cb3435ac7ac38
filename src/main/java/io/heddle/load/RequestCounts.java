package io.heddle.load;

/**
 * Requests by what came of them.
 *
 * @param succeeded requests whose whole answer came; over HTTP with a status below 400
 * @param failed all others, those included for which there was no connection
 */
public record RequestCounts(long succeeded, long failed) {
    /** None at all. */
    public static final RequestCounts NONE = new RequestCounts(0, 0);
}
