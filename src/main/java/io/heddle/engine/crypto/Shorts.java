package io.heddle.engine.crypto;

/** bctls has its one-byte numbers in arrays of shorts. */
public final class Shorts {
    private Shorts() {}

    public static boolean contains(short[] numbers, int wanted) {
        for (short each : numbers) {
            if (each == wanted) {
                return true;
            }
        }
        return false;
    }
}
