package io.heddle.engine;

import io.heddle.cipher.Suite;
import org.bouncycastle.tls.PRFAlgorithm;
import org.bouncycastle.tls.crypto.CryptoHashAlgorithm;

/** The hash of a TLS 1.3 suite under bctls' numbers. */
final class Suites {
    private Suites() {}

    static int prf(Suite suite) {
        return suite.hash() == Suite.Hash.SHA384 ? PRFAlgorithm.tls13_hkdf_sha384 : PRFAlgorithm.tls13_hkdf_sha256;
    }

    static int hash(Suite suite) {
        return suite.hash() == Suite.Hash.SHA384 ? CryptoHashAlgorithm.sha384 : CryptoHashAlgorithm.sha256;
    }
}
