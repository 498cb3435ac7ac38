package io.heddle;

import io.heddle.cipher.Group;
import io.heddle.engine.handshake.HandshakeResult;
import java.util.Optional;

/**
 * The group of a key exchange as Node's {@code getEphemeralKeyInfo()} describes it.
 *
 * @param type {@code ECDH}, or {@code DH}; {@code HYBRID} for a post-quantum hybrid, which Node does not have
 * @param name OpenSSL's name of the group; empty for the parameters of DHE in TLS 1.2, which have none
 * @param size its size in bits
 */
public record EphemeralKeyInfo(String type, String name, int size) {
    static Optional<EphemeralKeyInfo> of(HandshakeResult result) {
        return result.dhBits() > 0
                ? Optional.of(new EphemeralKeyInfo(Group.Kind.DH.name(), "", result.dhBits()))
                : result.group()
                        .map(group -> new EphemeralKeyInfo(group.kind().name(), group.opensslName(), group.bits()));
    }
}
