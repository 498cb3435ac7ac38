package io.heddle;

import io.heddle.cipher.Group;

/**
 * The group of a key exchange as Node's {@code getEphemeralKeyInfo()} describes it.
 *
 * @param type {@code ECDH}, or {@code DH}; {@code HYBRID} for a post-quantum hybrid, which Node does not know
 * @param name OpenSSL's name of the group
 * @param size its size in bits
 */
public record EphemeralKeyInfo(String type, String name, int size) {
    static EphemeralKeyInfo of(Group group) {
        return new EphemeralKeyInfo(group.kind().name(), group.opensslName(), group.bits());
    }
}
