package io.heddle.fuzz;

/** Something that peers or the program do to a {@link FaultTarget}. */
interface Fault {
    /** Returns what a report calls it. */
    String name();

    /** Does it until the attack's time is over. */
    void run(Attack attack) throws Exception;

    /** Returns whether the target has what it keeps for good once this kind was there. */
    boolean warmsUp();
}
