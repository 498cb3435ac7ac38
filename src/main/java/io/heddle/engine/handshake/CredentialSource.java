package io.heddle.engine.handshake;

import io.heddle.cipher.Sigalg;
import io.heddle.engine.crypto.Credential;
import java.util.List;
import javax.security.auth.x500.X500Principal;

/** The source of the local certificates and keys: a fixed list, or a callback consulted in each handshake. */
public interface CredentialSource {
    /** A source without certificates. */
    CredentialSource NONE = of(List.of());

    /**
     * Returns the credentials that fit, in order of preference. May block.
     *
     * @throws Exception to end the handshake; a {@link io.heddle.failure.TlsFailure} with its alert
     */
    List<Credential> find(Wanted wanted) throws Exception;

    /** Returns the credentials that are fixed, empty for a callback. */
    default List<Credential> credentials() {
        return List.of();
    }

    /** Returns whether the source certainly has none. */
    default boolean isEmpty() {
        return false;
    }

    /**
     * The credentials that the peer can use.
     *
     * @param negotiated what the handshake has agreed on so far
     * @param sigalgs the signature algorithms that both sides have; empty below TLS 1.2, which does not negotiate them
     * @param issuers the issuers that the peer trusts, empty if it does not say
     */
    record Wanted(HandshakeInfo negotiated, List<Sigalg> sigalgs, List<X500Principal> issuers) {
        /** Copies the lists. */
        public Wanted {
            sigalgs = List.copyOf(sigalgs);
            issuers = List.copyOf(issuers);
        }
    }

    /** Returns a source with a fixed list. */
    static CredentialSource of(List<Credential> fixed) {
        return new Fixed(List.copyOf(fixed));
    }

    /** A source with a fixed list. */
    record Fixed(List<Credential> credentials) implements CredentialSource {
        @Override
        public List<Credential> find(Wanted wanted) {
            return credentials;
        }

        @Override
        public boolean isEmpty() {
            return credentials.isEmpty();
        }
    }
}
