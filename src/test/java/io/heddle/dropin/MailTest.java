package io.heddle.dropin;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.mail.Folder;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Store;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Security;
import java.util.Properties;
import org.eclipse.angus.mail.util.MailSSLSocketFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** GreenMail and Angus Mail (Jakarta Mail). Neither accepts an SSLContext: the order of the providers decides. */
@Tag("interop")
@ExtendWith(LeakCheck.class)
class MailTest {
    @TempDir
    Path folder;

    // During a test the whole JVM has the provider in first place; no other test runs meanwhile.
    @BeforeEach
    void insert_provider() {
        if (DropIn.HEDDLE) {
            Security.removeProvider(DropIn.PROVIDER.getName());
            Security.insertProviderAt(DropIn.PROVIDER, 1);
        }
    }

    @AfterEach
    void remove_provider() {
        if (DropIn.HEDDLE) {
            Security.removeProvider(DropIn.PROVIDER.getName());
        }
    }

    /** Returns a program's session, in which each protocol has the socket factory that Angus Mail creates itself. */
    private static Session session(Combination combination, GreenMailServer server) throws GeneralSecurityException {
        var factory = new MailSSLSocketFactory();
        factory.setTrustManagers(DropIn.trustManagers());
        var properties = new Properties();
        for (String protocol : new String[] {"smtps", "imaps"}) {
            String name = "mail." + protocol + ".";
            properties.put(name + "host", "localhost");
            properties.put(name + "port", String.valueOf(server.port(protocol)));
            properties.put(name + "auth", "true");
            properties.put(name + "timeout", "20000");
            properties.put(name + "ssl.socketFactory", factory);
            properties.put(name + "ssl.protocols", combination.protocol());
            properties.put(name + "ssl.checkserveridentity", "true");
        }
        return Session.getInstance(properties);
    }

    private static void send(Session session, String subject, String text) throws MessagingException {
        var message = new MimeMessage(session);
        message.setFrom(new InternetAddress("bert@localhost"));
        message.setRecipient(Message.RecipientType.TO, new InternetAddress(GreenMailServer.ACCOUNT));
        message.setSubject(subject);
        message.setText(text);
        message.saveChanges();
        try (Transport smtps = session.getTransport("smtps")) {
            smtps.connect(GreenMailServer.ACCOUNT, GreenMailServer.ACCOUNT);
            smtps.sendMessage(message, message.getAllRecipients());
        }
    }

    private static void assertReceived(Session session, int number, String subject, String text) throws Exception {
        try (Store imaps = session.getStore("imaps")) {
            imaps.connect(GreenMailServer.ACCOUNT, GreenMailServer.ACCOUNT);
            try (Folder inbox = imaps.getFolder("INBOX")) {
                inbox.open(Folder.READ_ONLY);
                assertThat(inbox.getMessageCount()).isEqualTo(number);
                Message message = inbox.getMessage(number);
                assertThat(message.getSubject()).isEqualTo(subject);
                assertThat(message.getContent().toString().strip()).isEqualTo(text);
            }
        }
    }

    @EachCombination
    void mail_is_sent_and_read(Combination combination) throws Exception {
        String text = "a line of the mail\r\n".repeat(2_000).strip();
        try (var handshakes = new Handshakes();
                GreenMailServer server = GreenMailServer.start(combination, folder)) {
            Session session = session(combination, server);
            send(session, "first", text);
            assertReceived(session, 1, "first", text);
            send(session, "second", text);
            assertReceived(session, 2, "second", text);
            // Two servers, each with a full handshake and a resumed one.
            handshakes.assertServed(combination, "", false, false, true, true);
        }
    }
}
