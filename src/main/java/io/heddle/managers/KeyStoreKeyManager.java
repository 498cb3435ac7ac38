package io.heddle.managers;

import io.heddle.certificate.path.ServerIdentity;
import io.heddle.certificate.x509.Purpose;
import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/**
 * A key manager of JSSE that selects the best key for a handshake.
 *
 * <p>A key is excluded if it is not of a requested type, if none of the given issuers issued its chain, if the peer
 * cannot verify its signatures, or if the algorithm constraints of the {@code SSLParameters} forbid it. The others are
 * sorted by their certificates, in this order of weight: usable for the purpose, valid now and, on a server, issued for
 * the name that the client sent; then by the order of the requested types, then by that of the store. So, as in the
 * JDK, an expired certificate is used rather than none.
 *
 * <p>The data of the handshake comes from the handshake session of the socket or engine; without one it is not
 * considered. Thread-safe.
 */
final class KeyStoreKeyManager extends X509ExtendedKeyManager {
    /** The keys of a manager. Thread-safe. */
    interface KeySource {
        /** Returns all keys, in their order. */
        List<KeyEntry> keys();

        /** Returns the key of this alias. */
        Optional<KeyEntry> find(String alias);

        /** Returns the private key of this alias, empty if there is none or it is not available now. */
        Optional<PrivateKey> privateKey(String alias);
    }

    private final KeySource source;
    private final InstantSource clock;

    KeyStoreKeyManager(KeySource source, InstantSource clock) {
        this.source = source;
        this.clock = clock;
    }

    @Override
    public @Nullable String chooseClientAlias(
            String @Nullable [] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return first(ranked(Purpose.CLIENT, keyTypes, issuers, Handshake.of(socket)));
    }

    @Override
    public @Nullable String chooseEngineClientAlias(
            String @Nullable [] keyTypes, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return first(ranked(Purpose.CLIENT, keyTypes, issuers, Handshake.of(engine)));
    }

    @Override
    public @Nullable String chooseServerAlias(
            @Nullable String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return first(ranked(Purpose.SERVER, arrayOf(keyType), issuers, Handshake.of(socket)));
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            @Nullable String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return first(ranked(Purpose.SERVER, arrayOf(keyType), issuers, Handshake.of(engine)));
    }

    @Override
    public String @Nullable [] getClientAliases(@Nullable String keyType, Principal @Nullable [] issuers) {
        return all(ranked(Purpose.CLIENT, arrayOf(keyType), issuers, Handshake.NONE));
    }

    @Override
    public String @Nullable [] getServerAliases(@Nullable String keyType, Principal @Nullable [] issuers) {
        return all(ranked(Purpose.SERVER, arrayOf(keyType), issuers, Handshake.NONE));
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(@Nullable String alias) {
        return alias == null
                ? null
                : source.find(alias)
                        .map(key -> key.chain().toArray(X509Certificate[]::new))
                        .orElse(null);
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(@Nullable String alias) {
        return alias == null ? null : source.privateKey(alias).orElse(null);
    }

    /** The data of a handshake, if any. */
    private record Handshake(
            @Nullable SSLSession session, @Nullable SSLParameters parameters) {
        static final Handshake NONE = new Handshake(null, null);

        static Handshake of(@Nullable Socket socket) {
            try {
                return socket instanceof SSLSocket tls
                        ? new Handshake(tls.getHandshakeSession(), tls.getSSLParameters())
                        : NONE;
            } catch (UnsupportedOperationException e) {
                return NONE;
            }
        }

        static Handshake of(@Nullable SSLEngine engine) {
            try {
                return engine == null ? NONE : new Handshake(engine.getHandshakeSession(), engine.getSSLParameters());
            } catch (UnsupportedOperationException e) {
                return NONE;
            }
        }

        boolean permits(KeyEntry key) {
            return parameters == null
                    || ChainConstraints.violated(parameters.getAlgorithmConstraints(), key.chain())
                            .isEmpty();
        }
    }

    /** A key that can be used, and its flaws. */
    private record Candidate(KeyEntry key, boolean wrongUsage, boolean invalid, boolean wrongName, int preference) {
        static final Comparator<Candidate> BEST_FIRST = Comparator.comparing(Candidate::wrongUsage)
                .thenComparing(Candidate::invalid)
                .thenComparing(Candidate::wrongName)
                .thenComparingInt(Candidate::preference);
    }

    private List<KeyEntry> ranked(
            Purpose purpose, String @Nullable [] keyTypes, Principal @Nullable [] issuers, Handshake handshake) {
        if (keyTypes == null || keyTypes.length == 0) {
            return List.of();
        }
        Set<Principal> issuerNames = names(issuers);
        PeerSignatureAlgorithms signatures = PeerSignatureAlgorithms.of(handshake.session);
        Optional<String> servername =
                purpose == Purpose.SERVER ? EndpointIdentification.servername(handshake.session) : Optional.empty();
        Instant now = clock.instant();
        List<Candidate> candidates = new ArrayList<>();
        for (KeyEntry key : source.keys()) {
            int preference = preference(keyTypes, key);
            if (preference >= 0 && key.issuedByOneOf(issuerNames) && signatures.allow(key) && handshake.permits(key)) {
                candidates.add(new Candidate(
                        key,
                        !key.allows(purpose),
                        !key.isValidAt(now),
                        servername
                                .flatMap(name -> ServerIdentity.check(name, key.leaf()))
                                .isPresent(),
                        preference));
            }
        }
        return candidates.stream()
                .sorted(Candidate.BEST_FIRST)
                .map(Candidate::key)
                .toList();
    }

    private static int preference(String[] keyTypes, KeyEntry key) {
        for (int i = 0; i < keyTypes.length; i++) {
            if (keyTypes[i] != null && KeyTypeNames.matches(keyTypes[i], key)) {
                return i;
            }
        }
        return -1;
    }

    private static Set<Principal> names(Principal @Nullable [] issuers) {
        Set<Principal> names = new HashSet<>();
        if (issuers != null) {
            for (Principal issuer : issuers) {
                names.add(issuer instanceof X500Principal ? issuer : x500(issuer));
            }
        }
        return names;
    }

    /**
     * Returns the issuer as an X.500 name. One that is not a name is kept, since an empty set of issuers would match
     * all keys.
     */
    private static Principal x500(Principal issuer) {
        try {
            return new X500Principal(issuer.getName());
        } catch (IllegalArgumentException e) {
            return issuer;
        }
    }

    private static String @Nullable [] arrayOf(@Nullable String keyType) {
        return keyType == null ? null : new String[] {keyType};
    }

    private static @Nullable String first(List<KeyEntry> keys) {
        return keys.isEmpty() ? null : keys.getFirst().alias();
    }

    private static String @Nullable [] all(List<KeyEntry> keys) {
        return keys.isEmpty() ? null : keys.stream().map(KeyEntry::alias).toArray(String[]::new);
    }
}
