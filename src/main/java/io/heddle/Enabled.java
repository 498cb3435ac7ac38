package io.heddle;

import java.util.List;
import java.util.Optional;

/** What a side enables if nobody says otherwise, where that is less or more than its context's; by JSSE's names. */
record Enabled(Optional<List<String>> protocols, Optional<List<String>> suites) {
    /** All that the context allows. */
    static final Enabled OF_CONTEXT = new Enabled(Optional.empty(), Optional.empty());
}
