package io.heddle.dropin;

import java.net.http.HttpClient.Version;
import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/** Jetty 12, which uses the engine, with the JDK's client. */
@Tag("interop")
@ExtendWith(LeakCheck.class)
class JettyTest {
    private static final class Echo extends Handler.Abstract {
        @Override
        public boolean handle(Request request, Response response, Callback callback) throws Exception {
            Content.Sink.write(response, true, "echo of " + Content.Source.asString(request), callback);
            return true;
        }
    }

    private static ServerConnector start(Server server, Combination combination) throws Exception {
        var tls = new SslContextFactory.Server();
        tls.setSslContext(combination.server());
        tls.setIncludeProtocols(combination.protocol());

        var http = new HttpConfiguration();
        http.addCustomizer(new SecureRequestCustomizer());
        var alpn = new ALPNServerConnectionFactory();
        alpn.setDefaultProtocol("http/1.1");
        var connector = new ServerConnector(
                server,
                1,
                1,
                new SslConnectionFactory(tls, alpn.getProtocol()),
                alpn,
                new HTTP2ServerConnectionFactory(http),
                new HttpConnectionFactory(http));
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        server.setHandler(new Echo());
        server.start();
        return connector;
    }

    private static void two_connections(Combination combination, Version version, String applicationProtocol)
            throws Exception {
        var server = new Server();
        try (var handshakes = new Handshakes()) {
            ServerConnector connector = start(server, combination);
            JdkHttpClient.exchangeOverTwoConnections(combination, version, connector.getLocalPort());
            handshakes.assertServed(combination, applicationProtocol, false, true);
        } finally {
            server.stop();
        }
    }

    @EachCombination
    void http_2(Combination combination) throws Exception {
        two_connections(combination, Version.HTTP_2, "h2");
    }

    @EachCombination
    void http_1(Combination combination) throws Exception {
        two_connections(combination, Version.HTTP_1_1, "");
    }
}
