package io.heddle.load;

import java.time.Duration;

/**
 * What became of the arrivals that a rate fixes in advance. None is dropped silently: {@code due == started + unstarted}.
 *
 * @param due how many were due while it was measured
 * @param started how many were begun
 * @param late how many of them were begun more than a millisecond late, since no virtual user was free when they were due; their latency counts from then
 * @param latest how late the latest of them was begun
 * @param unstarted how many were still waiting for a virtual user at the end, and never begun
 */
public record Arrivals(long due, long started, long late, Duration latest, long unstarted) {}
