package io.heddle.engine.handshake;

import io.heddle.cipher.Sigalg;
import io.heddle.cipher.Suite;
import io.heddle.engine.crypto.FatalAlerts;
import io.heddle.engine.crypto.Sigalgs;
import io.heddle.failure.Alert;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.rules.HostName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Hashtable;
import java.util.List;
import java.util.Optional;
import java.util.Vector;
import java.util.regex.Pattern;
import org.bouncycastle.tls.ClientHello;
import org.bouncycastle.tls.ExtensionType;
import org.bouncycastle.tls.KeyShareEntry;
import org.bouncycastle.tls.NameType;
import org.bouncycastle.tls.PskKeyExchangeMode;
import org.bouncycastle.tls.ServerName;
import org.bouncycastle.tls.TlsExtensionsUtils;
import org.bouncycastle.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a ClientHello that bctls passes to the server too late, or drops.
 *
 * @param hello the message as bctls reads it
 * @param version legacy_version as it was sent
 * @param servername a host name or an address (RFC 6066 3), in ASCII and without the final dot that some clients send;
 *     an empty name is none
 * @param keyShares the groups for which the client sent a key (RFC 8446 4.2.8)
 * @param sigalgs the signature algorithms that Heddle has too
 * @param groups RFC 8446 4.2.7; null if the client sent no list
 */
@SuppressWarnings({"rawtypes", "JdkObsolete"})
record ClientHelloInfo(
        ClientHello hello,
        int version,
        Optional<String> servername,
        List<Integer> keyShares,
        List<Sigalg> sigalgs,
        int @Nullable [] groups) {
    /** RFC 1035 3.1, in bytes. */
    private static final int LONGEST_NAME = 255;

    /** Labels of at most 63 bytes, with or without the final dot. No repetition can match the same text in two ways. */
    private static final Pattern HOST_NAME = Pattern.compile("[A-Za-z0-9_-]{1,63}(\\.[A-Za-z0-9_-]{1,63})*+\\.?");

    /** Of IPv6; one of IPv4 looks like a host name. */
    private static final Pattern ADDRESS = Pattern.compile("(?=[^:]*+:[^:]*+:)[0-9A-Fa-f:.]{2,45}");

    /**
     * Returns the parts of a ClientHello.
     *
     * @param version legacy_version as it was sent, see {@link ClientHelloRules#readable}
     * @param tls13 whether that will be the version; in the others a key_share means nothing, whatever it holds
     */
    static ClientHelloInfo of(ClientHello hello, int version, boolean tls13) throws IOException {
        Hashtable extensions = hello.getExtensions();
        if (extensions == null) {
            return new ClientHelloInfo(hello, version, Optional.empty(), List.of(), List.of(), null);
        }
        return new ClientHelloInfo(
                hello,
                version,
                servername(extensions),
                tls13 ? keyShares(extensions) : List.of(),
                Sigalgs.of(TlsExtensionsUtils.getSignatureAlgorithmsExtension(extensions)),
                TlsExtensionsUtils.getSupportedGroupsExtension(extensions));
    }

    private static Optional<String> servername(Hashtable extensions) throws IOException {
        Vector names = TlsExtensionsUtils.getServerNameExtensionClient(extensions);
        if (names == null) {
            return Optional.empty();
        }
        for (Object entry : names) {
            if (entry instanceof ServerName name && name.getNameType() == NameType.host_name) {
                String host = hostName(name.getNameData());
                return host.isEmpty() ? Optional.empty() : Optional.of(host);
            }
        }
        return Optional.empty();
    }

    /**
     * Returns a HostName (RFC 6066 3), without the final dot that some clients send. Underscores are taken as well,
     * since hosts have them, and so are addresses, which the RFC forbids and Node's client sends where an application
     * says so.
     *
     * @throws IOException the fatal alert if it is neither; OpenSSL sends the same one
     */
    private static String hostName(byte[] data) throws IOException {
        // One character for each byte, so that the failure shows all of them.
        String sent = new String(data, StandardCharsets.ISO_8859_1);
        String name = sent.length() > 1 ? HostName.withoutFinalDot(sent) : sent;
        if (name.isEmpty()) {
            return name;
        }
        if (name.length() > LONGEST_NAME
                || !(HOST_NAME.matcher(name).matches() || ADDRESS.matcher(name).matches())) {
            throw FatalAlerts.alert(Code.ERR_SSL_ILLEGAL_PARAMETER.failure(
                    Alert.UNRECOGNIZED_NAME,
                    "servername: the client asked for \"%s\" (%d bytes), a host name has at most 255 bytes in labels of letters, digits, - and _",
                    TlsFailure.printable(name),
                    name.length()));
        }
        return name;
    }

    private static List<Integer> keyShares(Hashtable extensions) throws IOException {
        Vector shares = TlsExtensionsUtils.getKeyShareClientHello(extensions);
        List<Integer> groups = new ArrayList<>();
        if (shares != null) {
            for (Object share : shares) {
                groups.add(((KeyShareEntry) share).getNamedGroup());
            }
        }
        return groups;
    }

    private boolean has(Integer extension) {
        return hello.getExtensions() != null && hello.getExtensions().containsKey(extension);
    }

    int[] suites() {
        return hello.getCipherSuites();
    }

    /** Returns legacy_session_id, which is that of a session in TLS 1.2 and below. */
    byte[] sessionId() {
        return hello.getSessionID();
    }

    /** Returns session_ticket of RFC 5077: null if the client does not support it, empty if it asks for a ticket. */
    byte @Nullable [] ticket() {
        return has(ExtensionType.session_ticket)
                ? (byte[]) hello.getExtensions().get(ExtensionType.session_ticket)
                : null;
    }

    /** Returns whether the client offers extended_master_secret (RFC 7627), which matters in TLS 1.2 and below. */
    boolean hasExtendedMasterSecret() {
        return has(TlsExtensionsUtils.EXT_extended_master_secret);
    }

    /** Returns whether the client can use tickets of TLS 1.3 (RFC 8446 4.2.9). */
    boolean acceptsTickets13() throws IOException {
        short[] modes = hello.getExtensions() == null
                ? null
                : TlsExtensionsUtils.getPSKKeyExchangeModesExtension(hello.getExtensions());
        return modes != null && Arrays.contains(modes, PskKeyExchangeMode.psk_dhe_ke);
    }

    /** Returns whether the client puts ChaCha20 first, as one without AES in hardware does. */
    boolean prefersChaCha() {
        int[] suites = suites();
        return suites.length > 0
                && Suite.of(suites[0])
                        .map(suite -> suite.encryption() == Suite.Encryption.CHACHA20_POLY1305)
                        .orElse(false);
    }
}
