package io.heddle;

import io.heddle.provider.Algorithm;
import io.heddle.provider.ProviderTable;
import java.security.Provider;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * The providers that run the cryptography of this JVM's connections. They are decided once, when Heddle first needs one: a
 * native provider that is on the class path or module path where it is faster, else the first of the JDK's installed
 * providers. The system property {@code heddle.crypto} forces a choice: {@code auto} is the default, {@code native} fails
 * without native providers, {@code jdk} leaves them alone.
 *
 * <p>Native are Amazon Corretto Crypto Provider ({@code software.amazon.cryptools:AmazonCorrettoCryptoProvider}) for EC and
 * RSA, and Conscrypt ({@code org.conscrypt:conscrypt-openjdk-uber}) for X25519. Heddle uses them as objects and does not
 * register them with the JDK.
 *
 * @param isNative whether a native provider is in use
 * @param algorithms the name and the version of the provider of each family of algorithms, such as {@code EC} and {@code
 *     AmazonCorrettoCryptoProvider 2.5.0}; sorted and unmodifiable
 */
public record CryptoProvider(boolean isNative, Map<String, String> algorithms) {
    /** Keeps an unmodifiable copy, sorted by algorithm. */
    public CryptoProvider {
        algorithms = Collections.unmodifiableMap(new TreeMap<>(algorithms));
    }

    static CryptoProvider of(ProviderTable table) {
        Map<String, String> algorithms = new TreeMap<>();
        table.providers().forEach((algorithm, provider) -> algorithms.put(name(algorithm), described(provider)));
        return new CryptoProvider(table.hasNative(), algorithms);
    }

    private static String name(Algorithm algorithm) {
        return algorithm.name().replace('_', '-');
    }

    private static String described(Provider provider) {
        return provider.getName() + " " + provider.getVersionStr();
    }
}
