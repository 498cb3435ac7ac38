package io.heddle;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.protocol.TlsVersion;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What connections of a context share, and what one changes for itself alone. */
class PreparedSettingsTest {
    private final SecureContext context = SecureContext.builder().build();

    @Test
    void connections_that_change_nothing_share_their_settings() throws io.heddle.failure.TlsFailure {
        assertThat(parameters().settings(false)).isSameAs(parameters().settings(false));
    }

    @Test
    void what_one_connection_narrows_the_next_one_does_not_inherit() throws io.heddle.failure.TlsFailure {
        var before = parameters().settings(false);
        var narrowed = parameters();
        narrowed.protocols(new String[] {"TLSv1.2"});
        narrowed.sessionCreation(false);
        assertThat(narrowed.settings(false)).isNotSameAs(before);
        assertThat(narrowed.protocols()).containsExactly("TLSv1.2");
        assertThat(parameters().protocols()).containsExactly("TLSv1.3", "TLSv1.2");
        assertThat(context.versions()).containsExactly(TlsVersion.TLS_1_3, TlsVersion.TLS_1_2);
        assertThat(parameters().settings(false)).isNotSameAs(narrowed.settings(false));
    }

    /** A store that fails logs once a minute, which only one that all connections share can know. */
    @Test
    void connections_of_a_server_share_their_sessions_but_not_those_of_another_context()
            throws io.heddle.failure.TlsFailure {
        var options = ServerOptions.of(context);
        var other = SecureContext.builder().build();
        var sessions = options.sessions(context);
        assertThat(options.sessions(context)).isSameAs(sessions);
        assertThat(options.sessions(other)).isNotSameAs(sessions);
    }

    private SocketParameters parameters() {
        return new SocketParameters(context, Enabled.OF_CONTEXT, List.of("h2"), "");
    }
}
