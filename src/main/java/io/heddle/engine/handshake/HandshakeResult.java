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
import java.util.Locale;
import java.util.Optional;
import org.bouncycastle.tls.SecurityParameters;
import org.bouncycastle.tls.TlsUtils;
import org.bouncycastle.tls.crypto.TlsCrypto;
import org.jspecify.annotations.Nullable;

/**
 * The result of a handshake. All of it is fixed but the session of a TLS 1.3 client, which later tickets replace.
 *
 * <p>Thread-safe.
 */
public final class HandshakeResult {
    /**
     * The fixed part.
     *
     * @param localChain the local certificates, the own one first; empty if none was sent
     * @param time when the handshake was complete, by the context's clock
     */
    record Agreed(
            HandshakeInfo info,
            KeyExchange keyExchange,
            Optional<String> alpnProtocol,
            SessionUse session,
            List<X509Certificate> localChain,
            PeerVerdict verdict,
            Instant time) {}

    /**
     * The key exchange.
     *
     * @param group empty where there was none (RSA, or a session resumed in TLS 1.2)
     * @param dhBits the size of the prime of DHE in TLS 1.2 or below, 0 if there was none
     */
    record KeyExchange(Optional<Group> group, int dhBits) {
        /**
         * Returns the key exchange of a handshake; {@code group} is the one that the handshake has noted, without which
         * it is that of bctls, which records it for TLS 1.3 alone.
         */
        static KeyExchange of(SecurityParameters parameters, @Nullable Group group, int dhBits) {
            return new KeyExchange(
                    group == null && TlsUtils.isTLSv13(parameters.getNegotiatedVersion())
                            ? Group.of(parameters.getNegotiatedGroup())
                            : Optional.ofNullable(group),
                    dhBits);
        }
    }

    /** The means by which a session was resumed. */
    public enum Resumption {
        /** By its id, from the server's store (RFC 5246 7.3). */
        ID,
        /** By a ticket of TLS 1.2 (RFC 5077). */
        TICKET,
        /** By a ticket of TLS 1.3, which is a pre-shared key (RFC 8446 2.2). */
        PSK;

        /** Returns the word that users see: {@code id}, {@code ticket} or {@code psk}. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * The session of the connection.
     *
     * @param resumption empty after a full handshake
     * @param id the original id, see {@link SessionFactory}
     */
    record SessionUse(Optional<Resumption> resumption, byte[] id) {}

    /** The verdict on the peer, by its certificates, a pre-shared key and an OCSP response. */
    record PeerVerdict(
            Authorization authorization, Optional<String> pskIdentity, Optional<OcspVerdict> stapleVerdict) {}

    /**
     * The material that binds something outside of TLS to one handshake: the Finished messages of both sides, and
     * the exporter.
     *
     * @param finished the verify_data of the local Finished message
     * @param peerFinished the verify_data of the peer's Finished message
     */
    public record BindingMaterial(Exporter exporter, byte[] finished, byte[] peerFinished) {
        /** Takes it from a handshake that is about to complete, while bctls still has its secrets. */
        static BindingMaterial of(TlsCrypto crypto, SecurityParameters handshake) {
            return new BindingMaterial(
                    Exporter.of(crypto, handshake),
                    handshake.getLocalVerifyData().clone(),
                    handshake.getPeerVerifyData().clone());
        }
    }

    private final Agreed agreed;
    private final BindingMaterial binding;

    /** Written by the thread that reads, under the connection's engine lock; read by any. */
    private volatile @Nullable SessionState session;

    private volatile int tickets;

    HandshakeResult(Agreed agreed, BindingMaterial binding, @Nullable SessionState session) {
        this.agreed = agreed;
        this.binding = binding;
        this.session = session;
    }

    /** Returns the version. */
    public TlsVersion version() {
        return agreed.info().version();
    }

    /** Returns the cipher suite. */
    public Suite suite() {
        return agreed.info().suite().orElseThrow();
    }

    /** Returns the group of the key exchange, empty where there was none (RSA, or a session resumed in TLS 1.2). */
    public Optional<Group> group() {
        return agreed.keyExchange().group();
    }

    /** Returns the size of the prime of a DHE key exchange in TLS 1.2 or below, 0 if there was none. */
    public int dhBits() {
        return agreed.keyExchange().dhBits();
    }

    /** Returns the application protocol, empty if none was agreed on. */
    public Optional<String> alpnProtocol() {
        return agreed.alpnProtocol();
    }

    /** Returns the name that the client asked for. */
    public Optional<String> servername() {
        return agreed.info().servername();
    }

    /** Returns how a session was resumed, empty after a full handshake. */
    public Optional<Resumption> resumption() {
        return agreed.session().resumption();
    }

    /** Returns the local certificates, the own one first; empty if none was sent. */
    public List<X509Certificate> localChain() {
        return agreed.localChain();
    }

    /** Returns the peer's certificates, its own first; empty if it sent none. On resumption those of the session. */
    public List<X509Certificate> peerChain() {
        return agreed.info().peerChain();
    }

    /** Returns the verdict on the peer. */
    public Authorization authorization() {
        return agreed.verdict().authorization();
    }

    /**
     * Returns the id of this connection's session, kept over resumptions: 32 bytes, or what the server of TLS 1.2
     * chose. Never empty.
     */
    public byte[] sessionId() {
        return agreed.session().id().clone();
    }

    /** Returns the signature algorithms that the peer accepts, empty if it did not send any. */
    public List<Sigalg> peerSigalgs() {
        return agreed.info().peerSigalgs();
    }

    /** Returns the identity of the pre-shared key that both sides have proved, empty if none was used. */
    public Optional<String> pskIdentity() {
        return agreed.verdict().pskIdentity();
    }

    /** Returns the verify_data of the local Finished message: 12 bytes, in TLS 1.3 as many as the suite's hash has. */
    public byte[] finished() {
        return binding.finished().clone();
    }

    /** Returns the verify_data of the peer's Finished message. */
    public byte[] peerFinished() {
        return binding.peerFinished().clone();
    }

    /** Returns the exporter of keying material. */
    public Exporter exporter() {
        return binding.exporter();
    }

    /**
     * Returns the OCSP responses that came with the peer's chain, from the leaf on; an empty one stands for a
     * certificate without. None at all on a server, and on a resumed connection.
     */
    public List<byte[]> staples() {
        return agreed.info().staples().stream().map(byte[]::clone).toList();
    }

    /**
     * Returns the verdict on the first of {@link #staples}; empty if none was asked for, on a resumed connection, and
     * on a server.
     */
    public Optional<OcspVerdict> stapleVerdict() {
        return agreed.verdict().stapleVerdict();
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
