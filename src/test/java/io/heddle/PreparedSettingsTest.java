package io.heddle;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.endpoint.ClientRole;
import io.heddle.endpoint.SslConfiguration;
import io.heddle.protocol.TlsVersion;
import org.junit.jupiter.api.Test;

/** Settings shared by the connections of a context, and those that one connection changes for itself. */
class PreparedSettingsTest {
    private final SecureContext context = SecureContext.builder().build();

    @Test
    void connections_that_change_nothing_share_their_settings() throws io.heddle.failure.TlsFailure {
        assertThat(configuration().handshakeSettings(false))
                .isSameAs(configuration().handshakeSettings(false));
    }

    @Test
    void what_one_connection_narrows_the_next_one_does_not_inherit() throws io.heddle.failure.TlsFailure {
        var before = configuration().handshakeSettings(false);
        var narrowed = configuration();
        narrowed.enableProtocols(new String[] {"TLSv1.2"});
        narrowed.sessionCreation(false);
        assertThat(narrowed.handshakeSettings(false)).isNotSameAs(before);
        assertThat(narrowed.enabledProtocols()).containsExactly("TLSv1.2");
        assertThat(configuration().enabledProtocols()).containsExactly("TLSv1.3", "TLSv1.2");
        assertThat(context.versions()).containsExactly(TlsVersion.TLS_1_3, TlsVersion.TLS_1_2);
        assertThat(configuration().handshakeSettings(false)).isNotSameAs(narrowed.handshakeSettings(false));
    }

    /** A failing store logs once a minute, which requires one instance shared by all connections. */
    @Test
    void connections_of_a_server_share_their_sessions_but_not_those_of_another_context()
            throws io.heddle.failure.TlsFailure {
        var config = ServerOptions.of(context).config().sessions();
        var other = SecureContext.builder().build();
        var sessions = config.of(context.content());
        assertThat(config.of(context.content())).isSameAs(sessions);
        assertThat(config.of(other.content())).isNotSameAs(sessions);
    }

    private SslConfiguration configuration() {
        return new SslConfiguration(ClientRole.of(ConnectOptions.builder()
                .secureContext(context)
                .alpnProtocols("h2")
                .build()
                .config()));
    }
}
