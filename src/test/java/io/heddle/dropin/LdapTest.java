package io.heddle.dropin;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.unboundid.ldap.listener.InMemoryDirectoryServer;
import com.unboundid.ldap.listener.InMemoryDirectoryServerConfig;
import com.unboundid.ldap.listener.InMemoryListenerConfig;
import com.unboundid.ldap.sdk.LDAPConnection;
import com.unboundid.ldap.sdk.ResultCode;
import com.unboundid.ldap.sdk.SearchResult;
import com.unboundid.ldap.sdk.SearchScope;
import com.unboundid.ldap.sdk.extensions.StartTLSExtendedRequest;
import java.net.InetAddress;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/** The UnboundID LDAP SDK: its in-memory server and its client, with TLS from the start and by StartTLS. */
@Tag("interop")
@ExtendWith(LeakCheck.class)
class LdapTest {
    private static final String BASE = "dc=example,dc=com";

    private static InMemoryDirectoryServer server(Combination combination) throws Exception {
        SSLContext context = combination.server();
        InetAddress here = InetAddress.getLoopbackAddress();
        var config = new InMemoryDirectoryServerConfig(BASE);
        config.setListenerConfigs(
                InMemoryListenerConfig.createLDAPSConfig(
                        "ldaps", here, 0, context.getServerSocketFactory(), context.getSocketFactory()),
                InMemoryListenerConfig.createLDAPConfig("ldap", here, 0, context.getSocketFactory()));
        var server = new InMemoryDirectoryServer(config);
        server.startListening();
        server.add("dn: " + BASE, "objectClass: domain", "dc: example");
        return server;
    }

    /** Adds an entry that is larger than a record, and searches for it. */
    private static void exchange(LDAPConnection connection, String name) throws Exception {
        String description = "a description ".repeat(3_000).strip();
        String dn = "cn=" + name + "," + BASE;
        assertThat(connection
                        .add(
                                "dn: " + dn,
                                "objectClass: person",
                                "cn: " + name,
                                "sn: " + name,
                                "description: " + description)
                        .getResultCode())
                .isEqualTo(ResultCode.SUCCESS);
        SearchResult found = connection.search(BASE, SearchScope.SUB, "(cn=" + name + ")");
        assertThat(found.getEntryCount()).isEqualTo(1);
        assertThat(requireNonNull(found.getSearchEntry(dn)).getAttributeValue("description"))
                .isEqualTo(description);
    }

    @EachCombination
    void ldaps(Combination combination) throws Exception {
        SSLContext client = combination.limitedClient();
        try (var handshakes = new Handshakes();
                InMemoryDirectoryServer server = server(combination)) {
            for (String name : new String[] {"first", "second"}) {
                try (var connection =
                        new LDAPConnection(client.getSocketFactory(), "localhost", server.getListenPort("ldaps"))) {
                    exchange(connection, name);
                    assertThat(requireNonNull(connection.getSSLSession()).getProtocol())
                            .isEqualTo(combination.protocol());
                }
            }
            handshakes.assertServed(combination, "", false, true);
        }
    }

    @EachCombination
    void start_tls(Combination combination) throws Exception {
        SSLContext client = combination.limitedClient();
        try (var handshakes = new Handshakes();
                InMemoryDirectoryServer server = server(combination)) {
            for (String name : new String[] {"first", "second"}) {
                try (var connection = new LDAPConnection("localhost", server.getListenPort("ldap"))) {
                    assertThat(connection
                                    .processExtendedOperation(new StartTLSExtendedRequest(client))
                                    .getResultCode())
                            .isEqualTo(ResultCode.SUCCESS);
                    exchange(connection, name);
                    assertThat(requireNonNull(connection.getSSLSession()).getProtocol())
                            .isEqualTo(combination.protocol());
                }
            }
            handshakes.assertServed(combination, "", false, true);
        }
    }
}
