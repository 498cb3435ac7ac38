package io.heddle.engine.handshake;

import io.heddle.engine.crypto.FatalAlerts;
import io.heddle.engine.crypto.NegotiationText;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Hashtable;
import java.util.List;
import java.util.Set;
import java.util.Vector;
import org.bouncycastle.tls.ClientHello;
import org.bouncycastle.tls.ExtensionType;
import org.bouncycastle.tls.KeyShareEntry;
import org.bouncycastle.tls.OfferedPsks;
import org.bouncycastle.tls.PskIdentity;
import org.bouncycastle.tls.TlsExtensionsUtils;
import org.bouncycastle.tls.TlsUtils;
import org.jspecify.annotations.Nullable;

/**
 * The rules of a ClientHello that bctls 1.84 leaves out: those of its fields (RFC 5246 7.4.1.2, RFC 8446 4.1.2), of the
 * extensions that belong together (RFC 8446 9.2), and of the second one after a HelloRetryRequest.
 *
 * <pre>
 * struct {
 *     ProtocolVersion legacy_version;
 *     Random random;                                    32 bytes
 *     opaque legacy_session_id&lt;0..32&gt;;
 *     CipherSuite cipher_suites&lt;2..2^16-2&gt;;
 *     opaque legacy_compression_methods&lt;1..2^8-1&gt;;
 *     Extension extensions&lt;8..2^16-1&gt;;
 * } ClientHello;
 * </pre>
 */
@SuppressWarnings({"rawtypes", "JdkObsolete"})
public final class ClientHelloRules {
    /** The length of a ClientHello in bytes whose lists are all as long as their length fields allow. */
    static final int LONGEST = 2 + 32 + (1 + 32) + (2 + 65_534) + (1 + 255) + (2 + 65_535);

    private static final int SSL_3_0 = 0x0300;
    private static final int TLS_1_2 = 0x0303;
    private static final int RESERVED_VERSION = 0xfefe;

    /** The offset of legacy_session_id, behind version and random. */
    private static final int SESSION_ID = 2 + 32;

    private static final Integer ENCRYPTED_CLIENT_HELLO = 0xfe0d;

    /**
     * Extensions that may differ in the second ClientHello (RFC 8446 4.1.2). The payload of encrypted_client_hello is
     * sealed anew (RFC 9849 6.1.5), also towards a server that does not support it.
     */
    private static final Set<Integer> CHANGEABLE = Set.of(
            ExtensionType.key_share,
            ExtensionType.early_data,
            ExtensionType.cookie,
            ExtensionType.pre_shared_key,
            ExtensionType.padding,
            ENCRYPTED_CLIENT_HELLO);

    private final ClientHello hello;
    private final Hashtable extensions;
    private final int version;
    private final byte[] compressionMethods;

    private ClientHelloRules(byte[] message, ClientHello hello) {
        this.hello = hello;
        this.extensions = hello.getExtensions() == null ? new Hashtable() : hello.getExtensions();
        this.version = TlsUtils.readUint16(message, 0);
        this.compressionMethods = compressionMethods(message);
    }

    /**
     * Returns the rules of a ClientHello as bctls reads it, together with the fields that bctls drops. In the table of
     * extensions, the version 0xfefe becomes 0 in supported_versions, since bctls throws an IllegalArgumentException
     * where it reads that number; no version has either.
     *
     * @param message the body, without the header
     */
    public static ClientHelloRules of(byte[] message, ClientHello hello) {
        var rules = new ClientHelloRules(message, hello);
        byte[] versions = (byte[]) rules.extensions.get(TlsExtensionsUtils.EXT_supported_versions);
        for (int at = 1; versions != null && at + 2 <= versions.length; at += 2) {
            if (TlsUtils.readUint16(versions, at) == RESERVED_VERSION) {
                TlsUtils.writeUint16(0, versions, at);
            }
        }
        return rules;
    }

    /** Returns legacy_compression_methods; empty where the message ends too early, which bctls refuses. */
    private static byte[] compressionMethods(byte[] message) {
        int suites = SESSION_ID + 1 + (message.length > SESSION_ID ? message[SESSION_ID] & 0xff : 0);
        if (suites + 2 > message.length) {
            return TlsUtils.EMPTY_BYTES;
        }
        int methods = suites + 2 + TlsUtils.readUint16(message, suites);
        if (methods >= message.length) {
            return TlsUtils.EMPTY_BYTES;
        }
        int end = methods + 1 + (message[methods] & 0xff);
        return end > message.length ? TlsUtils.EMPTY_BYTES : Arrays.copyOfRange(message, methods + 1, end);
    }

