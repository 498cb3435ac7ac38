package io.heddle.engine.handshake;

import io.heddle.cipher.Sigalg;
import io.heddle.engine.crypto.Credential;
import java.util.List;
import javax.security.auth.x500.X500Principal;

/** Who has our identities: a list, or somebody who is asked in each handshake. */
public interface CredentialSource {
    /** Nobody. */
    CredentialSource NONE = of(List.of());

    /**
     * Returns the identities that may do, in order of preference. May block.
     *
     * @throws Exception to end the handshake; a {@link io.heddle.failure.TlsFailure} with its alert
     */
    List<Credential> find(Wanted wanted) throws Exception;

    /** Returns those that are there without asking anyone. */
    default List<Credential> known() {
        return List.of();
    }

    /** Returns whether it is certain that there are none. */
    default boolean isEmpty() {
        return false;
    }

    /**
     * What the peer can do with an identity.
     *
     * @param negotiated what the handshake has agreed on so far
     * @param sigalgs the signature algorithms that both sides have; empty below TLS 1.2, which does not negotiate them
     * @param issuers whom the peer trusts, empty if it does not say
     */
    record Wanted(HandshakeInfo negotiated, List<Sigalg> sigalgs, List<X500Principal> issuers) {
        /** Copies the lists. */
        public Wanted {
            sigalgs = List.copyOf(sigalgs);
            issuers = List.copyOf(issuers);
        }
    }

    /** Returns a source that has these. */
    static CredentialSource of(List<Credential> fixed) {
        return new Fixed(List.copyOf(fixed));
    }

    /** A list. */
    record Fixed(List<Credential> known) implements CredentialSource {
        @Override
        public List<Credential> find(Wanted wanted) {
            return known;
        }

        @Override
        public boolean isEmpty() {
            return known.isEmpty();
        }
    }
}
