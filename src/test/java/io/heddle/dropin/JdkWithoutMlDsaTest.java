package io.heddle.dropin;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.TlsPair;
import io.heddle.certificate.Identity;
import io.heddle.certificate.TestPki;
import io.heddle.certificate.file.PrivateKeyReader;
import io.heddle.protocol.KeyType;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.Security;
import java.security.Signature;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** ML-DSA in a JVM whose own providers lack it, as those of JDK 21 to 23 do: by BouncyCastle's. */
@Tag("interop")
class JdkWithoutMlDsaTest {
    /** The JDK's provider SUN without ML-DSA. */
    private static final class SunWithoutMlDsa extends Provider {
        private static final long serialVersionUID = 1;

        SunWithoutMlDsa(Provider sun) {
            super(sun.getName(), sun.getVersionStr(), sun.getInfo());
            Map<String, List<String>> aliases = new HashMap<>();
            sun.forEach((name, value) -> {
                if (name.toString().startsWith("Alg.Alias.")) {
                    String[] parts = name.toString().split("\\.", 4);
                    aliases.computeIfAbsent(parts[2] + "." + value, key -> new CopyOnWriteArrayList<>())
                            .add(parts[3]);
                }
            });
            for (Service service : sun.getServices()) {
                if (!service.getAlgorithm().startsWith("ML-DSA")) {
                    String key = service.getType() + "." + service.getAlgorithm();
                    putService(new Delegate(this, service, aliases.getOrDefault(key, List.of())));
                }
            }
        }
    }

    private static final class Delegate extends Provider.Service {
        private final Provider.Service original;

        Delegate(Provider provider, Provider.Service original, List<String> aliases) {
            super(provider, original.getType(), original.getAlgorithm(), original.getClassName(), aliases, Map.of());
            this.original = original;
        }

        @Override
        public Object newInstance(Object parameter) throws NoSuchAlgorithmException {
            return original.newInstance(parameter);
        }
    }

    /** Handshakes of Heddle with Heddle, with chains of three certificates, a key from a file, and CRLs. */
    static final class Connections implements Jvm.Program {
        @Override
        public String run() throws Exception {
            Provider sun = Security.getProvider("SUN");
            Security.removeProvider("SUN");
            Security.insertProviderAt(new SunWithoutMlDsa(sun), 1);
            Map<String, String> results = new TreeMap<>();
            results.put("provider", provider());
            for (TestPki.Key key : List.of(TestPki.Key.ML_DSA_44, TestPki.Key.ML_DSA_65, TestPki.Key.ML_DSA_87)) {
                results.put(key.name(), connect(key));
            }
            return results.toString();
        }

        private static String provider() {
            try {
                return Signature.getInstance("ML-DSA").getProvider().getName();
            } catch (NoSuchAlgorithmException missing) {
                return "none";
            }
        }

        private static String connect(TestPki.Key key) throws Exception {
            Identity root = TestPki.root("root", key, 10);
            Identity intermediate =
                    TestPki.certificate("CN=intermediate").key(key, 11).ca().issuedBy(root);
            Identity server = TestPki.certificate("CN=localhost")
                    .key(key, 1)
                    .server("localhost")
                    .issuedBy(intermediate);
            PrivateKey read = PrivateKeyReader.read("key", TestPki.pem(server.key()), new char[0]);
            try (var pair = TlsPair.create()
                            .serverIdentity(new Identity(read, server.chain()))
                            .trustedByClient(root.leaf())
                            .clientIdentity(TestPki.certificate("CN=client")
                                    .key(key, 2)
                                    .client()
                                    .issuedBy(intermediate))
                            .trustedByServer(root.leaf())
                            .serverContext(
                                    context -> context.crl(TestPki.crl(root)).crl(TestPki.crl(intermediate)))
                            .server(options -> options.requestCert(true));
                    TlsPair.Connected connected = pair.connect()) {
                connected.exchange("data");
                return connected.client().authorized() + " "
                        + connected.server().authorized() + " "
                        + KeyType.of(
                                connected.client().peerCertificates().getFirst().getPublicKey());
            }
        }
    }

    @Test
    void handshakes_use_bouncy_castle() throws Exception {
        assertThat(Jvm.create().run(Connections.class))
                .isEqualTo("{ML_DSA_44=true true ML_DSA_44, ML_DSA_65=true true ML_DSA_65, "
                        + "ML_DSA_87=true true ML_DSA_87, provider=none}");
    }
}
