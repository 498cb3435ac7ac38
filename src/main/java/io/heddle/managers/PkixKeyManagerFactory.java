package io.heddle.managers;

import java.security.InvalidAlgorithmParameterException;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.NoSuchAlgorithmException;
import java.security.UnrecoverableKeyException;
import java.time.InstantSource;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactorySpi;
import javax.net.ssl.KeyStoreBuilderParameters;
import javax.net.ssl.ManagerFactoryParameters;
import org.jspecify.annotations.Nullable;

/**
 * The key manager factory {@code PKIX} of JSSE. Its managers support the key type names of the JDK and of BouncyCastle,
 * so they serve the {@code SSLContext} of either as well as Heddle's.
 */
public final class PkixKeyManagerFactory extends KeyManagerFactorySpi {
    private final InstantSource clock;
    private @Nullable KeyStoreKeyManager manager;

    /** Creates a factory that checks the validity of certificates by the system's clock. */
    public PkixKeyManagerFactory() {
        this(InstantSource.system());
    }

    PkixKeyManagerFactory(InstantSource clock) {
        this.clock = clock;
    }

    /**
     * Uses the keys of a store, or none for null. They are decrypted here, once; later changes of the store have no
     * effect. The aliases of the manager are those of the store.
     *
     * @param password the password of all keys of the store; it is not kept
     * @throws KeyStoreException if the store was not loaded
     * @throws NoSuchAlgorithmException if no provider can read a key
     * @throws UnrecoverableKeyException if the password does not open one of the keys
     */
    @Override
    protected void engineInit(@Nullable KeyStore store, char @Nullable [] password)
            throws KeyStoreException, NoSuchAlgorithmException, UnrecoverableKeyException {
        manager = new KeyStoreKeyManager(store == null ? LoadedKeys.none() : LoadedKeys.of(store, password), clock);
    }

    /**
     * Uses {@link KeyStoreBuilderParameters}: stores that are opened when a key is searched, each with its own
     * passwords. The aliases of the manager are the number of the builder, from 0, a dot and the alias in its store.
     *
     * @throws InvalidAlgorithmParameterException if the parameters are of another type
     */
    @Override
    protected void engineInit(@Nullable ManagerFactoryParameters parameters) throws InvalidAlgorithmParameterException {
        if (!(parameters instanceof KeyStoreBuilderParameters builders)) {
            throw new InvalidAlgorithmParameterException("the parameters must be KeyStoreBuilderParameters");
        }
        manager = new KeyStoreKeyManager(new BuilderKeys(builders.getParameters()), clock);
    }

    @Override
    protected KeyManager[] engineGetKeyManagers() {
        if (manager == null) {
            throw new IllegalStateException("the KeyManagerFactory is not initialised: call init first");
        }
        return new KeyManager[] {manager};
    }
}
