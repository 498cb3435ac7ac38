package io.heddle.session;

import org.jspecify.annotations.Nullable;

/**
 * The elements of a session while it is built or read. Only the builder and the reader write to it, before the
 * {@link SessionState} around it is published. Arrays are replaced, never modified, except when the secret is wiped.
 */
final class SessionElements {
    int protocol;
    int cipherSuite;
    byte[] sessionId = {};
    byte[] masterSecret = {};
    /** Unix seconds. */
    long time;
    /** In seconds. */
    long timeout;
    /** Null where the peer has none, or if it is the first of the chain in the {@link #extras}. */
    byte @Nullable [] peerCertificate;

    byte @Nullable [] sessionIdContext;
    int verifyResult;

    @Nullable
    String hostName;

    byte @Nullable [] pskIdentityHint;
    byte @Nullable [] pskIdentity;
    /** In seconds. */
    long ticketLifetimeHint;

    byte @Nullable [] ticket;
    int flags;
    long ticketAgeAdd;

    @Nullable
    String alpnProtocol;

    /** Null if it is the encoding of the {@link #extras}. */
    byte @Nullable [] applicationData;

    @Nullable
    SessionExtras extras;

    @Nullable
    Integer group;

    CarriedElements carried = CarriedElements.NONE;

    /** Returns a copy with its own secret, so that wiping one leaves the other unchanged. */
    SessionElements copy() {
        SessionElements copy = new SessionElements();
        copy.protocol = protocol;
        copy.cipherSuite = cipherSuite;
        copy.sessionId = sessionId;
        copy.masterSecret = masterSecret.clone();
        copy.time = time;
        copy.timeout = timeout;
        copy.peerCertificate = peerCertificate;
        copy.sessionIdContext = sessionIdContext;
        copy.verifyResult = verifyResult;
        copy.hostName = hostName;
        copy.pskIdentityHint = pskIdentityHint;
        copy.pskIdentity = pskIdentity;
        copy.ticketLifetimeHint = ticketLifetimeHint;
        copy.ticket = ticket;
        copy.flags = flags;
        copy.ticketAgeAdd = ticketAgeAdd;
        copy.alpnProtocol = alpnProtocol;
        copy.applicationData = applicationData;
        copy.extras = extras;
        copy.group = group;
        copy.carried = carried;
        return copy;
    }

    /** Returns a copy of the peer's certificate, null if it had none. */
    byte @Nullable [] peerCertificate() {
        if (extras != null && extras.hasChain()) {
            return extras.leaf();
        }
        return peerCertificate == null ? null : peerCertificate.clone();
    }

    /** Returns the application data itself, null if there is none. */
    byte @Nullable [] applicationData() {
        return extras == null ? applicationData : extras.der();
    }

    /** Returns whether the chain in the extras, if any, begins with the peer's certificate. */
    boolean chainBeginsWithPeer() {
        return extras == null || extras.isChainOf(peerCertificate);
    }

    /** Drops the separate copies of what the extras contain, once {@link #chainBeginsWithPeer} is certain. */
    void shareExtras() {
        if (extras != null) {
            applicationData = null;
            peerCertificate = extras.hasChain() ? null : peerCertificate;
        }
    }
}
