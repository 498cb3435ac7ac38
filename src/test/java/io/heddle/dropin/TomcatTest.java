package io.heddle.dropin;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.http.HttpClient.Version;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.net.ssl.X509KeyManager;
import javax.net.ssl.X509TrustManager;
import org.apache.catalina.Context;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.coyote.http2.Http2Protocol;
import org.apache.tomcat.util.net.SSLHostConfig;
import org.apache.tomcat.util.net.SSLHostConfigCertificate;
import org.apache.tomcat.util.net.SSLUtil;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Embedded Tomcat, whose NIO connector runs on the engine, with the JDK's client. */
@Tag("interop")
@ExtendWith(NothingLeft.class)
class TomcatTest {
    private static final Logger LOG = Logger.getLogger("org.apache");

    @TempDir
    Path folder;

    private static final class Echo extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
            byte[] body = request.getInputStream().readAllBytes();
            response.getOutputStream().write("echo of ".getBytes(StandardCharsets.UTF_8));
            response.getOutputStream().write(body);
        }
    }

    private static Connector connector(Combination tried) {
        var tls = new SSLHostConfig();
        tls.setProtocols(tried.protocol());
        var certificate = new SSLHostConfigCertificate(tls, SSLHostConfigCertificate.Type.UNDEFINED);
        certificate.setSslContext(SSLUtil.createSSLContext(
                tried.server(),
                (X509KeyManager) DropIn.keyManagers(tried.keyManagers(), tried.identity())[0],
                (X509TrustManager) DropIn.trustManagers()[0]));
        tls.addCertificate(certificate);

        var connector = new Connector(Http11NioProtocol.class.getName());
        connector.setProperty("address", "127.0.0.1");
        connector.setPort(0);
        connector.setSecure(true);
        connector.setScheme("https");
        connector.setProperty("SSLEnabled", "true");
        connector.addSslHostConfig(tls);
        connector.addUpgradeProtocol(new Http2Protocol());
        return connector;
    }

    private void two_connections(Combination tried, Version version, String applicationProtocol) throws Exception {
        LOG.setLevel(Level.OFF);
        var tomcat = new Tomcat();
        tomcat.setBaseDir(folder.toString());
        tomcat.setConnector(connector(tried));
        Context root = tomcat.addContext("", folder.toString());
        Tomcat.addServlet(root, "echo", new Echo()).addMapping("/echo");
        try (var handshakes = new Handshakes()) {
            tomcat.start();
            JdkHttpClient.exchangeOverTwoConnections(
                    tried, version, tomcat.getConnector().getLocalPort());
            handshakes.assertServed(tried, applicationProtocol, false, true);
        } finally {
            tomcat.stop();
            tomcat.destroy();
        }
    }

    @EachCombination
    void http_2(Combination tried) throws Exception {
        two_connections(tried, Version.HTTP_2, "h2");
    }

    @EachCombination
    void http_1(Combination tried) throws Exception {
        two_connections(tried, Version.HTTP_1_1, "");
    }
}
