package io.heddle.engine;

import java.io.IOException;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * A deviation: records that a peer sends in place of one, and the answer that the protocol requires.
 *
 * @param name describes it in one word or two
 * @param fits the places where it can be
 * @param action sends it
 * @param expected the outcomes that are allowed at a place
 */
record Mutation(String name, Predicate<Slot> fits, Action action, Function<Slot, Expected> expected) {
    /** The sending of other records. */
    @FunctionalInterface
    interface Action {
        void apply(Tampering wire, Slot at, byte[] content) throws IOException;
    }

    void apply(Tampering wire, Slot at, byte[] content) throws IOException {
        action.apply(wire, at, content);
    }

    @Override
    public String toString() {
        return name;
    }
}
