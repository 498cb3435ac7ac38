package io.heddle.session;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The data that Heddle adds to OpenSSL's elements of a session. It is in their application data, element [18], which
 * OpenSSL and Node preserve and ignore.
 *
 * <p>Immutable.
 */
public final class SessionExtras {
    // Extras ::= SEQUENCE { format INTEGER (1), originalTime INTEGER, -- Unix seconds of the full handshake
    // clientCertificatePolicy INTEGER, -- 0 none, 1 request, 2 require peerChain SEQUENCE OF Certificate, -- leaf first
    // originalId OCTET STRING (SIZE(1..32)) OPTIONAL }
    private static final int FORMAT = 1;

    private static final int LONGEST_CHAIN = 100;

    private final Instant originalTime;
    private final ClientCertificatePolicy clientCertificatePolicy;
    private final List<byte[]> peerChain;
    private final byte[] originalId;

    private SessionExtras(
            Instant originalTime, ClientCertificatePolicy policy, List<byte[]> peerChain, byte[] originalId) {
        this.originalTime = originalTime;
        this.clientCertificatePolicy = policy;
        this.peerChain = peerChain;
        this.originalId = originalId;
    }

    /**
     * Creates the extras of a session that is identified by its {@link SessionState#sessionId}.
     *
     * @param originalTime the time of the full handshake from which this session derives, truncated to seconds, not
     *     before 1970
     * @param policy the policy of the server that established the session
     * @param peerChain the certificates that the peer sent, each in DER, leaf first; empty without a certificate, else
     *     the first one equals the session's {@link SessionState#peerCertificate}; at most 100
     * @throws IllegalArgumentException if a bound is exceeded, or if an element of the chain is not a DER sequence
     */
    public static SessionExtras of(Instant originalTime, ClientCertificatePolicy policy, List<byte[]> peerChain) {
        return of(originalTime, policy, peerChain, new byte[0]);
    }

    /**
     * Creates the extras of a session.
     *
     * @param originalTime the time of the full handshake from which this session derives, truncated to seconds, not
     *     before 1970
     * @param policy the policy of the server that established the session
     * @param peerChain the certificates that the peer sent, each in DER, leaf first; empty without a certificate, else
     *     the first one equals the session's {@link SessionState#peerCertificate}; at most 100
     * @param originalId the id of the session of that full handshake, at most 32 bytes; empty if there was none, or if
     *     it is the session's {@link SessionState#sessionId}
     * @throws IllegalArgumentException if a bound is exceeded, or if an element of the chain is not a DER sequence
     */
    public static SessionExtras of(
            Instant originalTime, ClientCertificatePolicy policy, List<byte[]> peerChain, byte[] originalId) {
        SessionBounds.checkTime("original time", originalTime);
        if (peerChain.size() > LONGEST_CHAIN) {
            throw new IllegalArgumentException("session: a chain of %d certificates, at most %d are kept"
                    .formatted(peerChain.size(), LONGEST_CHAIN));
        }
        peerChain.forEach(SessionBounds::checkCertificate);
        SessionBounds.checkLength("original id", originalId, SessionBounds.LONGEST_ID);
        return new SessionExtras(
                Instant.ofEpochSecond(originalTime.getEpochSecond()),
                policy,
                peerChain.stream().map(SharedCertificates::of).toList(),
                originalId.clone());
    }

    /** Returns the time of the full handshake from which this session derives, in whole seconds. */
    public Instant originalTime() {
        return originalTime;
    }

    /** Returns the policy of the server that established the session. */
    public ClientCertificatePolicy clientCertificatePolicy() {
        return clientCertificatePolicy;
    }

    /** Returns copies of the certificates that the peer sent, in DER, leaf first; empty if it sent none. */
    public List<byte[]> peerChain() {
        return peerChain.stream().map(byte[]::clone).toList();
    }

    /**
     * Returns the id of the session of the full handshake, which every derived session keeps; empty if there was none,
     * or if it is the {@link SessionState#sessionId} of this session.
     */
    public byte[] originalId() {
        return originalId.clone();
    }

    /** Returns whether the chain is empty or begins with this certificate. */
    boolean isChainOf(byte @Nullable [] leaf) {
        return peerChain.isEmpty() || (leaf != null && Arrays.equals(peerChain.getFirst(), leaf));
    }

    byte[] toDer() {
        int size = 64;
        for (byte[] certificate : peerChain) {
            size += certificate.length;
        }
        DerWriter out = new DerWriter(size + originalId.length);
        if (originalId.length > 0) {
            out.octets(DerReader.OCTET_STRING, originalId);
        }
        int end = out.length();
        for (byte[] certificate : peerChain.reversed()) {
            out.raw(certificate);
        }
        out.wrap(DerReader.SEQUENCE, end);
        out.integer(clientCertificatePolicy.number());
        out.integer(originalTime.getEpochSecond());
        out.integer(FORMAT);
        out.wrap(DerReader.SEQUENCE, 0);
        return out.finish();
    }

    /** Returns the extras in the application data of a session, empty if Heddle did not write it. */
    static Optional<SessionExtras> read(byte[] applicationData) {
        try {
            DerReader outer = new DerReader(applicationData);
            DerReader in = outer.enter(DerReader.SEQUENCE, "extras");
            outer.finish("extras");
            if (in.integer("extras format", FORMAT) != FORMAT) {
                return Optional.empty();
            }
            Instant originalTime = Instant.ofEpochSecond(in.integer("extras time", SessionBounds.LATEST_TIME));
            Optional<ClientCertificatePolicy> policy =
                    ClientCertificatePolicy.ofNumber(in.integer("extras policy", Integer.MAX_VALUE));
            DerReader chain = in.enter(DerReader.SEQUENCE, "extras chain");
            boolean hasId = !in.atEnd();
            byte[] originalId = hasId
                    ? in.octets(DerReader.OCTET_STRING, "extras original id", SessionBounds.LONGEST_ID)
                    : new byte[0];
            in.finish("extras");
            if (hasId && originalId.length == 0) {
                return Optional.empty();
            }
            List<byte[]> certificates = new ArrayList<>();
            while (!chain.atEnd()) {
                if (certificates.size() == LONGEST_CHAIN) {
                    return Optional.empty();
                }
                certificates.add(chain.whole(DerReader.SEQUENCE, "extras certificate"));
            }
            return policy.map(known -> new SessionExtras(originalTime, known, List.copyOf(certificates), originalId));
        } catch (MalformedSession foreign) {
            return Optional.empty();
        }
    }

    /** Returns the time, the policy and the length of the chain. */
    @Override
    public String toString() {
        return "SessionExtras[original time %s, client certificates %s, chain of %d]"
                .formatted(originalTime, clientCertificatePolicy, peerChain.size());
    }
}
