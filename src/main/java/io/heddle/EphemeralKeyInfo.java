package io.heddle;

import io.heddle.cipher.Group;
import io.heddle.engine.handshake.HandshakeResult;
import java.util.Optional;

/**
 * The group of a key exchange as Node's {@code getEphemeralKeyInfo()} describes it.
 *
 * @param type {@code ECDH} or {@code DH}, or {@code TLSGroup} for a post-quantum group or hybrid, as in Node since 26.5
 *     and 24.19
 * @param name OpenSSL's name of the group; empty for the parameters of DHE in TLS 1.2, which have none
 * @param size its size in bits; 0 for {@code TLSGroup}, which has none
 */
public record EphemeralKeyInfo(String type, String name, int size) {
    static Optional<EphemeralKeyInfo> of(HandshakeResult result) {
        return result.dhBits() > 0
                ? Optional.of(new EphemeralKeyInfo(type(Group.Kind.DH), "", result.dhBits()))
                : result.group()
                        .map(group -> new EphemeralKeyInfo(type(group.kind()), group.opensslName(), group.bits()));
    }

    private static String type(Group.Kind kind) {
        return switch (kind) {
            case ECDH -> "ECDH";
            case DH -> "DH";
            case KEM, HYBRID -> "TLSGroup";
        };
    }
}
