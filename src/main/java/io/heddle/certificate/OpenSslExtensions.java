package io.heddle.certificate;

import java.security.cert.Certificate;
import java.security.cert.PKIXCertPathChecker;
import java.util.Collection;
import java.util.Set;

/**
 * A checker that marks the critical extensions that OpenSSL handles as processed in the JDK's validation, which
 * supports fewer. {@link ExtensionCheck} has refused all others.
 */
final class OpenSslExtensions extends PKIXCertPathChecker {
    @Override
    public void init(boolean forward) {
        // There is no state between certificates.
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
