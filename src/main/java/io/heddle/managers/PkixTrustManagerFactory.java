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
 * JSSE's factory {@code PKIX} of trust managers: they verify chains as OpenSSL and Node do, with the JDK's PKIX validation having the last word.
 *
 * <p>Each certificate that a key store vouches for is an anchor, as in the JDK: those of its certificate entries and the first of each key's chain.
 * Unlike there a certificate that is an anchor itself has to be valid now, and there is no exception for legacy roots.
 */
public final class PkixTrustManagerFactory extends TrustManagerFactorySpi {
    private final Supplier<TrustStore> defaults;
    private final InstantSource clock;
    private @Nullable PkixTrustManager manager;

    /**
     * Makes a factory.
     *
     * @param defaults returns the anchors where no key store is given; throws {@link InvalidOption} if they cannot be read. Called
     *     by each initialisation that needs them
     * @param clock the time at which certificates have to be valid
     */
    public PkixTrustManagerFactory(Supplier<TrustStore> defaults, InstantSource clock) {
        this.defaults = defaults;
        this.clock = clock;
    }

    /**
     * Takes the anchors of a key store, for null the default ones. Revocation is not checked.
     *
     * @throws KeyStoreException if the store was not loaded, or the default anchors cannot be read
     */
    @Override
    protected void engineInit(@Nullable KeyStore store) throws KeyStoreException {
        manager = new PkixTrustManager(TrustRules.of(store == null ? defaultAnchors() : TrustStore.of(store), clock));
    }

    /**
     * Takes {@link CertPathTrustManagerParameters} with {@link PKIXBuilderParameters}: anchors, date, longest path, target constraints, and from the
     * {@code CertStore}s, which are read once, intermediates and, if revocation is enabled, CRLs.
     *
     * @throws InvalidAlgorithmParameterException if there is anything else in them, such as policies, own checkers or OCSP responders, or revocation
     *     is enabled without a CRL
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
        } catch (InvalidOption unreadable) {
            throw new KeyStoreException(unreadable.getMessage(), unreadable);
        }
    }
}
