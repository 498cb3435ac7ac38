package io.heddle.cli;

import io.heddle.OcspRequestListener;
import java.security.cert.X509Certificate;
import java.util.Optional;

/** Staples what was read last from {@code --ocsp-response}: a server's listeners add up, and the first one answers. Thread-safe. */
final class LatestStaple implements OcspRequestListener {
    private volatile OcspRequestListener latest = (certificate, issuer) -> Optional.empty();

    void replace(OcspRequestListener read) {
        latest = read;
    }

    @Override
    public Optional<byte[]> onOcspRequest(X509Certificate certificate, Optional<X509Certificate> issuer)
            throws Exception {
        return latest.onOcspRequest(certificate, issuer);
    }
}
