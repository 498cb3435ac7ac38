package io.heddle.managers;

import io.heddle.certificate.path.Verdict;
import io.heddle.certificate.path.VerdictCache;
import io.heddle.certificate.x509.Purpose;
import io.heddle.failure.Alert;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * A trust manager of JSSE with OpenSSL's verification of chains and Node's rules for names.
 *
 * <p>Rejects with a {@link CertificateException} whose cause is a {@link TlsFailure} with OpenSSL's code. With a socket
 * or an engine it also compares the host name, if the {@code SSLParameters} require it, and applies their algorithm
 * constraints; without one it cannot.
 *
 * <p>Accepted chains are cached for a minute. No data is fetched from the network. Thread-safe.
 */
final class PkixTrustManager extends X509ExtendedTrustManager {
    private final TrustRules rules;
    private final VerdictCache verdicts = new VerdictCache();

    PkixTrustManager(TrustRules rules) {
        this.rules = rules;
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        check(Purpose.CLIENT, chain, authType, null, null);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        check(Purpose.SERVER, chain, authType, null, null);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, @Nullable Socket socket)
            throws CertificateException {
        checkWithSocket(Purpose.CLIENT, chain, authType, socket);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, @Nullable Socket socket)
            throws CertificateException {
        checkWithSocket(Purpose.SERVER, chain, authType, socket);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, @Nullable SSLEngine engine)
            throws CertificateException {
        checkWithEngine(Purpose.CLIENT, chain, authType, engine);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, @Nullable SSLEngine engine)
            throws CertificateException {
        checkWithEngine(Purpose.SERVER, chain, authType, engine);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return rules.trust().certificates().toArray(X509Certificate[]::new);
    }

    private void checkWithSocket(Purpose purpose, X509Certificate[] chain, String authType, @Nullable Socket socket)
            throws CertificateException {
        if (socket instanceof SSLSocket tls) {
            check(purpose, chain, authType, tls.getHandshakeSession(), tls.getSSLParameters());
        } else {
            check(purpose, chain, authType, null, null);
        }
    }

    private void checkWithEngine(Purpose purpose, X509Certificate[] chain, String authType, @Nullable SSLEngine engine)
            throws CertificateException {
        if (engine != null) {
            check(purpose, chain, authType, engine.getHandshakeSession(), engine.getSSLParameters());
        } else {
            check(purpose, chain, authType, null, null);
        }
    }

    private void check(
            Purpose purpose,
            X509Certificate @Nullable [] chain,
            @Nullable String authType,
            @Nullable SSLSession session,
            @Nullable SSLParameters parameters)
            throws CertificateException {
        if (chain == null || chain.length == 0) {
            throw new IllegalArgumentException("the certificate chain is null or empty");
        }
        if (authType == null || authType.isEmpty()) {
            throw new IllegalArgumentException("the authentication type is null or empty");
        }
        Verdict verdict = verdict(purpose, List.of(chain));
        require(verdict.failure());
        if (rules.target().isPresent() && !rules.target().get().match(chain[0])) {
            throw rejection(Code.CERT_REJECTED.failure(
                    Alert.CERTIFICATE_UNKNOWN,
                    "certificate: it does not meet the target constraints of the parameters"));
        }
        if (parameters != null) {
            require(ChainConstraints.violated(parameters.getAlgorithmConstraints(), verdict.path()));
            require(EndpointIdentification.mismatch(
                    purpose, parameters.getEndpointIdentificationAlgorithm(), session, chain[0]));
        }
    }

    private Verdict verdict(Purpose purpose, List<X509Certificate> presented) {
        List<X509Certificate> certificates = presented;
        if (!rules.intermediates().isEmpty()) {
            certificates = new ArrayList<>(presented);
            certificates.addAll(rules.intermediates());
        }
        return verdicts.ofChain(
                certificates, rules.trust(), purpose, rules.clock().instant(), rules.limits());
    }

    private static void require(Optional<TlsFailure> failure) throws CertificateException {
        if (failure.isPresent()) {
            throw rejection(failure.get());
        }
    }

    private static CertificateException rejection(TlsFailure failure) {
        return new CertificateException(failure.getMessage(), failure);
    }
}
