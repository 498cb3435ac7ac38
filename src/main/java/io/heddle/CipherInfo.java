package io.heddle;

import io.heddle.cipher.Suite;

/**
 * A cipher suite as Node's {@code getCipher()} describes it.
 *
 * @param name OpenSSL's name
 * @param standardName the RFC's name
 * @param version the lowest version that has the suite, such as {@code TLSv1.2}, in OpenSSL's words
 */
public record CipherInfo(String name, String standardName, String version) {
    static CipherInfo of(Suite suite) {
        return new CipherInfo(suite.name(), suite.standardName(), suite.version());
    }
}
