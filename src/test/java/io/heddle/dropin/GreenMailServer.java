package io.heddle.dropin;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import io.heddle.certificate.Identity;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Security;

/**
 * A mail server for one account, in its own class loader: GreenMail reads its key once for all servers of its classes,
 * and uses the TLS implementation that is first in the order of the providers at that moment.
 */
public interface GreenMailServer extends AutoCloseable {
    /** The account's address and password. */
    String ACCOUNT = "anna@localhost";

    /** The JDK's property for the key manager algorithm that programs get by default. */
    String KEY_MANAGERS = "ssl.KeyManagerFactory.algorithm";

    /** The path where GreenMail looks for its key. */
    String FILE = "greenmail.tls.keystore.file";

    /** The password of the key and its store. */
    String PASSWORD = "greenmail.tls.keystore.password";

    /** Returns the port of {@code smtps} or {@code imaps}. */
    int port(String protocol);

    @Override
    void close() throws IOException;

    /** Starts a server with the key and the key manager algorithm of the combination. */
    static GreenMailServer start(Combination combination, Path folder) throws Exception {
        String managers = Security.getProperty(KEY_MANAGERS);
        Security.setProperty(KEY_MANAGERS, combination.keyManagers());
        System.setProperty(FILE, keyStore(combination.identity(), folder).toString());
        System.setProperty(PASSWORD, new String(DropIn.PASSWORD));
        try {
            return (GreenMailServer) new OwnClasses()
                    .loadClass(Started.class.getName())
                    .getConstructor()
                    .newInstance();
        } finally {
            Security.setProperty(KEY_MANAGERS, managers);
            System.clearProperty(FILE);
            System.clearProperty(PASSWORD);
        }
    }

    private static Path keyStore(Identity identity, Path folder) throws IOException, GeneralSecurityException {
        Path file = folder.resolve("server.p12");
        try (OutputStream out = Files.newOutputStream(file)) {
            DropIn.store(identity).store(out, DropIn.PASSWORD);
        }
        return file;
    }

    /** The implementation inside the class loader. */
    final class Started implements GreenMailServer {
        private final GreenMail server = new GreenMail(new ServerSetup[] {
            new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTPS),
            new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_IMAPS)
        });

        /** Starts the server. */
        public Started() {
            server.setUser(ACCOUNT, ACCOUNT);
            server.start();
        }

        @Override
        public int port(String protocol) {
            return (protocol.equals(ServerSetup.PROTOCOL_SMTPS) ? server.getSmtps() : server.getImaps()).getPort();
        }

        @Override
        public void close() throws IOException {
            server.stop();
            ((URLClassLoader) getClass().getClassLoader()).close();
        }
    }

    /** Loads GreenMail and {@link Started} again, and shares all other classes. */
    final class OwnClasses extends URLClassLoader {
        OwnClasses() {
            super(new URL[] {place(Started.class), place(GreenMail.class)}, GreenMailServer.class.getClassLoader());
        }

        private static URL place(Class<?> type) {
            return type.getProtectionDomain().getCodeSource().getLocation();
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (name.startsWith("com.icegreen.") || name.equals(Started.class.getName())) {
                Class<?> loaded = findLoadedClass(name);
                return loaded != null ? loaded : findClass(name);
            }
            return super.loadClass(name, resolve);
        }
    }
}
