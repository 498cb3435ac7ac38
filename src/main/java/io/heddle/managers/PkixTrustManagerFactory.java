package io.heddle.managers;

import io.heddle.certificate.path.TrustStore;
import io.heddle.failure.InvalidOption;
import java.security.InvalidAlgorithmParameterException;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.cert.CertPathParameters;
import java.security.cert.PKIXBuilderParameters;
import java.time.InstantSource;
import java.util.function.Supplier;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.ManagerFactoryParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactorySpi;
import org.jspecify.annotations.Nullable;

/**
 * The trust manager factory {@code PKIX} of JSSE. Its managers verify chains as OpenSSL and Node do, and then by the
 * JDK's PKIX validation.
 *
 * <p>As in the JDK the anchors are the certificate entries of a key store and the first certificate of each key's
 * chain. Unlike in the JDK, a peer's certificate that is itself an anchor must be valid now, and there is no exception
 * for legacy roots.
 */
public final class PkixTrustManagerFactory extends TrustManagerFactorySpi {
    private final Supplier<TrustStore> defaults;
    private final InstantSource clock;
    private @Nullable PkixTrustManager manager;

    /**
     * Creates a factory.
     *
     * @param defaults returns the anchors used if no key store is given; throws {@link InvalidOption} if they cannot be
     *     read. Called by each initialisation that needs them
     * @param clock the time at which certificates must be valid
     */
    public PkixTrustManagerFactory(Supplier<TrustStore> defaults, InstantSource clock) {
        this.defaults = defaults;
        this.clock = clock;
    }

    /**
     * Uses the anchors of a key store, or the default anchors for null. Revocation is not checked.
     *
     * @throws KeyStoreException if the store was not loaded, or the default anchors cannot be read
     */
    @Override
    protected void engineInit(@Nullable KeyStore store) throws KeyStoreException {
        manager = new PkixTrustManager(TrustRules.of(store == null ? defaultAnchors() : TrustStore.of(store), clock));
    }

    /**
     * Uses {@link CertPathTrustManagerParameters} with {@link PKIXBuilderParameters}: anchors, date, longest path,
     * target constraints, and from the {@code CertStore}s, which are read once, intermediates and, if revocation is
     * enabled, CRLs.
     *
     * @throws InvalidAlgorithmParameterException if the parameters contain anything else, such as policies, checkers or
     *     OCSP responders, or enable revocation without a CRL
     */
    @Override
    protected void engineInit(@Nullable ManagerFactoryParameters parameters) throws InvalidAlgorithmParameterException {
        if (!(parameters instanceof CertPathTrustManagerParameters wrapped)) {
            throw new InvalidAlgorithmParameterException("the parameters must be CertPathTrustManagerParameters");
        }
        CertPathParameters inner = wrapped.getParameters();
        if (!(inner instanceof PKIXBuilderParameters pkix)) {
            throw new InvalidAlgorithmParameterException(
                    "the parameters in CertPathTrustManagerParameters must be PKIXBuilderParameters");
        }
        manager = new PkixTrustManager(TrustRules.of(pkix, clock));
    }

    @Override
    protected TrustManager[] engineGetTrustManagers() {
        if (manager == null) {
            throw new IllegalStateException("the TrustManagerFactory is not initialised: call init first");
        }
        return new TrustManager[] {manager};
    }

    private TrustStore defaultAnchors() throws KeyStoreException {
        try {
            return defaults.get();
        } catch (InvalidOption e) {
            throw new KeyStoreException(e.getMessage(), e);
        }
    }
}
