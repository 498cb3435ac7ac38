package io.heddle;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.certificate.Identity;
import io.heddle.certificate.TestPki;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Blame;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.TlsVersion;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.stream.IntStream;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.Test;

/**
 * Text of a peer in failure messages, cut and escaped: each message is one line of at most 300 printable characters
 * that still states what is allowed.
 */
class HostileTextTest {
    private static final String ESCAPES = "\u001b[31m\r\nheddle: all is well\0";

    private static TlsFailure assertShort(TlsFailure failure) {
        assertThat(failure.getMessage()).hasSizeLessThanOrEqualTo(300).matches("[ -~]+");
        assertThat(failure.code().blame()).isIn(Blame.PEER_MISBEHAVED, Blame.PEER_INCOMPATIBLE, Blame.PEER_ALERT);
        return failure;
    }

    /** A TLS 1.2 ClientHello with unassigned suites, and extensions. */
    private static byte[] hello(int suites, byte[] extensions) throws IOException {
        var bytes = new ByteArrayOutputStream();
        var body = new DataOutputStream(bytes);
        body.writeShort(0x0303);
        body.write(new byte[32]);
        body.writeByte(0);
        body.writeShort(2 * suites);
        for (int i = 0; i < suites; i++) {
            body.writeShort(0xfb00 + i);
        }
        body.write(new byte[] {1, 0});
        body.writeShort(extensions.length);
        body.write(extensions);
        byte[] hello = bytes.toByteArray();
        var message = new ByteArrayOutputStream();
        message.write(new byte[] {1, 0, (byte) (hello.length >>> 8), (byte) hello.length});
        message.write(hello);
        return message.toByteArray();
    }

    private static byte[] serverName(String name) throws IOException {
        byte[] text = name.getBytes(StandardCharsets.ISO_8859_1);
        var bytes = new ByteArrayOutputStream();
        var out = new DataOutputStream(bytes);
        out.writeShort(0);
        out.writeShort(text.length + 5);
        out.writeShort(text.length + 3);
        out.writeByte(0);
        out.writeShort(text.length);
        out.write(text);
        return bytes.toByteArray();
    }

    @Test
    void two_hundred_suites() throws IOException {
        try (var pair = TlsPair.of(TlsVersion.TLS_1_2);
                RawPeer client = pair.rawClient()) {
            client.sendRecord(RawRecord.HANDSHAKE, hello(200, new byte[0]));
            assertThat(assertShort(client.failure()))
                    .hasMessageStartingWith(
                            "cipher: the client offered [0xFB00, 0xFB01, 0xFB02, 0xFB03, 0xFB04, 0xFB05, 0xFB06,"
                                    + " 0xFB07, 0xFB08, 0xFB09, ... and 190 more], the server accepts [ECDHE-RSA-AES128-GCM-SHA256,"
                                    + " ECDHE-ECDSA-AES128-GCM-SHA256, ... and 47 more] with [EC]")
                    .returns(Code.ERR_SSL_NO_SHARED_CIPHER, TlsFailure::code);
        }
    }

    @EachVersion
    void application_protocols_of_255_bytes(TlsVersion version) throws IOException {
        String name = (ESCAPES + "x".repeat(255)).substring(0, 255);
        try (var pair = TlsPair.of(version)
                .client(options -> options.alpnProtocols(Collections.nCopies(200, name)))
                .server(options -> options.alpnProtocols("h2"))) {
            assertThat(assertShort(pair.attempt().serverFailure()))
                    .hasMessageStartingWith(
                            "alpn: client offered [\\u001b[31m\\u000d\\u000aheddle: all is well\\u0000xx")
                    .hasMessageContaining("..., ... and 199 more], server accepts [h2]")
                    .returns(Code.ERR_SSL_NO_APPLICATION_PROTOCOL, TlsFailure::code);
        }
    }

    @Test
    void a_server_name_of_255_bytes() throws IOException {
        String name = (ESCAPES + "x".repeat(255)).substring(0, 255);
        try (var pair = TlsPair.of(TlsVersion.TLS_1_2).serverSocket(socket -> {
                    SSLParameters parameters = socket.getSSLParameters();
                    parameters.setSNIMatchers(java.util.List.of(SNIHostName.createSNIMatcher("shop\\.test")));
                    socket.setSSLParameters(parameters);
                });
                RawPeer client = pair.rawClient()) {
            client.sendRecord(RawRecord.HANDSHAKE, hello(1, serverName(name)));
            assertThat(assertShort(client.failure()))
                    .hasMessageStartingWith("servername: the client asked for \"\\u001b[31m\\u000d\\u000aheddle: ");
        }
    }

    @EachVersion
    void a_client_certificate_with_a_subject_of_64_KiB(TlsVersion version) throws IOException {
        Identity stranger = TestPki.certificate("CN=" + "x".repeat(64 * 1024))
                .key(TestPki.Key.P256, 3)
                .client()
                .issuedBy(TestPki.root("Stranger", TestPki.Key.P256, 5));
        try (var pair = TlsPair.of(version).clientIdentity(stranger).server(options -> options.requestCert(true))) {
            assertThat(assertShort(pair.attempt().serverFailure()))
                    .hasMessageStartingWith(
                            "certificate: \"CN=" + "x".repeat(61) + "...\" came without its issuer, depth 0")
                    .returns(Code.UNABLE_TO_VERIFY_LEAF_SIGNATURE, TlsFailure::code);
        }
    }

    @EachVersion
    void a_server_certificate_with_two_thousand_names(TlsVersion version) throws IOException {
        String[] names =
                IntStream.range(0, 2000).mapToObj(i -> "n" + i + ".test").toArray(String[]::new);
        try (var pair = TlsPair.of(version).serverIdentity(TestPki.server(names))) {
            assertThat(assertShort(pair.attempt().clientFailure()))
                    .hasMessageStartingWith(
                            "Hostname/IP does not match certificate's altnames: Host: localhost. is not in"
                                    + " the cert's altnames: DNS:n0.test, DNS:n1.test, ")
                    .hasMessageContaining("...")
                    .returns(Code.ERR_TLS_CERT_ALTNAME_INVALID, TlsFailure::code);
        }
    }

    @Test
    void bytes_of_another_protocol() {
        try (var pair = TlsPair.create();
                RawPeer client = pair.rawClient()) {
            client.send(ESCAPES.getBytes(StandardCharsets.ISO_8859_1));
            assertThat(assertShort(client.failure()))
                    .hasMessageStartingWith("record: the peer sent no TLS record, it began with \"\\u001b[31m\"")
                    .returns(Code.ERR_SSL_WRONG_VERSION_NUMBER, TlsFailure::code);
        }
    }
}
