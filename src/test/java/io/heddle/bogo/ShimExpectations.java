package io.heddle.bogo;

import io.heddle.cipher.Group;
import io.heddle.cipher.Sigalg;
import io.heddle.failure.TlsFailure;
import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The expectations of a test's options for a connection, compared with Heddle's results. */
final class ShimExpectations {
    private final ShimOptions options;
    private final ShimPeer tls;

    ShimExpectations(ShimOptions options, ShimPeer tls) {
        this.options = options;
        this.tls = tls;
    }

    void checkHandshake(boolean resumes) throws IOException, Unexpected {
        ShimPeer.Facts facts = tls.facts();
        if (options.has("-handshake-never-done")) {
            throw new Unexpected("the handshake was completed");
        }
        require("resumed", resumes && !options.has("-expect-session-miss"), facts.resumed());
        requireNumber("-expect-version", facts.version().code());
        for (String name : List.of("-expect-cipher", "-expect-cipher-aes")) {
            requireNumber(name, facts.suite().number());
        }
        if (options.has("-expect-curve-id")) {
            requireNumber("-expect-curve-id", facts.group().map(Group::number).orElse(0));
        }
        if (options.has("-expect-server-name")) {
            require("server name", options.text("-expect-server-name"), facts.servername());
        }
        String protocol = options.text(options.isServer() ? "-select-alpn" : "-expect-alpn")
                .orElse("");
        require("application protocol", protocol, facts.alpnProtocol().orElse(""));
        requireRetry();
        requireExtendedMasterSecret();
        requireSigalgs(facts);
        requirePeer(facts);
    }

    private void requirePeer(ShimPeer.Facts facts) throws IOException, Unexpected {
        boolean shared = options.has("-psk");
        if (shared || !options.isServer() || options.has("-require-any-client-certificate")) {
            require("peer has a certificate", !shared, !facts.certificates().isEmpty());
        }
        if (options.has("-expect-peer-cert-file")) {
            Path file = Path.of(options.text("-expect-peer-cert-file").orElseThrow());
            require("peer's certificates", RunnerCertificates.read(file), facts.certificates());
        }
        if (options.has("-expect-ocsp-response")) {
            byte[] expected = options.base64("-expect-ocsp-response").orElseThrow();
            byte[] given = facts.ocspResponse().orElse(new byte[0]);
            require("OCSP response", Arrays.toString(expected), Arrays.toString(given));
        }
        if (options.has("-expect-verify-result") && options.has("-verify-fail")) {
            require("authorized", false, facts.authorized());
        }
    }

    private void requireRetry() throws Unexpected {
        if (options.has("-expect-hrr") || options.has("-expect-no-hrr")) {
            String message = (options.isServer() ? "Sent" : "Received") + " Message: ServerHello,";
            long hellos = lines(message);
            require("ServerHello messages", options.has("-expect-hrr") ? 2L : 1L, hellos);
        }
    }

    /** Heddle reports only those of the peer that this side supports as well. */
    private void requireSigalgs(ShimPeer.Facts facts) throws Unexpected {
        List<String> expected = options.numbers("-expect-peer-verify-pref").stream()
                .flatMap(number -> Sigalg.of(number).stream())
                .map(Sigalg::opensslName)
                .toList();
        if (!expected.isEmpty()) {
            require("signature algorithms", expected, facts.sharedSigalgs());
        }
    }

    /** Without an extended master secret Heddle exports nothing in TLS 1.2 and below; there is no other sign of it. */
    private void requireExtendedMasterSecret() throws Unexpected {
        if (options.has("-expect-extended-master-secret")) {
            try {
                tls.export(1, "EXPERIMENTAL", Optional.empty());
            } catch (TlsFailure e) {
                throw new Unexpected("the connection has no extended master secret: %s", e.getMessage());
            }
        }
    }

    /** Checks the properties that may change after the handshake. */
    void checkEnd() throws Unexpected {
        if (options.has("-expect-total-renegotiations") && !isTls13()) {
            long updates = lines("New Keys: ");
            if (updates > 0) {
                require("renegotiations", (long) options.number("-expect-total-renegotiations"), updates - 1);
            }
        }
    }

    private long lines(String beginning) {
        return tls.trace().orElseThrow().stream()
                .filter(line -> line.startsWith(beginning))
                .count();
    }

    private boolean isTls13() {
        return tls.facts().version() == TlsVersion.TLS_1_3;
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
