package io.heddle.provider;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.Provider;
import java.security.Signature;
import java.util.Optional;
import javax.crypto.KeyAgreement;
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
        try {
            Optional<Class<?>> type = type();
            if (type.isEmpty()) {
                return Optional.empty();
            }
            var provider = (Provider) type.get().getDeclaredConstructor().newInstance();
            Throwable error = loadingError(provider);
            if (error != null) {
                return failed(error);
            }
            tryOut(provider);
            return Optional.of(provider);
        } catch (ReflectiveOperationException
                | IOException
                | GeneralSecurityException
                | LinkageError
                | RuntimeException e) {
            return failed(e);
        }
    }

    /** Returns the class of the provider: that of the class path, else of a jar inside Heddle's own. */
    private Optional<Class<?>> type() throws IOException, ClassNotFoundException {
        try {
            return Optional.of(Class.forName(className));
        } catch (ClassNotFoundException absent) {
            Optional<NestedJarLoader> nested = NestedJarLoader.of(artifact);
            return nested.isEmpty() ? Optional.empty() : Optional.of(Class.forName(className, true, nested.get()));
        }
    }

    private Optional<Provider> failed(Throwable reason) {
        LOGGER.log(
                Level.WARNING,
                "provider: {0} is present and cannot be loaded, others are used instead: {1}",
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
        // Some JDKs refuse these to a provider whose jar is not signed.
        KeyAgreement.getInstance("ECDH", provider);
    }
}
