package io.heddle;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.certificate.Identity;
import io.heddle.certificate.TestPki;
import io.heddle.certificate.file.TrustedCertificate;
import io.heddle.certificate.x509.Purpose;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.util.Set;
import org.junit.jupiter.api.Tag;

/** Trust and chains from files, in handshakes. */
@Tag("provider")
class KeyFilesFlowTest {
    @EachVersion
    void a_root_for_clients_is_no_anchor_for_servers_and_the_reverse(TlsVersion version) throws IOException {
        String servers = trusted(Purpose.SERVER);
        String clients = trusted(Purpose.CLIENT);
        try (var pair = TlsPair.of(version).clientContext(context -> context.ca(servers))) {
            assertThat(pair.handshake().client().authorized()).isTrue();
        }
        try (var pair = TlsPair.of(version).clientContext(context -> context.ca(clients))) {
            assertThat(pair.attempt().clientFailure().code()).isEqualTo(Code.INVALID_PURPOSE);
        }
        try (var pair = requesting(version).serverContext(context -> context.ca(clients))) {
            assertThat(pair.handshake().server().authorized()).isTrue();
        }
        try (var pair = requesting(version).serverContext(context -> context.ca(servers))) {
            assertThat(pair.attempt().serverFailure().code()).isEqualTo(Code.INVALID_PURPOSE);
        }
    }

    private static TlsPair requesting(TlsVersion version) {
        return TlsPair.of(version)
                .clientIdentity(TestPki.client("client one"))
                .server(server -> server.requestCert(true));
    }

    private static String trusted(Purpose purpose) {
        return new TrustedCertificate(TestPki.ca().leaf(), Set.of(purpose)).toPem();
    }

    /**
     * A byte order mark that dropped the leaf would leave a key without its certificate, one before the root a client
     * without trust.
     */
    @EachVersion
    void chains_and_roots_behind_byte_order_marks_are_whole(TlsVersion version) throws IOException {
        Identity identity = TestPki.serverWithIntermediate("localhost");
        String chain = "\ufeff" + TestPki.pem(identity.chain().subList(0, 1)) + "\ufeff"
                + TestPki.pem(identity.chain().subList(1, 2));
        SecureContext server = SecureContext.builder()
                .cert(chain)
                .key("\ufeff" + TestPki.pem(identity.key()))
                .build();
        try (var pair = TlsPair.of(version)
                .serverIdentity(server.identities().getFirst())
                .trustedByClient()
                .clientContext(context ->
                        context.ca("\ufeff" + TestPki.pem(TestPki.ca().chain())))) {
            TlsPair.Connected both = pair.handshake();
            assertThat(both.client().authorized()).isTrue();
            assertThat(both.client().peerCertificates()).startsWith(identity.leaf());
        }
    }
}
