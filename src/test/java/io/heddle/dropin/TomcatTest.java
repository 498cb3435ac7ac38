package io.heddle.dropin;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.protocol.TlsVersion;
import jakarta.servlet.SessionTrackingMode;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.net.http.HttpClient.Version;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.net.ssl.SSLContext;
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

/** Embedded Tomcat, whose NIO connector uses the engine, with the JDK's client. */
@Tag("interop")
@ExtendWith(LeakCheck.class)
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

    private static Connector connector(Combination combination) {
        var tls = new SSLHostConfig();
        tls.setProtocols(combination.protocol());
        var certificate = new SSLHostConfigCertificate(tls, SSLHostConfigCertificate.Type.UNDEFINED);
        certificate.setSslContext(SSLUtil.createSSLContext(
                combination.server(),
                (X509KeyManager) DropIn.keyManagers(combination.keyManagers(), combination.identity())[0],
                (X509TrustManager) DropIn.trustManagers()[0]));
        tls.addCertificate(certificate);

        var connector = new Connector(Http11NioProtocol.class.getName());
        connector.setProperty("address", "127.0.0.1");
        connector.setPort(0);
        connector.setSecure(true);
        connector.setScheme("https");
        connector.setProperty("SSLEnabled", "true");
        // The asynchronous HTTP/2 of Tomcat 11.0.27 breaks a few new connections in 100,000, with the JDK's TLS as
        // well, and the client connects again.
        connector.setProperty("useAsyncIO", "false");
        connector.addSslHostConfig(tls);
        connector.addUpgradeProtocol(new Http2Protocol());
        return connector;
    }

    /** Counts the requests of a session. */
    private static final class Counter extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
            HttpSession session = request.getSession();
            var count = (Integer) session.getAttribute("count");
            int now = count == null ? 1 : count + 1;
            session.setAttribute("count", now);
            response.getWriter().print(now);
        }
    }

    /**
     * With {@code SessionTrackingMode.SSL} the session of a client is identified by the id of its TLS session instead
     * of a cookie.
     */
    @EachCombination
    void servlet_session_tracked_by_the_tls_session_continues_on_resumed_connections(Combination combination)
            throws Exception {
        LOG.setLevel(Level.OFF);
        var tomcat = new Tomcat();
        tomcat.setBaseDir(folder.toString());
        tomcat.setConnector(connector(combination));
        Context root = tomcat.addContext("", folder.toString());
        root.addServletContainerInitializer(
                (types, servlets) -> servlets.setSessionTrackingModes(EnumSet.of(SessionTrackingMode.SSL)), null);
        Tomcat.addServlet(root, "counter", new Counter()).addMapping("/counter");
        try (var handshakes = new Handshakes()) {
            tomcat.start();
            int port = tomcat.getConnector().getLocalPort();
            SSLContext returning = combination.client();
            List<String> counted = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                counted.add(JdkHttpClient.post(combination, returning, port, "/counter"));
            }
            // The JDK's TLS 1.3 has another id for each connection.
            boolean kept = DropIn.HEDDLE || combination.version() == TlsVersion.TLS_1_2;
            assertThat(counted).isEqualTo(kept ? List.of("1", "2", "3") : List.of("1", "1", "1"));
            assertThat(JdkHttpClient.post(combination, combination.client(), port, "/counter"))
                    .as("another client")
                    .isEqualTo("1");
            handshakes.assertServed(combination, "", false, true, true, false);
        } finally {
            tomcat.stop();
            tomcat.destroy();
        }
    }

    private void two_connections(Combination combination, Version version, String applicationProtocol) throws Exception {
        LOG.setLevel(Level.OFF);
        var tomcat = new Tomcat();
        tomcat.setBaseDir(folder.toString());
        tomcat.setConnector(connector(combination));
        Context root = tomcat.addContext("", folder.toString());
        Tomcat.addServlet(root, "echo", new Echo()).addMapping("/echo");
        try (var handshakes = new Handshakes()) {
            tomcat.start();
            JdkHttpClient.exchangeOverTwoConnections(
                    combination, version, tomcat.getConnector().getLocalPort());
            handshakes.assertServed(combination, applicationProtocol, false, true);
        } finally {
            tomcat.stop();
            tomcat.destroy();
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
