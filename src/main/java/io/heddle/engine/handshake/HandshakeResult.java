package io.heddle.engine.handshake;

import io.heddle.certificate.OcspVerdict;
import io.heddle.cipher.Group;
import io.heddle.cipher.Sigalg;
import io.heddle.cipher.Suite;
import io.heddle.engine.crypto.Exporter;
import io.heddle.engine.handshake.PeerVerifier.Authorization;
import io.heddle.protocol.TlsVersion;
import io.heddle.session.SessionState;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a handshake agreed on. All of it is fixed but the session of a TLS 1.3 client, which later tickets replace.
 *
 * <p>Thread-safe.
 */
public final class HandshakeResult {
    /** The fixed part, in the order of the handshake. */
    record Agreed(
            TlsVersion version,
            Suite suite,
            Optional<Group> group,
            int dhBits,
            Optional<String> alpnProtocol,
            Optional<String> servername,
            Optional<Resumption> resumption,
            List<X509Certificate> localChain,
            List<X509Certificate> peerChain,
            Authorization authorization,
            byte[] sessionId,
            List<Sigalg> peerSigalgs,
            Optional<String> pskIdentity,
            List<byte[]> staples,
            Optional<OcspVerdict> stapleVerdict,
            Instant time) {}

    private final Agreed agreed;
    private final BindingMaterial binding;

    /** Written by the thread that reads, under the connection's engine lock; read by anyone. */
    private volatile @Nullable SessionState session;

    private volatile int tickets;

    HandshakeResult(Agreed agreed, BindingMaterial binding, @Nullable SessionState session) {
        this.agreed = agreed;
        this.binding = binding;
        this.session = session;
    }

    /** Returns the version. */
    public TlsVersion version() {
        return agreed.version();
    }

    /** Returns the cipher suite. */
    public Suite suite() {
        return agreed.suite();
    }

    /** Returns the group of the key exchange, empty where there was none (RSA, or a session resumed in TLS 1.2). */
    public Optional<Group> group() {
        return agreed.group();
    }

    /** Returns the size of the prime of a DHE key exchange in TLS 1.2 or below, 0 if there was none. */
    public int dhBits() {
        return agreed.dhBits();
    }

    /** Returns the application protocol, empty if none was agreed on. */
    public Optional<String> alpnProtocol() {
        return agreed.alpnProtocol();
    }

    /** Returns the name that the client asked for. */
    public Optional<String> servername() {
        return agreed.servername();
    }

    /** Returns by what a session was resumed, empty after a full handshake. */
    public Optional<Resumption> resumption() {
        return agreed.resumption();
    }

    /** Returns our certificates, our own first; empty if we sent none. */
    public List<X509Certificate> localChain() {
        return agreed.localChain();
    }

    /** Returns the peer's certificates, its own first; empty if it sent none. On resumption those of the session. */
    public List<X509Certificate> peerChain() {
        return agreed.peerChain();
    }

    /** Returns the verdict on the peer. */
    public Authorization authorization() {
        return agreed.authorization();
    }

    /**
     * Returns the id of this connection's session, kept over resumptions: 32 bytes, or what the server of TLS 1.2 chose. Never
     * empty.
     */
    public byte[] sessionId() {
        return agreed.sessionId().clone();
    }

    /** Returns the signature algorithms that the peer takes, empty if it did not say. */
    public List<Sigalg> peerSigalgs() {
        return agreed.peerSigalgs();
    }

    /** Returns the identity of the pre-shared key that both sides have proved, empty if none was used. */
    public Optional<String> pskIdentity() {
        return agreed.pskIdentity();
    }

    /** Returns what our Finished message carried: 12 bytes, in TLS 1.3 as many as the suite's hash has. */
    public byte[] finished() {
        return binding.finished().clone();
    }

    /** Returns what the peer's Finished message carried. */
    public byte[] peerFinished() {
        return binding.peerFinished().clone();
    }

    /** Returns what makes keying material for the application. */
    public Exporter exporter() {
        return binding.exporter();
    }

    /**
     * Returns the OCSP responses that came with the peer's chain, from the leaf on; an empty one stands for a certificate
     * without. None at all on a server, and on a resumed connection.
     */
    public List<byte[]> staples() {
        return agreed.staples().stream().map(byte[]::clone).toList();
    }

    /** Returns the verdict on the first of {@link #staples}; empty if none was asked for, on a resumed connection, and on a server. */
    public Optional<OcspVerdict> stapleVerdict() {
        return agreed.stapleVerdict();
    }

    /** Returns when the handshake was complete, by the context's clock. */
    public Instant time() {
        return agreed.time();
    }

    /** Returns the session as it can be resumed later; in TLS 1.3 the client has none before the first ticket. */
    public Optional<SessionState> session() {
        return Optional.ofNullable(session);
    }

    /** Returns how many tickets came. */
    public int tickets() {
        return tickets;
    }

    void ticketArrived(SessionState resumable) {
        session = resumable;
        // One writer, under the engine lock.
        int before = tickets;
        tickets = before + 1;
    }
}