    /**
     * Checks fields that bctls refuses with another alert, or not as a fault of the client, and returns the message as
     * bctls can read it: a legacy_version above TLS 1.2 means TLS 1.2 (RFC 5246 E.1), but bctls takes every major
     * version other than 3 for no version of TLS.
     */
    static byte[] readable(byte[] message) throws IOException {
        if (message.length < SESSION_ID) {
            return message;
        }
        int version = TlsUtils.readUint16(message, 0);
        if (version < SSL_3_0) {
            throw FatalAlerts.alert(Code.ERR_SSL_UNSUPPORTED_PROTOCOL.failure(
                    "version: the client offered 0x%04x, which is older than TLS 1.0", version));
        }
        byte[] methods = compressionMethods(message);
        if (methods.length > 0 && !contains(methods, 0)) {
            throw FatalAlerts.alert(Code.ERR_SSL_ILLEGAL_PARAMETER.failure(
                    "compression: the client offered %s, the null method (0) is required", shown(methods)));
        }
        if (version >>> 8 == SSL_3_0 >>> 8) {
            return message;
        }
        byte[] changed = message.clone();
        TlsUtils.writeUint16(TLS_1_2, changed, 0);
        return changed;
    }

    private static boolean contains(byte[] methods, int method) {
        for (byte offered : methods) {
            if (offered == method) {
                return true;
            }
        }
        return false;
    }

    private static String shown(byte[] methods) {
        return methods.length > 8 ? "%d methods".formatted(methods.length) : Arrays.toString(methods);
    }

    /** Returns client_version as it was sent, which is also in the premaster secret of RSA (RFC 5246 7.4.7.1). */
    int version() {
        return version;
    }

    /** Checks the rules of every version. */
    void requireAnyVersion() throws IOException {
        if (version == SSL_3_0 && extensions.containsKey(TlsExtensionsUtils.EXT_supported_versions)) {
            // RFC 8446 D.5: whatever else is offered. Without the extension the choice of the version ends the same
            // way.
            throw FatalAlerts.alert(Code.ERR_SSL_UNSUPPORTED_PROTOCOL.failure(
                    "version: the client's legacy_version is SSL 3.0 (0x0300), at least 0x0301 is required"));
        }
        Vector protocols = TlsExtensionsUtils.getALPNExtensionClient(extensions);
        if (protocols != null && protocols.isEmpty()) {
            // RFC 7301 3.1: ProtocolName protocol_name_list<2..2^16-1>.
            throw FatalAlerts.alert(Code.ERR_SSL_BAD_LENGTH.failure(
                    "alpn: the client sent a list without a protocol, at least one is required"));
        }
    }

    /** Checks the rules that TLS 1.3 adds, once the server has chosen it. */
    void requireTls13() throws IOException {
        if (compressionMethods.length != 1) {
            throw FatalAlerts.alert(Code.ERR_SSL_ILLEGAL_PARAMETER.failure(
                    "compression: the client offered %s with TLS 1.3, the null method [0] alone is allowed",
                    shown(compressionMethods)));
        }
        boolean psk = has(ExtensionType.pre_shared_key);
        // RFC 8446 9.2, 4.2.9
        requireTogether(ExtensionType.supported_groups, ExtensionType.key_share);
        requireTogether(ExtensionType.key_share, ExtensionType.supported_groups);
        requireTogether(ExtensionType.pre_shared_key, ExtensionType.psk_key_exchange_modes);
        if (!psk) {
            require(ExtensionType.signature_algorithms, "a ClientHello without pre_shared_key");
            require(ExtensionType.supported_groups, "a ClientHello without pre_shared_key");
        }
        TlsExtensionsUtils.getPSKKeyExchangeModesExtension(extensions);
        requireShares();
    }

    private boolean has(int type) {
        return extensions.containsKey(type);
    }

    private void requireTogether(int present, int required) throws IOException {
        if (has(present)) {
            require(required, "a ClientHello with " + ExtensionType.getName(present));
        }
    }

    private void require(int type, String where) throws IOException {
        if (!has(type)) {
            throw FatalAlerts.alert(Code.ERR_SSL_MISSING_EXTENSION.failure(
                    "handshake: the client sent no %s, %s of TLS 1.3 requires it", ExtensionType.getName(type), where));
        }
    }

