package io.heddle.engine;

import io.heddle.cipher.Suite;
import org.bouncycastle.tls.PRFAlgorithm;

/** The hash of a TLS 1.3 suite as bctls numbers it. */
final class Suites {
    private Suites() {}

    static int prf(Suite suite) {
        return suite.hash() == Suite.Hash.SHA384 ? PRFAlgorithm.tls13_hkdf_sha384 : PRFAlgorithm.tls13_hkdf_sha256;
    }

    static int hashLength(Suite suite) {
        return suite.hash() == Suite.Hash.SHA384 ? 48 : 32;
    }
}
