package io.heddle.engine.crypto;

import io.heddle.cipher.Sigalg;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.tls.TlsUtils;

/**
 * The rules of CertificateVerify in TLS 1.3 (RFC 8446 4.4.3), for the scheme in front of the signature. bctls 1.84 checks
 * only whether the scheme was offered, which schemes for certificates alone are as well.
 *
 * <pre>
 * struct {
 *     SignatureScheme algorithm;
 *     opaque signature&lt;0..2^16-1&gt;;
 * } CertificateVerify;
 * </pre>
 *
 * @param peer {@code client} or {@code server}, for the failure
 * @param offered the schemes that this side offered
 */
public record PeerSignature(String peer, List<Sigalg> offered) {
    /**
     * Checks the scheme of a message.
     *
     * @param message the body; one that is too short is left to bctls
     * @param chain the peer's, the certificate whose key signed first
     * @throws IOException the fatal alert if TLS 1.3 has no such signatures, they were not offered, or the key makes no
     *     such one
     */
    public void requireScheme(byte[] message, List<X509Certificate> chain) throws IOException {
        if (message.length < 2 || chain.isEmpty()) {
            return;
        }
        int number = TlsUtils.readUint16(message, 0);
        Optional<Sigalg> scheme = Sigalg.of(number);
        SigningKey key = SigningKey.of(chain.getFirst().getPublicKey());
        if (scheme.filter(offered::contains)
                .filter(sigalg -> key.signs(sigalg, TlsVersion.TLS_1_3))
                .isEmpty()) {
            List<String> allowed = offered.stream()
                    .filter(sigalg -> key.signs(sigalg, TlsVersion.TLS_1_3))
                    .map(Sigalg::standardName)
                    .toList();
            throw FatalAlerts.alert(Code.ERR_SSL_ILLEGAL_PARAMETER.failure(
                    "signature: the %s signed with %s, its key (%s) allows %s in TLS 1.3",
                    peer,
                    scheme.map(Sigalg::standardName).orElse("0x%04x".formatted(number)),
                    key.described(),
                    allowed));
        }
    }
}