    /** RFC 8446 4.2.8: one share at most of each group, and of the offered groups only. */
    private void requireShares() throws IOException {
        Vector shares = TlsExtensionsUtils.getKeyShareClientHello(extensions);
        int[] groups = TlsExtensionsUtils.getSupportedGroupsExtension(extensions);
        if (shares == null || groups == null) {
            return;
        }
        Set<Integer> offered = new HashSet<>();
        for (int group : groups) {
            offered.add(group);
        }
        Set<Integer> seen = new HashSet<>();
        for (Object share : shares) {
            int group = ((KeyShareEntry) share).getNamedGroup();
            if (!offered.contains(group)) {
                throw FatalAlerts.alert(Code.ERR_SSL_ILLEGAL_PARAMETER.failure(
                        "group: the client sent a key_share of %s, which is not among its supported_groups",
                        NegotiationText.groups(new int[] {group})));
            }
            if (!seen.add(group)) {
                throw FatalAlerts.alert(Code.ERR_SSL_ILLEGAL_PARAMETER.failure(
                        "group: the client sent more than one key_share of %s",
                        NegotiationText.groups(new int[] {group})));
            }
        }
    }

    /**
     * Checks the answer to a HelloRetryRequest (RFC 8446 4.1.2) against the ClientHello before it; bctls looks at its
     * cookie and key.
     */
    void requireRepeats(ClientHelloRules first) throws IOException {
        requireSame("legacy_version", first.version == version);
        requireSame("random", Arrays.equals(first.hello.getRandom(), hello.getRandom()));
        requireSame("legacy_session_id", Arrays.equals(first.hello.getSessionID(), hello.getSessionID()));
        requireSame("cipher_suites", Arrays.equals(first.hello.getCipherSuites(), hello.getCipherSuites()));
        Set<Integer> types = new HashSet<>();
        for (Hashtable table : List.of(first.extensions, extensions)) {
            for (Object type : table.keySet()) {
                types.add((Integer) type);
            }
        }
        types.removeAll(CHANGEABLE);
        for (Integer type : types) {
            requireSame(ExtensionType.getText(type), Arrays.equals((byte[]) first.extensions.get(type), (byte[])
                    extensions.get(type)));
        }
        if (has(ExtensionType.early_data)) {
            throw FatalAlerts.alert(
                    Code.ERR_SSL_ILLEGAL_PARAMETER.failure(
                            "handshake: the client sent early_data in the ClientHello after a HelloRetryRequest, where it is not allowed"));
        }
    }

    /**
     * Checks pre_shared_key of the answer to a HelloRetryRequest: a client may take back keys, but only those that do
     * not go with the suite of the HelloRetryRequest (RFC 8446 4.1.2).
     *
     * @param selected the identity of the key that the server selected in the first ClientHello, and that decided the
     *     suite; null if it selected none
     */
    void requireIdentities(ClientHelloRules first, byte @Nullable [] selected) throws IOException {
        Set<ByteBuffer> repeated = identities();
        if (selected != null && !repeated.contains(ByteBuffer.wrap(selected))) {
            throw FatalAlerts.alert(
                    Code.ERR_SSL_ILLEGAL_PARAMETER.failure(
                            "psk: the client left out a key in the ClientHello after a HelloRetryRequest that goes with its suite"));
        }
        if (!first.identities().containsAll(repeated)) {
            throw FatalAlerts.alert(
                    Code.ERR_SSL_ILLEGAL_PARAMETER.failure(
                            "psk: the client added a key in the ClientHello after a HelloRetryRequest, which repeats the first one"));
        }
    }

    /** Returns the identities of pre_shared_key, empty if there are none. */
    private Set<ByteBuffer> identities() throws IOException {
        Set<ByteBuffer> identities = new HashSet<>();
        OfferedPsks offered = TlsExtensionsUtils.getPreSharedKeyClientHello(extensions);
        if (offered != null) {
            for (Object identity : offered.getIdentities()) {
                identities.add(ByteBuffer.wrap(((PskIdentity) identity).getIdentity()));
            }
        }
        return identities;
    }

    private static void requireSame(String field, boolean same) throws IOException {
        if (!same) {
            throw FatalAlerts.alert(Code.ERR_SSL_ILLEGAL_PARAMETER.failure(
                    "handshake: the client changed %s in the ClientHello after a HelloRetryRequest, which repeats the first one",
                    field));
        }
    }

    /** Returns whether a server of these versions chooses TLS 1.3 from what the client offers. */
    boolean leadsToTls13(List<TlsVersion> servers) throws IOException {
        var offered = TlsExtensionsUtils.getSupportedVersionsExtensionClient(extensions);
        return offered != null
                && servers.contains(TlsVersion.TLS_1_3)
                && Arrays.asList(offered).contains(HandshakeSettings.protocolVersion(TlsVersion.TLS_1_3));
    }
}
