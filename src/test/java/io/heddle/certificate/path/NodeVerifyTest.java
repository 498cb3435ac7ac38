package io.heddle.certificate.path;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.Gson;
import io.heddle.certificate.TestPki;
import io.heddle.certificate.file.TrustedCertificate;
import io.heddle.certificate.x509.Purpose;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.interop.Node;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compares verdicts with the {@code authorizationError} of the installed Node on real connections over loopback. */
@Tag("interop")
@Tag("node")
class NodeVerifyTest {
    private static final String SCRIPT = """
            const tls = require('tls');
            const cases = JSON.parse(require('fs').readFileSync(process.argv[2]));
            const trust = (c) => ({ ca: c.ca, crl: c.crl.length ? c.crl : undefined, allowPartialTrustChain: c.partial, rejectUnauthorized: false, ciphers: 'DEFAULT@SECLEVEL=1' });
            const own = (c) => ({ key: c.key, cert: c.cert, ciphers: 'DEFAULT@SECLEVEL=0' });
            const plain = { key: cases[0].key, cert: cases[0].cert };
            function one(c) {
              return new Promise((resolve) => {
                let server, socket;
                const done = (text) => { clearTimeout(timer); if (socket) socket.destroy(); if (server) server.close(); resolve(text); };
                const timer = setTimeout(() => done('unreachable timeout'), 5000);
                try {
                  server = tls.createServer(c.client ? { ...plain, ...trust(c), requestCert: true } : own(c), (s) => {
                    s.on('error', () => {});
                    if (c.client) done(String(s.authorizationError || 'ok'));
                  });
                  server.on('tlsClientError', (e) => done('unreachable ' + e.code));
                  server.listen(0, '127.0.0.1', () => {
                    const to = { port: server.address().port, host: '127.0.0.1', checkServerIdentity: () => undefined };
                    try {
                      socket = tls.connect(c.client ? { ...to, ...own(c), rejectUnauthorized: false } : { ...to, ...trust(c) }, () => {
                        if (!c.client) done(String(socket.authorizationError || 'ok'));
                      });
                      socket.on('error', (e) => done('unreachable ' + e.code));
                    } catch (e) { done('unreachable ' + e.code); }
                  });
                } catch (e) { done('unreachable ' + e.code); }
              });
            }
            (async () => { for (const c of cases) console.log(await one(c)); })();
            """;

    /** Node's list of names ends here; what OpenSSL finds beyond it is called UNSPECIFIED there. */
    private static final Set<Code> UNNAMED_IN_NODE = Set.of(
            Code.KEYUSAGE_NO_CERTSIGN,
            Code.UNHANDLED_CRITICAL_EXTENSION,
            Code.KEYUSAGE_NO_CRL_SIGN,
            Code.UNHANDLED_CRITICAL_CRL_EXTENSION,
            Code.DIFFERENT_CRL_SCOPE,
            Code.PERMITTED_VIOLATION,
            Code.EXCLUDED_VIOLATION,
            Code.UNSUPPORTED_CONSTRAINT_SYNTAX,
            Code.EE_KEY_TOO_SMALL,
            Code.CA_KEY_TOO_SMALL,
            Code.CA_MD_TOO_WEAK);

    @TempDir
    Path directory;

    @Test
    void gives_the_code_that_node_gives() throws Exception {
        List<ChainCases.Case> cases = ChainCases.all().stream()
                .filter(chain ->
                        chain.at().equals(TestPki.NOW) && chain.limits().depth() == 100)
                .toList();
        Path input = Files.writeString(
                directory.resolve("cases.json"),
                new Gson().toJson(cases.stream().map(NodeVerifyTest::input).toList()));
        String[] lines = Node.run(SCRIPT, Duration.ofSeconds(60), input.toString())
                .succeeded()
                .out()
                .split("\n");
        assertThat(lines).hasSameSizeAs(cases);
        var softly = new SoftAssertions();
        int compared = 0;
        for (int i = 0; i < lines.length; i++) {
            if (lines[i].startsWith("unreachable")) {
                System.out.println("node: not compared: " + cases.get(i) + ": " + lines[i]);
                continue;
            }
            if (cases.get(i).verdict().code().equals(Optional.of(Code.CERT_CHAIN_TOO_LONG))) {
                continue; // Node drops this for the less telling problem after it, see ChainVerifier
            }
            compared++;
            String ours = cases.get(i)
                    .verdict()
                    .code()
                    .map(code -> UNNAMED_IN_NODE.contains(code) ? "UNSPECIFIED" : code.name())
                    .orElse("ok");
            softly.assertThat(ours).as(cases.get(i).name()).isEqualTo(lines[i]);
        }
        softly.assertAll();
        System.out.println("node: " + compared + " chains compared");
        assertThat(compared).isGreaterThan(100);
    }

    private static Object input(ChainCases.Case chain) {
        return Map.of(
                "key", TestPki.pem(chain.key()),
                "cert", TestPki.pem(chain.presented()),
                "ca",
                        chain.trust().trusted().stream()
                                .map(TrustedCertificate::toPem)
                                .toList(),
                "crl", chain.trust().crls().stream().map(TestPki::pem).toList(),
                "partial", chain.trust().allowPartialTrustChain(),
                "client", chain.purpose() == Purpose.CLIENT);
    }
}
