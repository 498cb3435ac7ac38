package io.heddle.engine.handshake;

import io.heddle.engine.crypto.FatalAlerts;
import io.heddle.failure.TlsFailure.Code;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Hashtable;
import java.util.Set;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.ExtensionType;
import org.bouncycastle.tls.ServerHello;
import org.bouncycastle.tls.TlsExtensionsUtils;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsUtils;
import org.jspecify.annotations.Nullable;

/** The rules of ServerHello, HelloRetryRequest and NewSessionTicket that bctls 1.84 leaves out. */
@SuppressWarnings({"rawtypes", "JdkObsolete"})
final class ServerFlightRules {
    private static final int SSL_3_0 = 0x0300;
    private static final int TLS_1_3 = 0x0304;
    private static final int MAJOR_TLS = 3;

    /**
     * Extensions that no ServerHello of TLS 1.2 or below has, though a ClientHello that offers TLS 1.3 as well
     * has some.
     */
    private static final Set<Integer> NOT_OF_TLS_1_2 = Set.of(
            ExtensionType.pre_shared_key,
            ExtensionType.early_data,
            ExtensionType.cookie,
            ExtensionType.psk_key_exchange_modes,
            ExtensionType.key_share,
            ExtensionType.compress_certificate);

    private ServerFlightRules() {}

    /**
     * Checks legacy_version, at which bctls throws an IllegalArgumentException, or which it reports as a version that
     * was not offered.
     *
     * @param message the body of a ServerHello; one that is too short is left to bctls
     */
    static void requireVersion(byte[] message) throws IOException {
        if (message.length < 2) {
            return;
        }
        int version = TlsUtils.readUint16(message, 0);
        if (version <= SSL_3_0 || version >>> 8 != MAJOR_TLS) {
            // RFC 8446 D.5, also beside a supported_versions with TLS 1.3.
            throw FatalAlerts.alert(Code.ERR_SSL_UNSUPPORTED_PROTOCOL.failure(
                    "version: the server's legacy_version is 0x%04x, which is no version of TLS", version));
        }
    }

    /**
     * Checks the extensions of a ServerHello or HelloRetryRequest.
     *
     * @param offered those of the ClientHello
     */
    static void requireExtensions(ServerHello hello, @Nullable Hashtable offered) throws IOException {
        Hashtable extensions = hello.getExtensions();
        if (extensions == null) {
            return;
        }
        byte[] version = (byte[]) extensions.get(TlsExtensionsUtils.EXT_supported_versions);
        boolean retry = hello.isHelloRetryRequest();
        boolean tls13 = version != null || retry;
        if (version != null && version.length == 2 && TlsUtils.readUint16(version, 0) != TLS_1_3) {
            // RFC 8446 4.2.1
            throw FatalAlerts.alert(Code.ERR_SSL_ILLEGAL_PARAMETER.failure(
                    "version: the server's supported_versions has 0x%04x, only TLS 1.3 (0x0304) is chosen there",
                    TlsUtils.readUint16(version, 0)));
        }
        String where = retry ? "HelloRetryRequest" : "ServerHello";
        for (Object each : extensions.keySet()) {
            Integer type = (Integer) each;
            // RFC 8446 4.2; RFC 5746 3.6, where a suite asks for the answer
            boolean unasked = retry ? type == ExtensionType.cookie : !tls13 && type == ExtensionType.renegotiation_info;
            if (!unasked && (offered == null || !offered.containsKey(type))) {
                throw FatalAlerts.alert(Code.ERR_SSL_UNSOLICITED_EXTENSION.failure(
                        "handshake: the server sent the extension %s in %s, which the client did not ask for",
                        ExtensionType.getText(type), where));
            }
            if (!tls13 && NOT_OF_TLS_1_2.contains(type)) {
                throw FatalAlerts.alert(Code.ERR_SSL_ILLEGAL_PARAMETER.failure(
                        "handshake: the server sent the extension %s in a ServerHello of TLS 1.2 or below, it belongs to TLS 1.3",
                        ExtensionType.getText(type)));
            }
        }
        if (tls13 && !retry && !extensions.containsKey(TlsExtensionsUtils.EXT_key_share)) {
            // RFC 8446 4.2.9: a client that offers psk_dhe_ke alone gets a key in any case.
            throw FatalAlerts.alert(
                    Code.ERR_SSL_MISSING_EXTENSION.failure(
                            "handshake: the server sent a ServerHello of TLS 1.3 without key_share, which the client requires"));
        }
    }

    /**
     * Checks session_id of a ServerHello of TLS 1.2 or below: the client's own id means that the session of that id
     * goes on (RFC 5246 7.4.1.3), and the id of a client of TLS 1.3 (RFC 8446 D.4) is of no session.
     *
     * @param sent the id in the ClientHello
     * @param session the id of the session that it offers, empty if it offers none
     */
    static void requireKnownSession(ServerHello hello, byte[] sent, byte[] session) throws IOException {
        Hashtable extensions = hello.getExtensions();
        boolean tls13 = hello.isHelloRetryRequest()
                || (extensions != null && extensions.containsKey(TlsExtensionsUtils.EXT_supported_versions));
        byte[] id = hello.getSessionID();
        if (!tls13 && id.length > 0 && Arrays.equals(id, sent) && !Arrays.equals(id, session)) {
            throw FatalAlerts.alert(Code.ERR_SSL_ILLEGAL_PARAMETER.failure(
                    "session: the server resumes a session of TLS 1.2 or below, the client offered none"));
        }
    }

    /**
     * Checks the answers in a ServerHello of TLS 1.2 or below, or in EncryptedExtensions.
     *
     * @param extensions null if there are none
     */
    static void requireAnswers(@Nullable Hashtable extensions) throws IOException {
        byte[] name = extensions == null ? null : (byte[]) extensions.get(TlsExtensionsUtils.EXT_server_name);
        if (name != null && name.length > 0) {
            // RFC 6066 3
            throw FatalAlerts.alert(Code.ERR_SSL_BAD_LENGTH.failure(
                    "servername: the server answered with %d bytes of server_name, none are allowed", name.length));
        }
    }

    /**
     * Checks the extensions of NewSessionTicket in TLS 1.3 (RFC 8446 4.6.1): each type once, and of those that the
     * message does not define only unknown ones.
     */
    static void requireTicketExtensions(byte[] list) throws IOException {
        var in = new ByteArrayInputStream(list);
        Set<Integer> seen = new HashSet<>();
        while (in.available() > 0) {
            int type = TlsUtils.readUint16(in);
            byte[] content = TlsUtils.readOpaque16(in);
            if (!seen.add(type)) {
                throw FatalAlerts.alert(Code.ERR_SSL_ILLEGAL_PARAMETER.failure(
                        "ticket: the server sent the extension %s twice in a NewSessionTicket",
                        ExtensionType.getText(type)));
            }
            if (type == ExtensionType.early_data) {
                if (content.length != Integer.BYTES) {
                    throw new TlsFatalAlert(
                            AlertDescription.decode_error,
                            "early_data of %d bytes in a NewSessionTicket, 4 are allowed".formatted(content.length));
                }
            } else if (ExtensionType.isRecognized(type)) {
                throw FatalAlerts.alert(Code.ERR_SSL_ILLEGAL_PARAMETER.failure(
                        "ticket: the server sent the extension %s in a NewSessionTicket, where it is not defined",
                        ExtensionType.getText(type)));
            }
        }
    }
}
