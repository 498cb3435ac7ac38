package io.heddle.provider;

import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/**
 * BouncyCastle's provider, for algorithms that the installed providers lack. It is loaded the first time that something
 * is missing, and never registered with the JDK. Thread-safe.
 */
public final class FallbackProvider {
    private FallbackProvider() {}

    private static final class Loaded {
        static final Provider PROVIDER = new BouncyCastleProvider();
    }

    /** A lookup in the installed providers. */
    public interface Installed<T> {
        T create(String algorithm) throws NoSuchAlgorithmException;
    }

    /** A lookup in one provider. */
    public interface FromProvider<T> {
        T create(String algorithm, Provider provider) throws NoSuchAlgorithmException;
    }

    /** Returns the provider. */
    public static Provider get() {
        return Loaded.PROVIDER;
    }

    /** Returns the algorithm of the installed providers, and if they lack it that of BouncyCastle. */
    public static <T> T find(String algorithm, Installed<T> installed, FromProvider<T> fallback)
            throws NoSuchAlgorithmException {
        try {
            return installed.create(algorithm);
        } catch (NoSuchAlgorithmException missing) {
            return fallback.create(algorithm, get());
        }
    }
}
