package io.heddle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heddle.certificate.Identity;
import io.heddle.certificate.TestPki;
import io.heddle.certificate.file.Pem;
import io.heddle.failure.InvalidOption;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** The options of both sides and their context: copies, contradictions, text form. */
class OptionsTest {
    private static final byte[] TICKET_KEY = new SecureRandom().generateSeed(48);

    private static SecureContext.Builder server() {
        return SecureContext.builder().identity(TestPki.server("localhost"));
    }

    private static void assertNoSecrets(String text) {
        String key = Pem.write("PRIVATE KEY", TestPki.server("localhost").key().getEncoded());
        assertThat(text)
                .doesNotContain(HexFormat.of().formatHex(TICKET_KEY))
                .doesNotContain(key.lines().skip(1).findFirst().orElseThrow())
                .doesNotContain("secret");
    }

    @Test
    void a_context_is_described_without_its_keys() {
        String text = server().passphrase("secret".toCharArray())
                .ticketKeys(TICKET_KEY)
                .build()
                .toString();
        assertThat(text).startsWith("SecureContext[identities=[CN=localhost").contains("versions=[TLSv1.3, TLSv1.2]");
        assertNoSecrets(text);
    }

    @Test
    void options_of_a_client_are_described_without_secrets() {
        String text = ConnectOptions.builder()
                .host("example.com")
                .port(8443)
                .passphrase("secret".toCharArray())
                .alpnProtocols("h2")
                .build()
                .toString();
        assertThat(text)
                .startsWith("ConnectOptions[host=example.com, port=8443, servername=example.com, alpnProtocols=[h2], ")
                .contains("context=SecureContext[identities=[]");
        assertNoSecrets(text);
    }

    @Test
    void options_of_a_server_are_described_without_secrets() {
        String text = ServerOptions.builder()
                .identity(TestPki.server("localhost"))
                .passphrase("secret".toCharArray())
                .ticketKeys(TICKET_KEY)
                .requestCert(true)
                .build()
                .toString();
        assertThat(text)
                .startsWith("ServerOptions[alpnProtocols=[], requestCert=true, ")
                .contains("sessionTimeout=PT5M", "context=SecureContext[identities=[CN=localhost");
        assertNoSecrets(text);
    }

    @Test
    void a_server_makes_its_context_of_its_own_options() {
        Identity identity = TestPki.server("localhost");
        ServerOptions options = ServerOptions.builder()
                .identity(identity)
                .dhparam("auto")
                .sessionIdContext("shop")
                .sessionTimeout(Duration.ofMinutes(30))
                .ticketKeys(TICKET_KEY)
                .build();
        assertThat(options.context().identities()).containsExactly(identity);
        assertThat(options.ticketKeys().current().toBytes()).isEqualTo(TICKET_KEY);
        assertThat(options.sessionTimeout()).isEqualTo(Duration.ofMinutes(30));
    }

    @Test
    void a_finished_context_excludes_options_for_making_one_but_not_those_of_sessions() {
        SecureContext context = server().sessionTimeout(Duration.ofMinutes(1)).build();
        assertThat(ServerOptions.of(context).sessionTimeout()).isEqualTo(Duration.ofMinutes(1));
        assertThat(ServerOptions.builder(context)
                        .sessionTimeout(Duration.ofMinutes(2))
                        .build()
                        .sessionTimeout())
                .isEqualTo(Duration.ofMinutes(2));
        assertThatThrownBy(() ->
                        ServerOptions.builder(context).honorCipherOrder(true).build())
                .isInstanceOf(InvalidOption.class)
                .hasMessage("secureContext: a finished context was given together with options for making one");
    }

    @Test
    void later_changes_of_a_builder_do_not_affect_what_it_has_built() {
        ServerOptions.Builder builder = ServerOptions.builder().identity(TestPki.server("localhost"));
        ServerOptions first = builder.build();
        ServerOptions second =
                builder.identity(TestPki.server("other")).requestCert(true).build();
        assertThat(first.context().identities()).hasSize(1);
        assertThat(first.requestCert()).isFalse();
        assertThat(first.context().toBuilder().build().identities()).hasSize(1);
        assertThat(second.context().identities()).hasSize(2);
    }
}
