package io.heddle.cli;

import io.heddle.CipherInfo;
import io.heddle.EphemeralKeyInfo;
import io.heddle.TlsSocket;
import io.heddle.certificate.CertificateInfo;
import io.heddle.certificate.OcspVerdict;
import io.heddle.certificate.Problem;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The JSON object of {@code heddle connect --json} for one connection. Unknown values are null. */
final class ConnectReport {
    private final Map<String, @Nullable Object> values = new LinkedHashMap<>();

    ConnectReport() {
        for (String name : List.of("protocol", "cipher", "group", "ephemeralKeyInfo", "alpn", "servername")) {
            values.put(name, null);
        }
        values.put("resumed", false);
        values.put("authorized", false);
        for (String name : List.of("authorizationError", "peerCertificate", "staple")) {
            values.put(name, null);
        }
        values.put("received", "");
        values.put("error", null);
    }

    void connected(TlsSocket socket) {
        values.put("protocol", socket.getProtocol());
        values.put("cipher", cipher(socket.getCipher()));
        values.put(
                "group",
                socket.getEphemeralKeyInfo().map(EphemeralKeyInfo::name).orElse(null));
        values.put(
                "ephemeralKeyInfo",
                socket.getEphemeralKeyInfo().map(ConnectReport::ephemeralKey).orElse(null));
        values.put("alpn", socket.alpnProtocol().orElse(null));
        values.put("servername", socket.servername().orElse(null));
        values.put("resumed", socket.isSessionReused());
        values.put("authorized", socket.authorized());
        values.put(
                "authorizationError",
                socket.authorizationError().map(Enum::name).orElse(null));
        values.put(
                "staple",
                socket.ocspVerdict()
                        .map(verdict -> staple(socket.ocspResponse(), verdict))
                        .orElse(null));
        List<X509Certificate> peer = socket.peerCertificates();
        if (!peer.isEmpty()) {
            values.put("peerCertificate", CertificateInfo.of(peer.getFirst()).toMap());
        }
    }

    void received(String text) {
        values.put("received", text);
    }

    void failed(Exception failure) {
        values.put("error", ConnectionFacts.of(failure));
        if (failure instanceof TlsFailure tls && isVerdict(tls.code())) {
            values.put("authorizationError", tls.code().name());
        }
    }

    String toJson() {
        return JsonLine.of(values);
    }

    private static boolean isVerdict(Code code) {
        return code.isVerification()
                || code == Code.ERR_TLS_CERT_ALTNAME_INVALID
                || code == Code.ERR_TLS_CERT_ALTNAME_FORMAT;
    }

    /** Returns null if there was no response. */
    private static @Nullable Map<String, @Nullable Object> staple(Optional<byte[]> response, OcspVerdict verdict) {
        if (response.isEmpty()) {
            return null;
        }
        var values = new LinkedHashMap<String, @Nullable Object>();
        values.put("bytes", response.get().length);
        values.put("base64", Base64.getEncoder().encodeToString(response.get()));
        values.put("status", verdict.status().name().toLowerCase(Locale.ROOT));
        values.put("thisUpdate", verdict.thisUpdate().map(Instant::toString).orElse(null));
        values.put("nextUpdate", verdict.nextUpdate().map(Instant::toString).orElse(null));
        values.put("problem", verdict.problem().map(Problem::sentence).orElse(null));
        return values;
    }

    private static Map<String, Object> cipher(CipherInfo cipher) {
        var values = new LinkedHashMap<String, Object>();
        values.put("name", cipher.name());
        values.put("standardName", cipher.standardName());
        values.put("version", cipher.version());
        return values;
    }

    private static Map<String, Object> ephemeralKey(EphemeralKeyInfo key) {
        var values = new LinkedHashMap<String, Object>();
        values.put("type", key.type());
        values.put("name", key.name());
        if (key.size() > 0) {
            values.put("size", key.size());
        }
        return values;
    }
}
