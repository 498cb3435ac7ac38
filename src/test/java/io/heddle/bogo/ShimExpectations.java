package io.heddle.bogo;

import io.heddle.EphemeralKeyInfo;
import io.heddle.TlsSocket;
import io.heddle.cipher.Group;
import io.heddle.cipher.Sigalg;
import io.heddle.cipher.Suite;
import io.heddle.cipher.TlsVersion;
import io.heddle.failure.TlsFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What the options of a test say about a connection, compared with what Heddle tells of it. */
final class ShimExpectations {
    private final ShimOptions options;
    private final TlsSocket tls;
    private final List<String> trace;

    ShimExpectations(ShimOptions options, TlsSocket tls, List<String> trace) {
        this.options = options;
        this.tls = tls;
        this.trace = trace;
    }

    void checkHandshake(boolean resumes) throws IOException, Unexpected {
        if (options.has("-handshake-never-done")) {
            throw new Unexpected("the handshake was completed");
        }
        require("resumed", resumes && !options.has("-expect-session-miss"), tls.isSessionReused());
        requireNumber("-expect-version", version().code());
        for (String name : List.of("-expect-cipher", "-expect-cipher-aes")) {
            requireNumber(name, suite().number());
        }
        if (options.has("-expect-curve-id")) {
            requireNumber("-expect-curve-id", group());
        }
        if (options.has("-expect-server-name")) {
            require("server name", options.text("-expect-server-name"), tls.servername());
        }
        String protocol = options.text(options.isServer() ? "-select-alpn" : "-expect-alpn")
                .orElse("");
        require("application protocol", protocol, tls.alpnProtocol().orElse(""));
        requireRetry();
        requireExtendedMasterSecret();
        requireSigalgs();
        requirePeer();
    }

    private void requirePeer() throws IOException, Unexpected {
        boolean shared = options.has("-psk");
        if (shared || !options.isServer() || options.has("-require-any-client-certificate")) {
            require("peer has a certificate", !shared, !tls.peerCertificates().isEmpty());
        }
        if (options.has("-expect-peer-cert-file")) {
            Path file = Path.of(options.text("-expect-peer-cert-file").orElseThrow());
            require("peer's certificates", RunnerCertificates.read(file), tls.peerCertificates());
        }
        if (options.has("-expect-ocsp-response")) {
            byte[] expected = options.base64("-expect-ocsp-response").orElseThrow();
            byte[] given = tls.ocspResponse().orElse(new byte[0]);
            require("OCSP response", Arrays.toString(expected), Arrays.toString(given));
        }
        if (options.has("-expect-verify-result") && options.has("-verify-fail")) {
            require("authorized", false, tls.authorized());
        }
    }

    private void requireRetry() throws Unexpected {
        if (options.has("-expect-hrr") || options.has("-expect-no-hrr")) {
            String message = (options.isServer() ? "Sent" : "Received") + " Message: ServerHello,";
            long hellos =
                    trace.stream().filter(line -> line.startsWith(message)).count();
            require("ServerHello messages", options.has("-expect-hrr") ? 2L : 1L, hellos);
        }
    }

    /** Heddle tells those of the peer that this side has as well. */
    private void requireSigalgs() throws Unexpected {
        List<String> expected = options.numbers("-expect-peer-verify-pref").stream()
                .flatMap(number -> Sigalg.of(number).stream())
                .map(Sigalg::opensslName)
                .toList();
        if (!expected.isEmpty()) {
            require("signature algorithms", expected, tls.getSharedSigalgs());
        }
    }

    /** Without an extended master secret Heddle exports nothing in TLS 1.2 and below, and says nothing else about it. */
    private void requireExtendedMasterSecret() throws Unexpected {
        if (options.has("-expect-extended-master-secret")) {
            try {
                tls.exportKeyingMaterial(1, "EXPERIMENTAL");
            } catch (TlsFailure e) {
                throw new Unexpected("the connection has no extended master secret: %s", e.getMessage());
            }
        }
    }

    /** What may change after the handshake. */
    void checkEnd() throws Unexpected {
        if (options.has("-expect-total-renegotiations") && !isTls13()) {
            long made =
                    trace.stream().filter(line -> line.startsWith("New Keys: ")).count();
            if (made > 0) {
                require("renegotiations", (long) options.number("-expect-total-renegotiations"), made - 1);
            }
        }
    }

    private boolean isTls13() {
        return version() == TlsVersion.TLS_1_3;
    }

    private TlsVersion version() {
        return Optional.ofNullable(tls.getProtocol())
                .flatMap(TlsVersion::ofProtocol)
                .orElseThrow();
    }

    private Suite suite() {
        return Suite.ofName(tls.getCipher().name()).orElseThrow();
    }

    private int group() {
        return tls.getEphemeralKeyInfo()
                .map(EphemeralKeyInfo::name)
                .flatMap(Group::ofName)
                .map(Group::number)
                .orElse(0);
    }

    private void requireNumber(String name, int given) throws Unexpected {
        int expected = options.number(name);
        if (expected != 0) {
            require(name, "0x%04x".formatted(expected), "0x%04x".formatted(given));
        }
    }

    private static void require(String what, Object expected, Object given) throws Unexpected {
        if (!expected.equals(given)) {
            throw new Unexpected("%s: expected %s, got %s", what, expected, given);
        }
    }
}
