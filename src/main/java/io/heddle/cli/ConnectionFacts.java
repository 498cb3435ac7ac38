package io.heddle.cli;

import io.heddle.EphemeralKeyInfo;
import io.heddle.TlsSocket;
import io.heddle.failure.Alert;
import io.heddle.failure.TlsFailure;
import java.security.cert.X509Certificate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The properties of a connection, under the names of the events. */
final class ConnectionFacts {
    private ConnectionFacts() {}

    /** Returns the negotiated parameters. */
    static Map<String, @Nullable Object> of(TlsSocket socket) {
        var facts = new LinkedHashMap<String, @Nullable Object>();
        facts.put("protocol", socket.getProtocol());
        facts.put("cipher", socket.getCipher().name());
        facts.put(
                "group",
                socket.getEphemeralKeyInfo().map(EphemeralKeyInfo::name).orElse(null));
        facts.put("alpn", socket.alpnProtocol().orElse(null));
        facts.put("servername", socket.servername().orElse(null));
        facts.put("resumed", socket.isSessionReused());
        facts.put("resumption", socket.resumption().orElse(null));
        socket.resumptionRefusal()
                .ifPresent(
                        reason -> facts.put("resumptionRefusal", reason.name().toLowerCase(Locale.ROOT)));
        facts.put("authorized", socket.authorized());
        facts.put(
                "authorizationError",
                socket.authorizationError().map(Enum::name).orElse(null));
        List<X509Certificate> peer = socket.peerCertificates();
        facts.put(
                "peerSubject",
                peer.isEmpty()
                        ? null
                        : peer.getFirst().getSubjectX500Principal().getName());
        facts.put("remote", Addresses.text(socket.getRemoteSocketAddress()));
        return facts;
    }

    /** Returns a failure as code, message and alert. */
    static Map<String, @Nullable Object> of(Exception failure) {
        ErrorLine line = ErrorLine.of(failure);
        var facts = new LinkedHashMap<String, @Nullable Object>();
        facts.put("code", line.code());
        facts.put("message", line.sentence());
        facts.put(
                "alert",
                failure instanceof TlsFailure tls
                        ? tls.alert().map(Alert::toString).orElse(null)
                        : null);
        return facts;
    }
}
