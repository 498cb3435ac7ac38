package io.heddle.cli;

import static io.heddle.cli.CommandRun.heddle;
import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.interop.Node;
import io.heddle.interop.Openssl;
import io.heddle.interop.ProgramResult;
import java.lang.module.ModuleDescriptor.Version;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code heddle certs} makes, judged by openssl and node. */
@Tag("interop")
class CertsInteropTest {
    @TempDir
    private static Path folder;

    @BeforeAll
    static void make() {
        assertThat(heddle("certs", folder.toString()).exitCode()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "server-rsa,localhost",
        "server-ec,localhost",
        "server-ed25519,www.example.test",
        "wrong-host,wrong-host.invalid"
    })
    void openssl_accepts_a_good_server_for_its_names(String name, String host) {
        ProgramResult verified = verify(name, "-purpose", "sslserver", "-verify_hostname", host);
        assertThat(verified.succeeded().out()).contains(": OK");
    }

    /** Before 3.5 openssl has no ML-DSA. */
    @Test
    void openssl_accepts_the_server_with_a_key_for_ml_dsa_from_3_5_on() {
        ProgramResult verified = verify("server-mldsa65", "-purpose", "sslserver", "-verify_hostname", "localhost");
        ProgramResult key = Openssl.run(
                "pkey",
                "-noout",
                "-in",
                folder.resolve("server-mldsa65-key.pem").toString());
        if (Openssl.release().compareTo(Version.parse("3.5")) < 0) {
            assertThat(verified.output()).contains("error 1 at 0 depth");
            assertThat(key.exitCode()).isNotZero();
        } else {
            assertThat(verified.succeeded().out()).contains(": OK");
            key.succeeded();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void openssl_accepts_a_good_server_for_its_addresses(String address) {
        assertThat(verify("server-ec", "-verify_ip", address).succeeded().out()).contains(": OK");
    }

    @ParameterizedTest
    @ValueSource(strings = {"client", "client-rsa"})
    void openssl_accepts_a_client_as_a_client_and_not_as_a_server(String name) {
        assertThat(verify(name, "-purpose", "sslclient").succeeded().out()).contains(": OK");
        assertThat(verify(name, "-purpose", "sslserver").output()).contains("error 26 at 0 depth");
    }

    @ParameterizedTest
    @CsvSource({"expired,10", "not-yet-valid,9", "revoked,23", "wrong-host,62"})
    void openssl_refuses_a_bad_certificate_for_its_reason_only(String name, int code) {
        ProgramResult verified = verify(name, "-purpose", "sslserver", "-verify_hostname", "localhost");
        assertThat(verified.output()
                        .lines()
                        .filter(line -> line.startsWith("error ") && line.contains(" depth lookup")))
                .singleElement()
                .asString()
                .startsWith("error " + code + " at 0 depth");
        assertThat(verified.exitCode()).isNotZero();
    }

    @Test
    void openssl_cannot_verify_the_leaf_without_the_intermediate() {
        ProgramResult verified =
                Openssl.run("verify", "-no-CApath", "-CAfile", file("ca.pem"), file("server-ec-leaf.pem"));
        assertThat(verified.output()).contains("error 20 at 0 depth");
    }

    @Test
    void openssl_reads_the_ocsp_response_as_good() {
        ProgramResult read = Openssl.run(
                "ocsp",
                "-respin",
                file("server-ec-ocsp.der"),
                "-issuer",
                file("intermediate.pem"),
                "-cert",
                file("server-ec-leaf.pem"),
                "-CAfile",
                file("ca.pem"));
        assertThat(read.succeeded().output()).contains("Response verify OK").contains("server-ec-leaf.pem: good");
    }

    @Test
    @Tag("node")
    void node_loads_every_pair_the_encrypted_key_and_the_pkcs12_files() {
        var script = """
                const tls = require('tls'), fs = require('fs');
                const [,, folder, passphrase, ...names] = process.argv;
                const read = (name) => fs.readFileSync(folder + '/' + name);
                for (const name of names) {
                    tls.createSecureContext({ cert: read(name + '.pem'), key: read(name + '-key.pem') });
                }
                tls.createSecureContext({ cert: read('server-rsa.pem'), key: read('server-rsa-key-encrypted.pem'), passphrase });
                for (const name of ['server-rsa', 'server-ec', 'client']) {
                    tls.createSecureContext({ pfx: read(name + '.p12'), passphrase });
                }
                tls.createSecureContext({ ca: read('ca.pem'), crl: [read('ca-crl.pem'), read('intermediate-crl.pem')] });
                console.log('all');
                """;
        Stream<String> names = Stream.of(
                "server-rsa",
                "server-ec",
                "server-ed25519",
                "client",
                "client-rsa",
                "expired",
                "not-yet-valid",
                "revoked",
                "wrong-host");
        String[] args = Stream.concat(Stream.of(folder.toString(), CertificateSet.PASSPHRASE), names)
                .toArray(String[]::new);
        assertThat(Node.run(script, args).succeeded().out()).isEqualTo("all\n");
    }

    private static ProgramResult verify(String name, String... args) {
        List<String> command = Stream.of(
                        Stream.of(
                                "verify",
                                "-no-CApath",
                                "-CAfile",
                                file("ca.pem"),
                                "-untrusted",
                                file("intermediate.pem"),
                                "-crl_check_all",
                                "-CRLfile",
                                file("crls.pem")),
                        Stream.of(args),
                        Stream.of(file(name + ".pem")))
                .flatMap(part -> part)
                .toList();
        return Openssl.run(command.toArray(String[]::new));
    }

    private static String file(String name) {
        return folder.resolve(name).toString();
    }
}
