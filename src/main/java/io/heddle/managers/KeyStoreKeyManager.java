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
 * A key manager that finds the key that does best for a handshake.
 *
 * <p>A key is left out if it is not of a kind that was asked for, if none of the issuers that were named vouches for it, if the peer cannot check its signatures,
 * or if the algorithm constraints of the {@code SSLParameters} forbid it. Of the others those come first whose certificate is for this purpose, is valid now and, on
 * a server, is for the name that the client asked for, in this order of weight; then the order of the kinds that were asked for counts, then that of the store. So a
 * certificate that has expired is shown rather than none, as by the JDK.
 *
 * <p>What a handshake knows is read from the handshake session of the socket or engine; without one it is not considered. Thread-safe.
 */
final class KeyStoreKeyManager extends X509ExtendedKeyManager {
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
        return first(ranked(Purpose.SERVER, one(keyType), issuers, Handshake.of(socket)));
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            @Nullable String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return first(ranked(Purpose.SERVER, one(keyType), issuers, Handshake.of(engine)));
    }

    @Override
    public String @Nullable [] getClientAliases(@Nullable String keyType, Principal @Nullable [] issuers) {
        return all(ranked(Purpose.CLIENT, one(keyType), issuers, Handshake.NONE));
    }

    @Override
    public String @Nullable [] getServerAliases(@Nullable String keyType, Principal @Nullable [] issuers) {
        return all(ranked(Purpose.SERVER, one(keyType), issuers, Handshake.NONE));
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

    /** What is known of a handshake. */
    private record Handshake(
            @Nullable SSLSession session, @Nullable SSLParameters parameters) {
        static final Handshake NONE = new Handshake(null, null);

        static Handshake of(@Nullable Socket socket) {
            try {
                return socket instanceof SSLSocket tls
                        ? new Handshake(tls.getHandshakeSession(), tls.getSSLParameters())
                        : NONE;
            } catch (UnsupportedOperationException old) {
                return NONE;
            }
        }

        static Handshake of(@Nullable SSLEngine engine) {
            try {
                return engine == null ? NONE : new Handshake(engine.getHandshakeSession(), engine.getSSLParameters());
            } catch (UnsupportedOperationException old) {
                return NONE;
            }
        }

        boolean permits(OwnKey key) {
            return parameters == null
                    || ChainConstraints.violated(parameters.getAlgorithmConstraints(), key.chain())
                            .isEmpty();
        }
    }

    /** A key that can be taken, and what speaks against it. */
    private record Candidate(OwnKey key, boolean wrongUse, boolean notValid, boolean otherName, int preference) {
        static final Comparator<Candidate> BEST_FIRST = Comparator.comparing(Candidate::wrongUse)
                .thenComparing(Candidate::notValid)
                .thenComparing(Candidate::otherName)
                .thenComparingInt(Candidate::preference);
    }

    private List<OwnKey> ranked(
            Purpose purpose, String @Nullable [] keyTypes, Principal @Nullable [] issuers, Handshake handshake) {
        if (keyTypes == null || keyTypes.length == 0) {
            return List.of();
        }
        Set<Principal> wanted = names(issuers);
        PeerSignatures signatures = PeerSignatures.of(handshake.session);
        Optional<String> servername =
                purpose == Purpose.SERVER ? PeerName.servername(handshake.session) : Optional.empty();
        Instant now = clock.instant();
        List<Candidate> candidates = new ArrayList<>();
        for (OwnKey key : source.keys()) {
            int preference = preference(keyTypes, key);
            if (preference >= 0 && key.issuedByOneOf(wanted) && signatures.allow(key) && handshake.permits(key)) {
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

    private static int preference(String[] keyTypes, OwnKey key) {
        for (int i = 0; i < keyTypes.length; i++) {
            if (keyTypes[i] != null && KeyTypeRequest.means(keyTypes[i], key)) {
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

    /** One that is no name issued nothing, but it must not count as if nobody had been named. */
    private static Principal x500(Principal issuer) {
        try {
            return new X500Principal(issuer.getName());
        } catch (IllegalArgumentException notAName) {
            return issuer;
        }
    }

    private static String @Nullable [] one(@Nullable String keyType) {
        return keyType == null ? null : new String[] {keyType};
    }

    private static @Nullable String first(List<OwnKey> keys) {
        return keys.isEmpty() ? null : keys.getFirst().alias();
    }

    private static String @Nullable [] all(List<OwnKey> keys) {
        return keys.isEmpty() ? null : keys.stream().map(OwnKey::alias).toArray(String[]::new);
    }
}
