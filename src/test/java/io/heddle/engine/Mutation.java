package io.heddle.engine;

import java.io.IOException;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Something that a peer sends in place of a record, and what the protocol demands as the answer.
 *
 * @param name describes it in one word or two
 * @param fits the places where it can be
 * @param action sends it
 * @param expected the outcomes that are allowed at a place
 */
record Mutation(String name, Predicate<Slot> fits, Action action, Function<Slot, Expected> expected) {
    /** Sends something. */
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
