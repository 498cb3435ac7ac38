package io.heddle.engine;

import io.heddle.cipher.Sigalg;
import io.heddle.cipher.Suite;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Hashtable;
import java.util.List;
import java.util.Optional;
import java.util.Vector;
import org.bouncycastle.tls.ClientHello;
import org.bouncycastle.tls.KeyShareEntry;
import org.bouncycastle.tls.NameType;
import org.bouncycastle.tls.ServerName;
import org.bouncycastle.tls.TlsExtensionsUtils;
import org.jspecify.annotations.Nullable;

/**
 * What a ClientHello says that bctls tells the server too late, or forgets.
 *
 * @param servername RFC 6066 3, without the final dot that it forbids and some clients send; an empty name is none
 * @param keyShares the groups for which the client sent a key (RFC 8446 4.2.8)
 * @param sigalgs those that we know
 * @param groups RFC 8446 4.2.7; null if it did not say
 */
@SuppressWarnings({"rawtypes", "JdkObsolete"})
record ClientOffer(
        Optional<String> servername,
        List<Integer> keyShares,
        List<Sigalg> sigalgs,
        int @Nullable [] groups,
        int[] suites) {
    /** What is known before there is a ClientHello. */
    static final ClientOffer NOTHING = new ClientOffer(Optional.empty(), List.of(), List.of(), null, new int[0]);

    static ClientOffer of(ClientHello hello) throws IOException {
        Hashtable extensions = hello.getExtensions();
        if (extensions == null) {
            return new ClientOffer(Optional.empty(), List.of(), List.of(), null, hello.getCipherSuites());
        }
        return new ClientOffer(
                servername(extensions),
                keyShares(extensions),
                Sigalgs.of(TlsExtensionsUtils.getSignatureAlgorithmsExtension(extensions)),
                TlsExtensionsUtils.getSupportedGroupsExtension(extensions),
                hello.getCipherSuites());
    }

    private static Optional<String> servername(Hashtable extensions) throws IOException {
        Vector names = TlsExtensionsUtils.getServerNameExtensionClient(extensions);
        if (names == null) {
            return Optional.empty();
        }
        for (Object each : names) {
            if (each instanceof ServerName name && name.getNameType() == NameType.host_name) {
                String text = new String(name.getNameData(), StandardCharsets.US_ASCII);
                String bare = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
                return bare.isEmpty() ? Optional.empty() : Optional.of(bare);
            }
        }
        return Optional.empty();
    }

    private static List<Integer> keyShares(Hashtable extensions) throws IOException {
        Vector shares = TlsExtensionsUtils.getKeyShareClientHello(extensions);
        List<Integer> groups = new ArrayList<>();
        if (shares != null) {
            for (Object each : shares) {
                groups.add(((KeyShareEntry) each).getNamedGroup());
            }
        }
        return groups;
    }

    /** Returns whether the client puts ChaCha20 first, as one without AES in hardware does. */
    boolean prefersChaCha() {
        return suites.length > 0
                && Suite.of(suites[0])
                        .map(suite -> suite.encryption() == Suite.Encryption.CHACHA20_POLY1305)
                        .orElse(false);
    }
}
