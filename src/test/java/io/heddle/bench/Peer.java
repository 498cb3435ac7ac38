package io.heddle.bench;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.security.Security;
import java.util.List;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.bouncycastle.jsse.provider.BouncyCastleJsseProvider;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaTlsCryptoProvider;
import org.conscrypt.Conscrypt;

/**
 * A TLS implementation with its cryptography. A JVM runs one of them, so that none affects another: neither by the
 * registered providers, nor by what the compiler knows about the types at a call.
 */
enum Peer {
    /** Heddle on the native providers. */
    HEDDLE("Heddle", true, "-Dheddle.crypto=native"),
    HEDDLE_JDK("Heddle, JDK", false, "-Dheddle.crypto=jdk"),
    SUNJSSE("SunJSSE", false),
    /** SunJSSE in a JVM whose first provider is Amazon's. */
    SUNJSSE_NATIVE("SunJSSE, ACCP", true),
    CONSCRYPT("Conscrypt", true),
    /** BouncyCastle's JSSE provider in a JVM whose first provider is Amazon's. */
    BCJSSE("BCJSSE, ACCP", true),
    /** Sockets without TLS. */
    PLAIN("no TLS", false),
    /** Heddle in a JVM that has 50,000 idle connections, where {@link #HEDDLE} has 100. */
    HEDDLE_CROWDED("Heddle, 50,000 idle", true, "-Dheddle.crypto=native");

    private static final String ACCP = "com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider";

    private final String title;
    private final boolean nativeCode;

    @SuppressWarnings("ImmutableEnumChecker") // List.of makes it
    private final List<String> options;

    Peer(String title, boolean nativeCode, String... options) {
        this.title = title;
        this.nativeCode = nativeCode;
        this.options = List.of(options);
    }

    String title() {
        return title;
    }

    /** Returns whether the providers of this peer are present, for this platform. */
    boolean isAvailable() {
        return !nativeCode || (accp().isPresent() && Conscrypt.isAvailable());
    }

    /** Returns the options of its JVM. */
    List<String> options() {
        return options;
    }

    /** Registers the providers that the peer needs in this JVM. */
    void register() throws GeneralSecurityException {
        // BouncyCastle's logs each connection.
        Logger.getLogger("org.bouncycastle.jsse").setLevel(Level.OFF);
        switch (this) {
            case HEDDLE, HEDDLE_JDK, HEDDLE_CROWDED, SUNJSSE, PLAIN -> {}
            case SUNJSSE_NATIVE, BCJSSE ->
                Security.insertProviderAt(accp().orElseThrow(() -> new GeneralSecurityException("no ACCP")), 1);
            case CONSCRYPT -> Security.insertProviderAt(Conscrypt.newProvider(), 1);
        }
    }

    /** Returns the implementation; only in a JVM with its options, after {@link #register}. */
    TlsStack stack(Setup setup) throws GeneralSecurityException, IOException {
        return switch (this) {
            case HEDDLE, HEDDLE_JDK, HEDDLE_CROWDED -> new HeddleStack(setup);
            case SUNJSSE, SUNJSSE_NATIVE -> new JsseStack(Security.getProvider("SunJSSE"), setup);
            case CONSCRYPT -> new JsseStack(Security.getProvider("Conscrypt"), setup);
            case BCJSSE -> new JsseStack(new BouncyCastleJsseProvider(false, new JcaTlsCryptoProvider()), setup);
            case PLAIN -> new PlainStack();
        };
    }

    /** Returns Amazon's provider if it is on the class path and its native code loads. */
    static Optional<Provider> accp() {
        try {
            return Optional.of(Class.forName(ACCP)
                    .asSubclass(Provider.class)
                    .getDeclaredConstructor()
                    .newInstance());
        } catch (ReflectiveOperationException | LinkageError missing) {
            return Optional.empty();
        }
    }
}
