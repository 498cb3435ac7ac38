package io.heddle.session;

import java.time.Instant;
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

    /** The encoding, which every session with these extras shares; never modified. */
    private final byte[] der;

    private final long originalTime;
    private final ClientCertificatePolicy clientCertificatePolicy;

    /** Where the certificates of the chain begin in the encoding, and where the last one ends. */
    private final int[] bounds;

    private final byte[] originalId;

    private SessionExtras(
            byte[] der, long originalTime, ClientCertificatePolicy policy, int[] bounds, byte[] originalId) {
        this.der = der;
        this.originalTime = originalTime;
        this.clientCertificatePolicy = policy;
        this.bounds = bounds;
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
        byte[] der = encode(originalTime.getEpochSecond(), policy, peerChain, originalId);
        return read(der).orElseThrow(() -> new IllegalStateException("extras are read as they are written"));
    }

    /** Returns the time of the full handshake from which this session derives, in whole seconds. */
    public Instant originalTime() {
        return Instant.ofEpochSecond(originalTime);
    }

    /** Returns the policy of the server that established the session. */
    public ClientCertificatePolicy clientCertificatePolicy() {
        return clientCertificatePolicy;
    }

    /** Returns copies of the certificates that the peer sent, in DER, leaf first; empty if it sent none. */
    public List<byte[]> peerChain() {
        byte[][] chain = new byte[bounds.length - 1][];
        for (int i = 0; i < chain.length; i++) {
            chain[i] = Arrays.copyOfRange(der, bounds[i], bounds[i + 1]);
        }
        return List.of(chain);
    }

    /** Returns whether the chain has a certificate. */
    boolean hasChain() {
        return bounds.length > 1;
    }

    /** Returns a copy of the first certificate of the chain, which must have one. */
    byte[] leaf() {
        return Arrays.copyOfRange(der, bounds[0], bounds[1]);
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
        return !hasChain() || (leaf != null && Arrays.equals(der, bounds[0], bounds[1], leaf, 0, leaf.length));
    }

    /** Returns the encoding itself, which must not be modified. */
    byte[] der() {
        return der;
    }

    private static byte[] encode(
            long originalTime, ClientCertificatePolicy policy, List<byte[]> peerChain, byte[] originalId) {
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
        out.integer(policy.number());
        out.integer(originalTime);
        out.integer(FORMAT);
        out.wrap(DerReader.SEQUENCE, 0);
        return out.finish();
    }

    /**
     * Returns the extras in the application data of a session, empty if Heddle did not write it. The array becomes the
     * extras' own.
     */
    static Optional<SessionExtras> read(byte[] applicationData) {
        try {
            DerReader outer = new DerReader(applicationData);
            DerReader in = outer.enter(DerReader.SEQUENCE, "extras");
            outer.finish("extras");
            if (in.integer("extras format", FORMAT) != FORMAT) {
                return Optional.empty();
            }
            long originalTime = in.integer("extras time", SessionBounds.LATEST_TIME);
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
            int[] bounds = bounds(chain);
            return policy.isEmpty() || bounds.length > LONGEST_CHAIN + 1
                    ? Optional.empty()
                    : Optional.of(new SessionExtras(applicationData, originalTime, policy.get(), bounds, originalId));
        } catch (MalformedSession foreign) {
            return Optional.empty();
        }
    }

    /** Returns where the certificates of a chain begin and the last one ends, of too many no more than needed. */
    private static int[] bounds(DerReader chain) throws MalformedSession {
        int[] bounds = new int[4];
        int count = 0;
        bounds[0] = chain.position();
        while (!chain.atEnd() && count <= LONGEST_CHAIN) {
            chain.enter(DerReader.SEQUENCE, "extras certificate");
            count++;
            if (count == bounds.length) {
                bounds = Arrays.copyOf(bounds, count * 2);
            }
            bounds[count] = chain.position();
        }
        return Arrays.copyOf(bounds, count + 1);
    }

    /** Returns the time, the policy and the length of the chain. */
    @Override
    public String toString() {
        return "SessionExtras[original time %s, client certificates %s, chain of %d]"
                .formatted(originalTime(), clientCertificatePolicy, bounds.length - 1);
    }
}
