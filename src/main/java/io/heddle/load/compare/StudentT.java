package io.heddle.load.compare;

/** Student's distribution, as far as intervals need it. */
final class StudentT {
    /** From here on it is the normal distribution to three digits. */
    private static final double NORMAL_FROM = 1_000;

    private static final double NORMAL = 1.959964;
    private static final int STEPS = 1_000;

    private StudentT() {}

    /**
     * Returns how many standard errors to each side hold 95 of 100 values.
     *
     * @param freedom degrees of freedom, 1 or more, not always a whole number
     */
    static double of95Percent(double freedom) {
        if (freedom >= NORMAL_FROM) {
            return NORMAL;
        }
        // With t = sqrt(freedom) * tan(angle) the density becomes cos(angle)^(freedom - 1).
        double half = integral(Math.PI / 2, freedom - 1);
        double low = 0;
        double high = Math.PI / 2;
        for (int i = 0; i < 60; i++) {
            double middle = (low + high) / 2;
            if (integral(middle, freedom - 1) < 0.95 * half) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return Math.sqrt(freedom) * Math.tan(low);
    }

    /** Simpson's rule for a power of the cosine. */
    private static double integral(double to, double power) {
        double step = to / STEPS;
        double sum = 1 + Math.pow(Math.max(0, Math.cos(to)), power);
        for (int i = 1; i < STEPS; i++) {
            sum += (i % 2 == 0 ? 2 : 4) * Math.pow(Math.cos(i * step), power);
        }
        return sum * step / 3;
    }
}
