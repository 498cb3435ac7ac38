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
 * JSSE's factory {@code PKIX} of key managers. They understand the names of key types of the JDK and of BouncyCastle, so they serve either's
 * {@code SSLContext} as well as Heddle's.
 */
public final class PkixKeyManagerFactory extends KeyManagerFactorySpi {
    private final InstantSource clock;
    private @Nullable KeyStoreKeyManager manager;

    /** Makes one for which certificates are valid or not by the system's clock. */
    public PkixKeyManagerFactory() {
        this(InstantSource.system());
    }

    PkixKeyManagerFactory(InstantSource clock) {
        this.clock = clock;
    }

    /**
     * Takes the keys of a store, for null none. They are decrypted here, once; later changes of the store do not count. The aliases of the manager are those
     * of the store.
     *
     * @param password of all its keys; it is not kept
     * @throws KeyStoreException if the store was not loaded
     * @throws NoSuchAlgorithmException if a key is of a kind that nobody here reads
     * @throws UnrecoverableKeyException if the password does not open one of the keys
     */
    @Override
    protected void engineInit(@Nullable KeyStore store, char @Nullable [] password)
            throws KeyStoreException, NoSuchAlgorithmException, UnrecoverableKeyException {
        manager = new KeyStoreKeyManager(store == null ? LoadedKeys.none() : LoadedKeys.of(store, password), clock);
    }

    /**
     * Takes {@link KeyStoreBuilderParameters}: stores that are opened when a key is looked for, each with its own passwords. The aliases of the manager are
     * the number of the builder, from 0, a dot and the alias in its store.
     *
     * @throws InvalidAlgorithmParameterException if the parameters are of another kind
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
