package io.heddle.session;

import java.time.Duration;
import java.time.Instant;
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
    Instant time = Instant.EPOCH;
    Duration timeout = Duration.ZERO;
    byte @Nullable [] peerCertificate;
    byte @Nullable [] sessionIdContext;
    int verifyResult;

    @Nullable
    String hostName;

    byte @Nullable [] pskIdentityHint;
    byte @Nullable [] pskIdentity;
    Duration ticketLifetimeHint = Duration.ZERO;
    byte @Nullable [] ticket;
    int flags;
    long ticketAgeAdd;

    @Nullable
    String alpnProtocol;

    /** Null also while it is to be encoded from {@link #extras}, see {@link #applicationData()}. */
    byte @Nullable [] applicationData;

    /** The content of the application data, if Heddle wrote it. */
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

    /** Returns the application data as it was read, or else the encoding of the extras; null if there is none. */
    byte @Nullable [] applicationData() {
        SessionExtras own = extras;
        return applicationData == null && own != null ? own.toDer() : applicationData;
    }

    /** Returns whether the chain in the extras, if any, begins with the peer's certificate. */
    boolean chainBeginsWithPeer() {
        return extras == null || extras.isChainOf(peerCertificate);
    }
}
