package io.heddle;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.certificate.Identity;
import io.heddle.certificate.TestPki;
import io.heddle.certificate.TestPki.Key;
import io.heddle.certificate.path.TrustStore;
import io.heddle.failure.Alert;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.KeyType;
import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Handshakes with certificates for ML-DSA, of servers and clients. */
class MlDsaFlowTest {
    private static final String CLIENT = "client";

    /** A root, an intermediate and a leaf with keys of one kind. */
    private record Chain(Identity root, Identity server, Identity client) {
        static Chain of(Key key) {
            Identity root = TestPki.root("root " + key, key, 10);
            Identity intermediate = TestPki.certificate("CN=intermediate " + key)
                    .key(key, 11)
                    .ca()
                    .issuedBy(root);
            return new Chain(
                    root,
                    TestPki.certificate("CN=localhost")
                            .key(key, 1)
                            .server("localhost")
                            .issuedBy(intermediate),
                    TestPki.certificate("CN=" + CLIENT).key(key, 2).client().issuedBy(intermediate));
        }

        X509Certificate anchor() {
            return root.leaf();
        }

        TlsPair pair() {
            return TlsPair.create()
                    .serverIdentity(server)
                    .trustedByClient(anchor())
                    .clientIdentity(client)
                    .trustedByServer(anchor())
                    .server(options -> options.requestCert(true));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Key.class,
            names = {"ML_DSA_44", "ML_DSA_65", "ML_DSA_87"})
    void both_sides_verify_such_a_chain_and_resume(Key key) throws IOException {
        try (var pair = Chain.of(key).pair()) {
            for (boolean resumed : new boolean[] {false, true}) {
                try (TlsPair.Connected connected = pair.connect()) {
                    connected.exchange("data");
                    connected.keepSession();
                    assertThat(connected.client().getProtocol()).isEqualTo("TLSv1.3");
                    assertThat(connected.resumed()).isEqualTo(resumed);
                    assertThat(connected.client().authorized()).isTrue();
                    assertThat(connected.server().authorized()).isTrue();
                    assertThat(KeyType.of(leaf(connected.client()).getPublicKey()))
                            .hasToString(key.name());
                    assertThat(leaf(connected.server()).getSubjectX500Principal())
                            .isEqualTo(new X500Principal("CN=" + CLIENT));
                }
            }
        }
    }

    private static X509Certificate leaf(TlsSocket socket) {
        return socket.peerCertificates().getFirst();
    }
}
