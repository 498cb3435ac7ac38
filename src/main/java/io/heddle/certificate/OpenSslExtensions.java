package io.heddle.certificate;

import java.security.cert.Certificate;
import java.security.cert.PKIXCertPathChecker;
import java.util.Collection;
import java.util.Set;

/**
 * Tells the JDK's validation which critical extensions are taken care of here. It knows fewer than OpenSSL; {@link ExtensionCheck}
 * refuses all that OpenSSL does not know.
 */
final class OpenSslExtensions extends PKIXCertPathChecker {
    @Override
    public void init(boolean forward) {
        // Nothing is carried from one certificate to the next.
    }

    @Override
    public boolean isForwardCheckingSupported() {
        return true;
    }

    @Override
    public Set<String> getSupportedExtensions() {
        return ExtensionCheck.UNDERSTOOD;
    }

    @Override
    public void check(Certificate certificate, Collection<String> unresolvedCriticalExtensions) {
        unresolvedCriticalExtensions.removeAll(ExtensionCheck.UNDERSTOOD);
    }
}
