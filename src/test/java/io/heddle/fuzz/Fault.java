package io.heddle.fuzz;

/** A fault that peers or the program cause in a {@link FaultTarget}. */
interface Fault {
    /** Returns the name for reports. */
    String name();

    /** Causes the fault until the attack's time is over. */
    void run(Attack attack) throws Exception;

    /** Returns whether the target has all its permanent resources after the first run of this kind. */
    boolean warmsUp();
}
