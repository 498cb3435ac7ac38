package io.heddle.certificate.path;

import static java.util.Objects.requireNonNull;

import io.heddle.certificate.x509.Purpose;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertStore;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.stream.Collectors;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The verification of chains by the JDK: its path builder, its trust manager, and where there is a host, a handshake between two of
 * its engines with the endpoint identification of HTTPS.
 */
final class JdkPeer {
    private static final int STEPS = 100;

    private JdkPeer() {}

    /** Returns why the JDK refuses the chain, empty where it accepts. */
    static String refusal(GeneratedChain generated) {
        ChainCases.Case chain = generated.chain();
        if (chain.trust().certificates().isEmpty()) {
            return "no anchor can be given";
        }
        try {
            PKIXBuilderParameters parameters = parameters(chain);
            CertPathBuilder.getInstance("PKIX").build(parameters);
            var factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(new CertPathTrustManagerParameters(parameters));
            if (generated.hasHost()) {
                handshake(generated, factory.getTrustManagers());
                return "";
            }
            var manager = (X509TrustManager) factory.getTrustManagers()[0];
            X509Certificate[] presented = chain.presented().toArray(X509Certificate[]::new);
            if (chain.purpose() == Purpose.SERVER) {
                manager.checkServerTrusted(presented, "UNKNOWN");
            } else {
                manager.checkClientTrusted(presented, "UNKNOWN");
            }
            return "";
        } catch (GeneralSecurityException | SSLException | RuntimeException refused) {
            return message(refused);
        }
    }

    private static PKIXBuilderParameters parameters(ChainCases.Case chain) throws GeneralSecurityException {
        var target = new X509CertSelector();
        target.setCertificate(chain.presented().getFirst());
        var anchors = chain.trust().certificates().stream()
                .map(certificate -> new TrustAnchor(certificate, null))
                .collect(Collectors.toSet());
        var parameters = new PKIXBuilderParameters(anchors, target);
        parameters.setDate(Date.from(chain.at()));
        parameters.setMaxPathLength(chain.limits().depth());
        parameters.setRevocationEnabled(!chain.trust().crls().isEmpty());
        var known = new ArrayList<Object>(chain.presented());
        known.addAll(chain.trust().crls());
        parameters.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(known)));
        return parameters;
    }

    /** Connects a client of the JDK to the host, with a server that has the chain; throws the client's refusal. */
    private static void handshake(GeneratedChain generated, TrustManager[] trust)
            throws GeneralSecurityException, SSLException {
        SSLContext asking = SSLContext.getInstance("TLS");
        asking.init(null, trust, null);
        SSLContext answering = SSLContext.getInstance("TLS");
        answering.init(new KeyManager[] {new OneKey(generated.chain())}, null, null);
        SSLEngine client = asking.createSSLEngine(generated.host(), 443);
        client.setUseClientMode(true);
        SSLParameters https = client.getSSLParameters();
        https.setEndpointIdentificationAlgorithm("HTTPS");
        client.setSSLParameters(https);
        SSLEngine server = answering.createSSLEngine();
        server.setUseClientMode(false);
        int size = client.getSession().getPacketBufferSize();
        ByteBuffer toServer = ByteBuffer.allocate(4 * size);
        ByteBuffer toClient = ByteBuffer.allocate(4 * size);
        for (int i = 0; i < STEPS; i++) {
            step(client, toClient, toServer);
            if (client.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING && i > 0) {
                return;
            }
            try {
                step(server, toServer, toClient);
            } catch (SSLException refused) {
                throw new AssertionError(generated + ": the server of the JDK failed", refused);
            }
        }
        throw new AssertionError(generated + ": the handshake of the JDK does not end");
    }

    private static void step(SSLEngine engine, ByteBuffer in, ByteBuffer out) throws SSLException {
        if (engine.getHandshakeStatus() == HandshakeStatus.NEED_TASK) {
            for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
                task.run();
            }
        }
        if (engine.getHandshakeStatus() == HandshakeStatus.NEED_UNWRAP) {
            in.flip();
            engine.unwrap(in, ByteBuffer.allocate(engine.getSession().getApplicationBufferSize()));
            in.compact();
        } else if (engine.getHandshakeStatus() != HandshakeStatus.NEED_TASK) {
            engine.wrap(ByteBuffer.allocate(0), out);
        }
    }

    private static String message(Throwable refused) {
        Throwable deepest = refused;
        for (int i = 0; i < 20 && deepest.getCause() != null; i++) {
            deepest = requireNonNull(deepest.getCause());
        }
        return deepest.getClass().getSimpleName() + ": " + deepest.getMessage();
    }

    /** A key manager that presents the chain of the case whatever the client asks for. */
    private static final class OneKey extends X509ExtendedKeyManager {
        private final ChainCases.Case chain;

        OneKey(ChainCases.Case chain) {
            this.chain = chain;
        }

        @Override
        public String[] getClientAliases(String keyType, Principal @Nullable [] issuers) {
            return new String[0];
        }

        @Override
        public @Nullable String chooseClientAlias(
                String[] keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return null;
        }

        @Override
        public String[] getServerAliases(String keyType, Principal @Nullable [] issuers) {
            return new String[] {"one"};
        }

        @Override
        public String chooseServerAlias(String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return "one";
        }

        @Override
        public @Nullable String chooseEngineServerAlias(
                String keyType, Principal @Nullable [] issuers, SSLEngine engine) {
            return keyType.equals(chain.key().getAlgorithm()) ? "one" : null;
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return chain.presented().toArray(X509Certificate[]::new);
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return chain.key();
        }
    }

    static List<String> refusals(List<GeneratedChain> chains) {
        return chains.stream().map(JdkPeer::refusal).toList();
    }
}
