package io.heddle.managers;

import java.security.PrivateKey;
import java.util.List;
import java.util.Optional;

/** Where a key manager has its keys from. Thread-safe. */
interface KeySource {
    /** Returns all keys, in their order. */
    List<OwnKey> keys();

    /** Returns the key of this name. */
    Optional<OwnKey> find(String alias);

    /** Returns the private key of this name, empty if there is none or if it cannot be had now. */
    Optional<PrivateKey> privateKey(String alias);
}
