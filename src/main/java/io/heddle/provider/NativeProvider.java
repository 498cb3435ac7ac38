package io.heddle.provider;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.Provider;
import java.security.Signature;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A provider that calls a native library. Its jar is an optional dependency. */
enum NativeProvider {
    /** Amazon Corretto Crypto Provider: AWS-LC for Linux on x86-64 and aarch64, and macOS on aarch64. */
    CORRETTO(
            "com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider",
            "software.amazon.cryptools:AmazonCorrettoCryptoProvider") {
        @Override
        @Nullable
        Throwable loadingError(Provider provider) throws ReflectiveOperationException {
            // Its constructor does not fail without the library.
            return (Throwable) provider.getClass().getMethod("getLoadingError").invoke(provider);
        }
    },
    /** Conscrypt: BoringSSL for Linux, macOS and Windows. */
    CONSCRYPT("org.conscrypt.OpenSSLProvider", "org.conscrypt:conscrypt-openjdk-uber");

    private static final Logger LOGGER = System.getLogger(NativeProvider.class.getName());

    private final String className;
    final String artifact;

    NativeProvider(String className, String artifact) {
        this.className = className;
        this.artifact = artifact;
    }

    @Nullable
    Throwable loadingError(Provider provider) throws ReflectiveOperationException {
        return null;
    }

    /** Loads the native library and tries it; empty if the jar is absent. A part that fails to load is logged. */
    Optional<Provider> load() {
        Class<?> type;
        try {
            type = Class.forName(className);
        } catch (ClassNotFoundException absent) {
            return Optional.empty();
        } catch (LinkageError e) {
            return failed(e);
        }
        try {
            var provider = (Provider) type.getDeclaredConstructor().newInstance();
            Throwable error = loadingError(provider);
            if (error != null) {
                return failed(error);
            }
            tryOut(provider);
            return Optional.of(provider);
        } catch (ReflectiveOperationException | GeneralSecurityException | LinkageError | RuntimeException e) {
            return failed(e);
        }
    }

    private Optional<Provider> failed(Throwable reason) {
        LOGGER.log(
                Level.WARNING,
                "provider: {0} is present and cannot be loaded; the providers of the JDK are used instead: {1}",
                artifact,
                reason);
        return Optional.empty();
    }

    /** A library that was built for another processor fails here, and not in the first handshake. */
    private static void tryOut(Provider provider) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", provider);
        generator.initialize(256);
        var pair = generator.generateKeyPair();
        Signature signature = Signature.getInstance("SHA256withECDSA", provider);
        signature.initSign(pair.getPrivate());
        byte[] made = signature.sign();
        signature.initVerify(pair.getPublic());
        if (!signature.verify(made)) {
            throw new GeneralSecurityException("a signature of " + provider.getName() + " does not verify");
        }
    }
}
