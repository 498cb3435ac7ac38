package io.heddle.engine.handshake;

import io.heddle.cipher.Group;
import io.heddle.cipher.Suite;
import io.heddle.engine.crypto.FatalAlerts;
import io.heddle.engine.crypto.NegotiationText;
import io.heddle.engine.crypto.SigningKey;
import io.heddle.failure.Alert;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * The rules of TLS 1.2 and below for the key in the peer's certificate, before it verifies or encrypts anything. bctls
 * 1.84 leaves out curves, and treats a type of key that does not fit as an internal error.
 *
 * @param version the negotiated one
 */
record PeerKey(SigningKey key, TlsVersion version) {
    static PeerKey of(X509Certificate leaf, TlsVersion version) {
        return new PeerKey(SigningKey.of(leaf.getPublicKey()), version);
    }

    /**
     * Checks the key of a server.
     *
     * @param suite the server's choice
     * @param groups those that the client offered, which are the curves of certificates as well (RFC 8422 5.1.1)
     * @throws IOException the fatal alert if the key is of another type than the suite requires (RFC 5246 7.4.2), or on
     *     another curve
     */
    void requireServer(Suite suite, List<Group> groups) throws IOException {
        if (!key.fits(suite, version)) {
            throw FatalAlerts.alert(Code.ERR_SSL_ILLEGAL_PARAMETER.failure(
                    "certificate: the server's key is %s, %s requires a key for %s in %s",
                    key.described(), suite.name(), suite.authentication(), version));
        }
        boolean offered = key.curveBits() == 0
                || groups.stream()
                        .anyMatch(group -> group.kind() == Group.Kind.ECDH && group.bits() == key.curveBits());
        if (!offered) {
            throw FatalAlerts.alert(Code.ERR_SSL_ILLEGAL_PARAMETER.failure(
                    "certificate: the server's key is %s, on a curve other than those that the client offered: %s",
                    key.described(), NegotiationText.groups(groups)));
        }
    }

    /**
     * Checks the key of a client.
     *
     * @throws IOException the fatal alert if the version has no signatures of such a key
     */
    void requireClient() throws IOException {
        boolean signs = version.isAtLeast(TlsVersion.TLS_1_2) ? key.signsIn(version) : key.signsUnnegotiated();
        if (!signs) {
            throw FatalAlerts.alert(Code.ERR_SSL_ILLEGAL_PARAMETER.failure(
                    Alert.UNSUPPORTED_CERTIFICATE,
                    "certificate: the client's key is %s, with which %s has no signatures",
                    key.described(),
                    version));
        }
    }
}
