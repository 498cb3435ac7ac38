package io.heddle.engine;

/** bctls has its one-byte numbers in arrays of shorts. */
final class Shorts {
    private Shorts() {}

    static boolean contains(short[] numbers, int wanted) {
        for (short each : numbers) {
            if (each == wanted) {
                return true;
            }
        }
        return false;
    }
}
