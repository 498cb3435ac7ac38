package io.heddle.session;

import org.jspecify.annotations.Nullable;

/**
 * The elements of a session that Heddle does not use; they are kept so that a session that was read is
 * written unchanged.
 *
 * @param keyArgument [0], obsolete
 * @param compressionId [11]
 * @param srpUser [12]
 * @param maxEarlyData [15]
 * @param maxFragmentLength [17]
 * @param rawPublicKey [20]
 */
@SuppressWarnings("ArrayRecordComponent") // never leaves the package, and is never compared
record CarriedElements(
        byte @Nullable [] keyArgument,
        byte @Nullable [] compressionId,
        byte @Nullable [] srpUser,
        long maxEarlyData,
        long maxFragmentLength,
        byte @Nullable [] rawPublicKey) {
    static final CarriedElements NONE = new CarriedElements(null, null, null, 0, 0, null);
}
