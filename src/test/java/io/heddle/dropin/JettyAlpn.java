package io.heddle.dropin;

import javax.net.ssl.SSLEngine;
import org.eclipse.jetty.alpn.java.server.JDK9ServerALPNProcessor;

/**
 * A processor that lets Jetty use the ALPN of Heddle's engine like that of the JDK: Jetty's own checks the module of
 * the engine class.
 */
public final class JettyAlpn extends JDK9ServerALPNProcessor {
    /** Called by Jetty, which finds the class as a service. */
    public JettyAlpn() {}

    @Override
    public boolean appliesTo(SSLEngine engine) {
        return engine.getClass().getPackageName().startsWith("io.heddle");
    }
}
