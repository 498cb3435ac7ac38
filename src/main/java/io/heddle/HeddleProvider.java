package io.heddle;

import java.security.Provider;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Heddle as a provider of JSSE: {@code SSLContext} for {@code TLS}, {@code TLSv1.2} and {@code TLSv1.3}.
 *
 * <p>By instance, {@code SSLContext.getInstance("TLS", new HeddleProvider())}, or for a program that is left as it is, {@code
 * Security.insertProviderAt(new HeddleProvider(), 1)}. Its sockets are {@link TlsSocket}s.
 */
public final class HeddleProvider extends Provider {
    /** The name of the provider. */
    public static final String NAME = "Heddle";

    @java.io.Serial
    private static final long serialVersionUID = 1L;

    /** What a context of this name lets clients speak; a server takes whatever the context allows. */
    private static final Map<String, List<String>> CLIENT_PROTOCOLS =
            Map.of("TLSv1.2", List.of("TLSv1.2"), "TLSv1.3", List.of("TLSv1.3", "TLSv1.2"));

    /** Makes the provider; it has no state. */
    public HeddleProvider() {
        super(NAME, "0.1", "TLS for virtual threads, with sessions that the application owns");
        putService(new Context(this, "TLS", List.of("SSL")));
        putService(new Context(this, "TLSv1.2", List.of()));
        putService(new Context(this, "TLSv1.3", List.of()));
    }

    private static final class Context extends Service {
        Context(Provider provider, String algorithm, List<String> aliases) {
            super(provider, "SSLContext", algorithm, JsseContext.class.getName(), aliases, null);
        }

        @Override
        public Object newInstance(@Nullable Object parameter) {
            return new JsseContext(CLIENT_PROTOCOLS.get(getAlgorithm()), null);
        }
    }
}
