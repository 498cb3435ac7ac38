package io.heddle.dropin;

import javax.net.ssl.SSLEngine;
import org.eclipse.jetty.alpn.java.server.JDK9ServerALPNProcessor;

/** Tells Jetty that Heddle's engine chooses the application protocol as the JDK's does: Jetty's own looks at the class's module. */
public final class JettyAlpn extends JDK9ServerALPNProcessor {
    /** Made by Jetty, which finds it as a service. */
    public JettyAlpn() {}

    @Override
    public boolean appliesTo(SSLEngine engine) {
        return engine.getClass().getPackageName().startsWith("io.heddle");
    }
}
